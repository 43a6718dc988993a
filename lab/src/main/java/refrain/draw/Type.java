package refrain.draw;

import java.util.stream.Stream;

/** Text in figures: widths without a font, and tokens made visible. */
public final class Type {
  public static final String SANS =
      "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans',sans-serif";
  public static final String MONO =
      "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";

  private static final String NARROW = "ijlI.,:;'|!·()[]{} ftr/";
  private static final String WIDE = "mwMW@%—…";

  private Type() {}

  /**
   * An upper estimate of a text's width in pixels at {@code size}: by classes of characters, as the
   * reader's font is not known here.
   */
  public static double width(String text, double size) {
    double em = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      em +=
          NARROW.indexOf(c) >= 0
              ? 0.36
              : WIDE.indexOf(c) >= 0
                  ? 0.95
                  : Character.isUpperCase(c) ? 0.70 : c > 0x2E80 ? 1 : 0.585;
    }
    return em * size;
  }

  /** The width of the widest of several texts, 0 without any. */
  public static double widest(Stream<String> texts, double size) {
    return texts.mapToDouble(text -> width(text, size)).max().orElse(0);
  }

  /** Cuts {@code text} so that it fits, with an ellipsis. */
  public static String fit(String text, double size, double room) {
    if (width(text, size) <= room) {
      return text;
    }
    int end = text.length();
    while (end > 0 && width(text.substring(0, end) + "…", size) > room) {
      end--;
    }
    if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + "…";
  }

  /** A token as a label: white space and controls become visible signs. */
  public static String visible(String token) {
    StringBuilder b = new StringBuilder();
    token
        .codePoints()
        .forEach(c ->
            b.appendCodePoint(
                switch (c) {
                  case ' ' -> '·';
                  case '\n', '\r' -> '↵';
                  case '\t' -> '→';
                  default -> Character.isISOControl(c) ? 0xFFFD : c;
                }));
    return b.toString();
  }
}
