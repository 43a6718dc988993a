package refrain.draw;

import java.util.Locale;

/**
 * The colours, each with its value on light and on dark paper. The eight series colours are told
 * apart with the usual kinds of colour blindness and reach a contrast of 4.5 on their paper; they
 * are never the only sign (see {@link Style}).
 */
public enum Ink {
  PAPER("#ffffff", "#15181c"),
  FIELD("#f2f4f6", "#1f242a"),
  RULE("#d8dde2", "#363d45"),
  MUTED("#59636e", "#9aa5b1"),
  TEXT("#1b1f24", "#e4e7ea"),
  C0("#1a5fa6", "#79b3f2"),
  C1("#b3420a", "#f2955c"),
  C2("#0a7457", "#4fc79f"),
  C3("#86389a", "#d394e0"),
  C4("#806000", "#dbb748"),
  C5("#a82a5a", "#f2839f"),
  C6("#2c6f86", "#75c5dd"),
  C7("#5a5f2a", "#b7bd76");

  public static final int SERIES = 8;

  private final String light;
  private final String dark;

  Ink(String light, String dark) {
    this.light = light;
    this.dark = dark;
  }

  public static Ink series(int slot) {
    return values()[C0.ordinal() + Math.floorMod(slot, SERIES)];
  }

  public String light() {
    return light;
  }

  public String dark() {
    return dark;
  }

  private String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The class that fills with this ink; the caller also sets the light colour as attribute. */
  public String fillClass() {
    return "f-" + key();
  }

  public String strokeClass() {
    return "k-" + key();
  }

  /**
   * The style sheet of figures: variables on {@code scope} and one class for each ink and use. A
   * program that does not know variables keeps the light colours of the attributes.
   */
  public static String css(String scope) {
    StringBuilder b = new StringBuilder();
    b.append(scope).append('{').append(variables(false)).append("}\n");
    b.append("@media screen and (prefers-color-scheme:dark){").append(scope).append('{');
    b.append(variables(true)).append("}}\n");
    for (Ink ink : values()) {
      String value = "var(--" + ink.key() + "," + ink.light + ")}";
      b.append('.').append(ink.fillClass()).append("{fill:").append(value);
      b.append('.').append(ink.strokeClass()).append("{stroke:").append(value).append('\n');
    }
    return b.toString();
  }

  private static String variables(boolean dark) {
    StringBuilder b = new StringBuilder();
    for (Ink ink : values()) {
      b.append("--").append(ink.key()).append(':').append(dark ? ink.dark : ink.light).append(';');
    }
    return b.toString();
  }
}
