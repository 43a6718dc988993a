package refrain.browser;

import java.util.ArrayList;
import java.util.List;

/**
 * How a reader looks at a page.
 *
 * @param width of the window, pixels
 */
record Setting(int width, Font font, boolean dark, boolean print) {
  /** Fonts that readers have: the page asks for what their system has. */
  enum Font {
    OWN(""),
    WIDE("DejaVu Sans"),
    NARROW("Liberation Sans Narrow");

    private final String family;

    Font(String family) {
      this.family = family;
    }

    String family() {
      return family;
    }
  }

  /** A sheet of A4 between its margins of 16 mm, at 96 pixels an inch. */
  private static final int PAPER = 672;

  /** Widths and paper with a wide and a narrow font, and with the system's in both schemes. */
  static List<Setting> all() {
    List<Setting> all = new ArrayList<>();
    for (Font font : new Font[] {Font.WIDE, Font.NARROW}) {
      for (int width : new int[] {1280, 800, 390}) {
        all.add(new Setting(width, font, false, false));
      }
      all.add(new Setting(PAPER, font, false, true));
    }
    all.add(new Setting(1280, Font.OWN, false, false));
    all.add(new Setting(1280, Font.OWN, true, false));
    all.add(new Setting(PAPER, Font.OWN, true, true));
    return all;
  }

  @Override
  public String toString() {
    return width
        + " pixels, "
        + (font.family.isEmpty() ? "the system's font" : font.family)
        + (dark ? ", dark" : "")
        + (print ? ", printed" : "");
  }
}
