package refrain.cli.term;

/** Sets words off where the terminal has styles; elsewhere they stay as they are. */
public final class Ink {
  private static final String ESC = "\u001b[";

  /** Backgrounds of the 256-colour palette, from pale to deep orange. */
  private static final int[] SHADES = {230, 223, 216, 209, 202};

  private final boolean styles;

  public Ink(TerminalTraits traits) {
    this.styles = traits.styles();
  }

  public String strong(String text) {
    return styled("1", text);
  }

  public String faint(String text) {
    return styled("2", text);
  }

  /** What a head looks from: black on white, or the reverse. */
  public String reversed(String text) {
    return styled("1;7", text);
  }

  /**
   * What a head looks at, the deeper the more.
   *
   * @param share 0 to 1; below a twentieth nothing is done
   */
  public String shaded(String text, double share) {
    if (!(share >= 0.05)) {
      return text;
    }
    int shade = SHADES[Math.clamp((int) (share * SHADES.length), 0, SHADES.length - 1)];
    return styled("30;48;5;" + shade, text);
  }

  private String styled(String code, String text) {
    return styles && !text.isEmpty() ? ESC + code + "m" + text + ESC + "0m" : text;
  }
}
