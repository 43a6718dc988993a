package refrain.draw.chart;

import java.util.List;
import refrain.draw.Ink;
import refrain.draw.Markup;
import refrain.draw.Num;
import refrain.draw.Pen;

/**
 * Vertical marks of a chart: a line, the band of its interval, a label in a lane above the plot.
 */
record EventMarks(List<Event> events, Plane plane) {
  /** How many lanes the labels need. */
  int lanes() {
    return place().stream().mapToInt(p -> p.width() > 0 ? p.lane() + 1 : 0).max().orElse(0);
  }

  private List<Lanes.Place> place() {
    return Lanes.of(
        events.stream().map(e -> plane.w() * Math.clamp(plane.xs().at(e.at()), 0, 1)).toList(),
        events.stream().map(Event::label).toList(),
        plane.w());
  }

  void draw(Markup m, double laneHeight) {
    for (Event event : events) {
      if (event.hasInterval()) {
        double a = inside(event.lo());
        double band = Math.max(1, inside(event.hi()) - a);
        Pen.box(m, Ink.TEXT, a, plane.top(), band, plane.h(), "fill-opacity", 0.09);
      }
    }
    List<Lanes.Place> places = place();
    for (Lanes.Place place : places) {
      double y = plane.top() - 6 - laneHeight * place.lane();
      String d =
          Pen.to("M", plane.left() + place.x(), y - 9) + "V" + Num.coord(plane.top() + plane.h());
      Pen.stroke(m, Ink.TEXT, d, "stroke-width", 1.0);
    }
    for (Lanes.Place place : places) {
      double y = plane.top() - 6 - laneHeight * place.lane();
      String label = events.get(place.index()).label();
      if (!label.isEmpty()) {
        Pen.halo(m, label, plane.left() + place.start(), y, "start");
      }
    }
    m.line();
  }

  private double inside(double v) {
    return plane.left() + plane.w() * Math.clamp(plane.xs().at(v), 0, 1);
  }
}
