package refrain.draw.chart;

import java.util.List;
import refrain.draw.Ink;
import refrain.draw.Markup;
import refrain.draw.Num;
import refrain.draw.Pen;

/**
 * Vertical marks of a chart: a line, the band of its interval, a label in lanes above the plot.
 *
 * @param dash SVG dash pattern in pixels, "none" for solid lines
 */
record EventMarks(List<Event> events, Plane plane, String dash) {
  /** Height of a lane, pixels. */
  static final double LANE = 15;

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

  void draw(Markup m) {
    for (Event event : events) {
      if (event.hasInterval()) {
        double a = inside(event.lo());
        double band = Math.max(1, inside(event.hi()) - a);
        Pen.box(m, Ink.TEXT, a, plane.top(), band, plane.h(), "fill-opacity", 0.09);
      }
    }
    List<Lanes.Place> places = place();
    for (Lanes.Place place : places) {
      boolean named = place.width() > 0;
      double y = named ? plane.top() - 15 - LANE * place.lane() : plane.top();
      String d =
          Pen.to("M", plane.left() + place.x(), y) + "V" + Num.coord(plane.top() + plane.h());
      Pen.stroke(m, Ink.TEXT, d, "stroke-width", 1.0, "stroke-dasharray", dash);
    }
    for (Lanes.Place place : places) {
      double y = plane.top() - 6 - LANE * place.lane();
      String label = events.get(place.index()).label();
      if (!label.isEmpty()) {
        double start = plane.left() + place.start();
        Pen.halo(m, label, start, y, Pen.TICK, Ink.TEXT, "400");
      }
    }
    m.line();
  }

  private double inside(double v) {
    return plane.left() + plane.w() * Math.clamp(plane.xs().at(v), 0, 1);
  }
}
