package refrain.draw;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Text in figures: widths without a font, and tokens made visible. */
public final class Type {
  public static final String SANS =
      "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans',sans-serif";
  public static final String MONO =
      "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";

  /**
   * How heavy a text is set, with the advance of each character from ' ' to '~' in hundredths of an
   * em: those of DejaVu Sans, rounded up. The reader's font is not known here, and of those in
   * common use this one (and Verdana, its sister) is the widest.
   */
  public enum Weight {
    PLAIN(
        "32 41 46 84 64 95 78 28 39 39 50 84 32 37 32 34 64 64 64 64 64 64 64 64 64 64 34 34 84 84"
            + " 84 54 100 69 69 70 77 64 58 78 76 30 30 66 56 87 75 79 61 79 70 64 62 74 69 99 69 62"
            + " 69 39 34 39 84 50 50 62 64 55 64 62 36 64 64 28 28 58 28 98 64 62 64 64 42 53 40 64 60"
            + " 82 60 60 53 64 34 64 84"),
    BOLD(
        "35 46 53 84 70 101 88 31 46 46 53 84 38 42 38 37 70 70 70 70 70 70 70 70 70 70 40 40 84 84"
            + " 84 58 100 78 77 74 83 69 69 83 84 38 38 78 64 100 84 85 74 85 77 72 69 82 78 111 78 73"
            + " 73 46 37 46 84 50 50 68 72 60 72 68 44 72 72 35 35 67 35 105 72 69 72 72 50 60 48 72 66"
            + " 93 65 66 59 72 37 72 84");

    private static final int FIRST = ' ';

    /** Of a character that is not in the table: signs such as a minus or an arrow. */
    private static final double OTHER = 0.84;

    private final double[] advances;

    Weight(String hundredths) {
      advances =
          Stream.of(hundredths.split(" ")).mapToDouble(a -> Integer.parseInt(a) / 100.0).toArray();
    }

    /** An upper estimate of a text's width in pixels at {@code size}. */
    public double width(String text, double size) {
      double em = 0;
      for (int i = 0; i < text.length(); i++) {
        int at = text.charAt(i) - FIRST;
        em += at >= 0 && at < advances.length ? advances[at] : at > 0x2000 ? 1 : OTHER;
      }
      return em * size;
    }

    /** The width of the widest of several texts, 0 without any. */
    public double widest(Stream<String> texts, double size) {
      return texts.mapToDouble(text -> width(text, size)).max().orElse(0);
    }

    /**
     * The lines of a text that has {@code room} pixels: broken between words, inside one only where
     * it is wider than the room. One line at least.
     */
    public List<String> wrap(String text, double size, double room) {
      List<String> lines = new ArrayList<>();
      StringBuilder line = new StringBuilder();
      for (String word : text.split(" ", -1)) {
        if (!line.isEmpty() && width(line + " " + word, size) > room) {
          lines.add(line.toString());
          line.setLength(0);
        }
        line.append(line.isEmpty() ? "" : " ").append(word);
        while (width(line.toString(), size) > room && line.length() > 2) {
          int end = line.length() - 1;
          while (end > 2 && width(line.substring(0, end), size) > room) {
            end--;
          }
          end -= Character.isHighSurrogate(line.charAt(end - 1)) ? 1 : 0;
          lines.add(line.substring(0, end));
          line.delete(0, end);
        }
      }
      lines.add(line.toString());
      return lines;
    }

    /** Cuts {@code text} so that it fits, with an ellipsis. */
    public String fit(String text, double size, double room) {
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
  }

  private Type() {}

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
