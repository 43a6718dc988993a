package refrain.cli.term;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A sequence of tokens and where a head looks: below each token its share of the attention, and the
 * same as a shade behind it. The token that is read last stands in brackets.
 *
 * <pre>
 *  ba   de   fi   go  [ba]
 *       .93  .02
 * </pre>
 */
public final class AttentionStrip {
  private static final double LEAST_SHOWN = 0.02;

  private AttentionStrip() {}

  /**
   * The lines, as many as the width makes necessary.
   *
   * @param names of the tokens; the last is the one that looks
   * @param attention to each of them, 0 to 1
   * @param width columns
   */
  public static List<String> lines(
      List<String> names, double[] attention, int width, Ink ink, boolean unicode) {
    Glyphs glyphs = unicode ? Glyphs.UNICODE : Glyphs.ASCII;
    List<String> lines = new ArrayList<>();
    StringBuilder above = new StringBuilder();
    StringBuilder below = new StringBuilder();
    int used = 0;
    for (int t = 0; t < names.size(); t++) {
      boolean last = t == names.size() - 1;
      String name = glyphs.clean(names.get(t));
      String shown = last ? "[" + name + "]" : " " + name + " ";
      String share = attention[t] < LEAST_SHOWN ? "" : share(attention[t]);
      int cell = Math.max(shown.length(), share.length() + 2);
      if (used > 0 && used + cell > width) {
        flush(lines, above, below);
        used = 0;
      }
      above.append(last ? ink.reversed(shown) : ink.shaded(shown, attention[t]));
      above.append(" ".repeat(cell - shown.length()));
      below.append(glyphs.cell(share.isEmpty() ? "" : " " + share, cell, false));
      used += cell;
    }
    flush(lines, above, below);
    return lines;
  }

  /** Such as .93, or 1. */
  private static String share(double attention) {
    return attention >= 0.995 ? "1" : String.format(Locale.ROOT, "%.2f", attention).substring(1);
  }

  private static void flush(List<String> lines, StringBuilder above, StringBuilder below) {
    lines.add(above.toString().stripTrailing());
    lines.add(below.toString().stripTrailing());
    above.setLength(0);
    below.setLength(0);
  }
}
