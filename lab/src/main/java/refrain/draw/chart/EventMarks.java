package refrain.draw.chart;

import java.util.ArrayList;
import java.util.List;
import refrain.draw.Ink;
import refrain.draw.Markup;
import refrain.draw.Num;
import refrain.draw.Pen;
import refrain.draw.Type;

/**
 * Vertical marks of a chart: a line, the band of its interval, a label in a lane above the plot.
 */
final class EventMarks {
  private record Label(Event event, double start, int lane) {}

  private final LineChart chart;
  private final Scale xs;
  private final double left;
  private final double top;
  private final double w;
  private final double h;

  EventMarks(LineChart chart, Scale xs, double left, double top, double w, double h) {
    this.chart = chart;
    this.xs = xs;
    this.left = left;
    this.top = top;
    this.w = w;
    this.h = h;
  }

  /** How many lanes the labels need over a plot of {@code w} pixels. */
  static int lanes(LineChart chart, Scale xs, double w) {
    int lanes = 0;
    for (Label label : new EventMarks(chart, xs, 0, 0, w, 0).place()) {
      lanes = Math.max(lanes, label.lane() + 1);
    }
    return lanes;
  }

  /** Each label in the first lane where it overlaps no earlier one; no label needs no room. */
  private List<Label> place() {
    List<Label> placed = new ArrayList<>();
    for (Event event : chart.events()) {
      if (event.label().isEmpty()) {
        placed.add(new Label(event, 0, 0));
        continue;
      }
      double width = Type.width(event.label(), Pen.TICK) + 10;
      double x = w * xs.at(event.at());
      double start = Math.clamp(x + 4, 0, Math.max(0, w - width));
      int lane = 0;
      while (taken(placed, lane, start, width)) {
        lane++;
      }
      placed.add(new Label(event, start, lane));
    }
    return placed;
  }

  private static boolean taken(List<Label> placed, int lane, double start, double width) {
    for (Label other : placed) {
      double otherWidth = Type.width(other.event().label(), Pen.TICK) + 10;
      if (other.lane() == lane
          && !other.event().label().isEmpty()
          && start < other.start() + otherWidth
          && other.start() < start + width) {
        return true;
      }
    }
    return false;
  }

  void draw(Markup m, double laneHeight) {
    for (Label label : place()) {
      Event event = label.event();
      double x = left + w * Math.clamp(xs.at(event.at()), 0, 1);
      if (event.hasInterval()) {
        double a = left + w * Math.clamp(xs.at(event.lo()), 0, 1);
        double b = left + w * Math.clamp(xs.at(event.hi()), 0, 1);
        Pen.box(m, Ink.TEXT, a, top, Math.max(1, b - a), h, "fill-opacity", 0.09);
      }
      double y = top - 6 - laneHeight * label.lane();
      String d = "M" + Num.coord(x) + " " + Num.coord(y - 9) + "V" + Num.coord(top + h);
      Pen.stroke(m, Ink.TEXT, d, "stroke-width", 1.0);
      Pen.words(m, event.label(), left + label.start(), y, Pen.TICK, Ink.TEXT, "start", "400");
    }
    m.line();
  }
}
