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
record EventMarks(List<Event> events, Plane plane) {
  private record Label(Event event, double start, int lane) {}

  /** How many lanes the labels need. */
  int lanes() {
    return place().stream().mapToInt(label -> label.lane() + 1).max().orElse(0);
  }

  /** Each label in the first lane where it overlaps no earlier one; no label needs no room. */
  private List<Label> place() {
    List<Label> placed = new ArrayList<>();
    for (Event event : events) {
      if (event.label().isEmpty()) {
        placed.add(new Label(event, 0, 0));
        continue;
      }
      double width = Type.width(event.label(), Pen.TICK) + 10;
      double x = plane.w() * plane.xs().at(event.at());
      double start = Math.clamp(x + 4, 0, Math.max(0, plane.w() - width));
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
      double x = inside(event.at());
      if (event.hasInterval()) {
        double a = inside(event.lo());
        double b = inside(event.hi());
        double band = Math.max(1, b - a);
        Pen.box(m, Ink.TEXT, a, plane.top(), band, plane.h(), "fill-opacity", 0.09);
      }
      double y = plane.top() - 6 - laneHeight * label.lane();
      String d = Pen.to("M", x, y - 9) + "V" + Num.coord(plane.top() + plane.h());
      Pen.stroke(m, Ink.TEXT, d, "stroke-width", 1.0);
      double start = plane.left() + label.start();
      Pen.words(m, event.label(), start, y, Pen.TICK, Ink.TEXT, "start", "400");
    }
    m.line();
  }

  private double inside(double v) {
    return plane.left() + plane.w() * Math.clamp(plane.xs().at(v), 0, 1);
  }
}
