package refrain.draw.chart;

import java.util.ArrayList;
import java.util.List;
import refrain.draw.Markup;
import refrain.draw.Pen;
import refrain.draw.Style;
import refrain.draw.Type;

/** The names of series beside a plot, near the ends of their lines and never over each other. */
final class EndLabels {
  /** Pixels from one label's line to the next. */
  static final double PITCH = Pen.LABEL + 3;

  private record End(Series series, double x, double y) {}

  private final List<End> ends = new ArrayList<>();
  private final double plotRight;
  private final double top;
  private final double bottom;
  private final double rightEdge;

  EndLabels(double plotRight, double top, double bottom, double rightEdge) {
    this.plotRight = plotRight;
    this.top = top;
    this.bottom = bottom;
    this.rightEdge = rightEdge;
  }

  void add(Series series, double x, double y) {
    ends.add(new End(series, x, y));
  }

  void draw(Markup m) {
    double[] wanted = ends.stream().mapToDouble(End::y).toArray();
    double[] placed = Spread.apart(wanted, PITCH, top + 4, bottom);
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
