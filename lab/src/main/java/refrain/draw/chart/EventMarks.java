package refrain.draw.chart;

import java.util.ArrayList;
import java.util.List;
import refrain.draw.Ink;
import refrain.draw.Markup;
import refrain.draw.Num;
import refrain.draw.Pen;
import refrain.draw.Type;

/**
 * Vertical marks of a chart: a line, the band of its interval, a label in lanes above the plot.
 *
 * @param dash SVG dash pattern in pixels, "none" for solid lines
 */
record EventMarks(List<Event> events, Plane plane, String dash) {
  /** Height of a lane, pixels. */
  static final double LANE = 15;

  /**
   * A label before its lane is known, pixels from the left of the plot.
   *
   * @param x where its line stands
   */
  private record Label(Event event, double x, double start, double end, List<String> lines) {
    boolean covers(double at) {
      return start - 3 < at && at < end + 3;
    }

    boolean overlaps(Label o) {
      return start < o.end && o.start < end;
    }
  }

  /** A label in lanes {@code lane} and those above it, as many as it has lines. */
  private record Placed(Label label, int lane) {
    int above() {
      return lane + label.lines().size();
    }
  }

  /** How many lanes the labels need. */
  int lanes() {
    return place().stream().mapToInt(Placed::above).max().orElse(0);
  }

  /**
   * Labels in the lowest lanes where they overlap none. The line of each reaches up to its label,
   * so one that would cross another label is given its lane first, below it.
   */
  private List<Placed> place() {
    List<Label> left = new ArrayList<>();
    for (Event event : events) {
      if (!event.label().isEmpty()) {
        left.add(label(event));
      }
    }
    List<Placed> placed = new ArrayList<>();
    while (!left.isEmpty()) {
      Label next =
          left.stream()
              .filter(label -> left.stream().noneMatch(o -> o != label && label.covers(o.x())))
              .findFirst()
              .orElse(left.getLast());
      left.remove(next);
      int lane = 0;
      for (Placed other : placed) {
        if (next.overlaps(other.label()) || next.covers(other.label().x())) {
          lane = Math.max(lane, other.above());
        }
      }
      placed.add(new Placed(next, lane));
    }
    return placed;
  }

  /** To the right of its line, to the left where there is no room, over it where there is none. */
  private Label label(Event event) {
    double w = plane.w();
    List<String> lines = Type.wrap(event.label(), text -> Type.width(text, Pen.TICK), w - 8);
    double width = Type.widest(lines.stream(), Pen.TICK) + 6;
    double x = w * Math.clamp(plane.xs().at(event.at()), 0, 1);
    double start = x + 4 + width <= w ? x + 4 : x - 2 - width >= 0 ? x - 2 - width : 0;
    return new Label(event, x, start, start + width, lines);
  }

  void draw(Markup m) {
    double bottom = plane.top() + plane.h();
    for (Event event : events) {
      if (event.hasInterval()) {
        double a = inside(event.lo());
        double band = Math.max(1, inside(event.hi()) - a);
        Pen.box(m, Ink.TEXT, a, plane.top(), band, plane.h(), "fill-opacity", 0.09);
      }
      if (event.label().isEmpty()) {
        line(m, inside(event.at()), plane.top(), bottom);
      }
    }
    for (Placed at : place()) {
      Label label = at.label();
      double base = plane.top() - 6 - LANE * at.lane();
      double first = base - LANE * (label.lines().size() - 1);
      line(m, plane.left() + label.x(), first - 9, bottom);
      double start = plane.left() + label.start();
      Pen.lines(m, label.lines(), start, first, Pen.TICK, LANE, Ink.TEXT, "start", "400");
    }
    m.line();
  }

  private void line(Markup m, double x, double from, double to) {
    String d = Pen.to("M", x, from) + "V" + Num.coord(to);
    Pen.stroke(m, Ink.TEXT, d, "stroke-width", 1.0, "stroke-dasharray", dash);
  }

  private double inside(double v) {
    return plane.left() + plane.w() * Math.clamp(plane.xs().at(v), 0, 1);
  }
}
