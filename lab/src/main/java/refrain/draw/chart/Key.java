package refrain.draw.chart;

import java.util.List;
import refrain.draw.Markup;
import refrain.draw.Pen;
import refrain.draw.Style;
import refrain.draw.Type.Weight;

/**
 * Names beside a sample of how they are drawn, in rows.
 *
 * @param lines whether samples are lines with a marker, or the marker alone
 * @param width of the figure, pixels
 */
record Key(List<Entry> entries, boolean lines, double width) {
  record Entry(String label, Style style) {}

  private static final double ROW = 20;
  private static final double GAP = 16;

  Key {
    entries = entries.stream().distinct().toList();
  }

  /** Draws it with its first baseline at {@code y} and returns its height; 0 without entries. */
  double draw(Markup m, double y) {
    double sample = lines ? 36 : 16;
    double x = 2;
    double base = y;
    double next = y;
    for (Entry entry : entries) {
      List<String> words =
          Weight.BOLD.wrap(entry.label(), Pen.LABEL, Math.max(ROW, width - 2 - sample));
      double need = sample + Weight.BOLD.widest(words.stream(), Pen.LABEL) + GAP;
      if (x > 2 && x + need - GAP > width) {
        x = 2;
        base = next;
      }
      sample(m, entry.style(), x, base - 4);
      Pen.lines(
          m, words, x + sample, base, Pen.LABEL, Pen.PITCH, entry.style().ink(), "start", "600");
      next = Math.max(next, base + ROW + (words.size() - 1) * Pen.PITCH);
      x += need;
    }
    m.line();
    return next - y;
  }

  private void sample(Markup m, Style style, double x, double y) {
    if (lines) {
      style.line(m, Pen.to("M", x, y) + "h30", 1.8);
    }
    style.mark(m, x + (lines ? 15 : 5), y, lines ? 3.4 : 4);
  }
}
