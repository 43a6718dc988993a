package refrain.draw.chart;

import java.util.List;
import refrain.draw.Markup;
import refrain.draw.Pen;
import refrain.draw.Style;
import refrain.draw.Type;

/** The names of series beside a plot, near the ends of their lines and never over each other. */
final class EndLabels {
  /** Pixels from one label's line to the next. */
  static final double PITCH = Pen.LABEL + 3;

  /** Where the line of a series ends, in pixels. */
  record End(Series series, double x, double y) {}

  private EndLabels() {}

  static void draw(Markup m, List<End> ends, Plane plane, double rightEdge) {
    double plotRight = plane.left() + plane.w();
    double[] wanted = ends.stream().mapToDouble(End::y).toArray();
    double[] placed = Spread.apart(wanted, PITCH, plane.top() + 4, plane.top() + plane.h());
    double x = plotRight + 16;
    for (int i = 0; i < placed.length; i++) {
      End end = ends.get(i);
      Style style = end.series().style();
      if (Math.abs(placed[i] - end.y()) > 3 || end.x() < plotRight - 4) {
        String leader = Pen.to("M", end.x() + 5, end.y()) + Pen.to("L", x - 3, placed[i]);
        Pen.stroke(m, style.ink(), leader, "stroke-width", 0.8, "stroke-opacity", 0.7);
      }
      String label = Type.fit(end.series().label(), Pen.LABEL, rightEdge - x);
      Pen.words(m, label, x, placed[i] + 4, Pen.LABEL, style.ink(), "start", "600");
    }
  }
}
