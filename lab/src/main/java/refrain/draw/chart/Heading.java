package refrain.draw.chart;

import java.util.List;
import refrain.draw.Ink;
import refrain.draw.Markup;
import refrain.draw.Pen;
import refrain.draw.Type.Weight;

/** The title of a figure or panel, in as many lines as its width asks for. */
record Heading(List<String> lines, double size) {
  /** The first line's baseline below the top, pixels. */
  private static final double BASE = 18;

  static Heading of(String title, double size, double width) {
    return new Heading(Weight.BOLD.wrap(title, size, width - 4), size);
  }

  /** What the lines after the first take, pixels. */
  double more() {
    return (lines.size() - 1) * (size + 4);
  }

  void draw(Markup m, double x, double top) {
    Pen.lines(m, lines, x + 2, top + BASE, size, size + 4, Ink.TEXT, "start", "600");
  }
}
