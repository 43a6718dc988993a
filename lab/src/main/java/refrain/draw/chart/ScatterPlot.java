package refrain.draw.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import refrain.draw.Drawing;
import refrain.draw.Figure;
import refrain.draw.Ink;
import refrain.draw.Markup;
import refrain.draw.Pen;
import refrain.draw.Style;
import refrain.draw.Type.Weight;

/**
 * One quantity of each run against another, a mark a run, with straight lines to compare with.
 * Marks of a group share their shape and ink; a key names the groups.
 *
 * @param title short title
 * @param description what it shows, in a sentence
 * @param xAxis horizontal axis
 * @param yAxis vertical axis
 * @param groups drawn in this order; points with a coordinate that is not finite are left out
 * @param guides drawn below the points
 */
public record ScatterPlot(
    String title,
    String description,
    Axis xAxis,
    Axis yAxis,
    List<Group> groups,
    List<Guide> guides)
    implements Figure {

  /** A point in the units of the axes. */
  public record Point(double x, double y) {
    boolean drawable(Axis xAxis, Axis yAxis) {
      return xAxis.shows(x) && yAxis.shows(y);
    }
  }

  /**
   * Points that belong together.
   *
   * @param slot which {@link Style}
   */
  public record Group(String label, int slot, List<Point> points) {
    public Group {
      points = List.copyOf(points);
    }

    /** This group with the points of another in it. */
    public Group and(Group other) {
      return new Group(label, slot, Stream.concat(points.stream(), other.points.stream()).toList());
    }
  }

  /**
   * A line through a point. On two logarithmic axes it is y = at.y (x / at.x)^slope, on linear ones
   * y = at.y + slope (x - at.x).
   *
   * @param label written at its right end
   * @param dotted for a line to compare with, solid for one that was fitted
   */
  public record Guide(Point at, double slope, String label, boolean dotted) {
    double y(double x, boolean log) {
      return log ? at.y * Math.pow(x / at.x, slope) : at.y + slope * (x - at.x);
    }

    double x(double y, boolean log) {
      return log ? at.x * Math.pow(y / at.y, 1 / slope) : at.x + (y - at.y) / slope;
    }
  }

  private static final double WIDTH = 760;

  /** Of the plot itself. */
  private static final double HEIGHT = 420;

  private static final double LEFT = 64;
  private static final double RIGHT = 150;

  public ScatterPlot {
    groups = List.copyOf(groups);
    guides = List.copyOf(guides);
    if (!guides.isEmpty() && xAxis.log() != yAxis.log()) {
      throw new IllegalArgumentException("a straight guide needs two axes of one kind");
    }
  }

  @Override
  public Drawing draw(String id) {
    Markup m = new Markup();
    Heading heading = Heading.of(title, Pen.TITLE, WIDTH);
    heading.draw(m, 0, 0);
    List<Key.Entry> entries =
        groups.stream().map(g -> new Key.Entry(g.label(), Style.of(g.slot()))).toList();
    double y = 42 + heading.more();
    double top = y + 8 + Math.max(20, new Key(entries, false, WIDTH).draw(m, y));
    double w = WIDTH - LEFT - RIGHT;
    Plane plane = new Plane(scale(xAxis, Point::x), scale(yAxis, Point::y), LEFT, top, w, HEIGHT);
    plane.axes(m, xAxis, yAxis);
    guides.forEach(guide -> line(m, plane, guide));
    Places places = new Places(new Places.Box(LEFT, plane.top(), WIDTH, plane.top() + plane.h()));
    for (Group group : groups) {
      Style style = Style.of(group.slot());
      for (Point p : group.points()) {
        if (p.drawable(xAxis, yAxis)) {
          style.mark(m, plane.x(p.x()), plane.y(p.y()), 4);
          places.mark(plane.x(p.x()), plane.y(p.y()), 4);
        }
      }
      m.line();
    }
    guides.forEach(guide -> label(m, plane, guide, places));
    return new Drawing(id, title, description, WIDTH, top + HEIGHT + 42, m.toString());
  }

  /** Where a guide enters and leaves the plot, from left to right; none where it passes by. */
  private Optional<double[]> across(Plane f, Guide g) {
    boolean log = xAxis.log();
    double x0 = f.xs().lo();
    double x1 = f.xs().hi();
    if (g.slope != 0) {
      double a = g.x(f.ys().lo(), log);
      double b = g.x(f.ys().hi(), log);
      x0 = Math.max(x0, Math.min(a, b));
      x1 = Math.min(x1, Math.max(a, b));
    }
    return x1 > x0 ? Optional.of(new double[] {x0, x1}) : Optional.empty();
  }

  private void line(Markup m, Plane f, Guide g) {
    across(f, g)
        .ifPresent(x -> {
          boolean log = xAxis.log();
          String d =
              Pen.to("M", f.x(x[0]), f.y(g.y(x[0], log)))
                  + Pen.to("L", f.x(x[1]), f.y(g.y(x[1], log)));
          String dash = g.dotted ? "2 4" : "none";
          Pen.stroke(m, Ink.TEXT, d, "stroke-width", 1.3, "stroke-dasharray", dash);
        });
  }

  /** The label near the guide's right end, or further along it, where no mark is. */
  private void label(Markup m, Plane f, Guide g, Places places) {
    double[] x = across(f, g).orElse(null);
    if (x == null) {
      return;
    }
    List<String> lines = Weight.PLAIN.wrap(g.label, Pen.TICK, RIGHT - 8);
    double width = Weight.PLAIN.widest(lines.stream(), Pen.TICK);
    double height = lines.size() * EventMarks.LANE;
    double right = f.x(x[1]);
    double left = f.x(x[0]);
    double slope = (f.y(g.y(x[1], xAxis.log())) - f.y(g.y(x[0], xAxis.log()))) / (right - left);
    List<Places.Box> candidates = new ArrayList<>();
    for (int i = 0; i <= 8; i++) {
      double at = right + 6 - i * (right - left) / 8;
      double y = f.y(g.y(x[1], xAxis.log())) + slope * (Math.min(at, right) - right);
      for (double top :
          new double[] {y - height / 2, y + 5, y - height - 5, y + 20, y - height - 20}) {
        double inside = Math.clamp(top, f.top() + 1, f.top() + f.h() - height - 1);
        candidates.add(new Places.Box(at, inside, at + width, inside + height));
      }
    }
    Places.Box box = places.take(candidates);
    for (int i = 0; i < lines.size(); i++) {
      double y = box.top() + 11 + i * EventMarks.LANE;
      Pen.halo(m, lines.get(i), box.left(), y, Pen.TICK, Ink.TEXT, "400");
    }
  }

  private Scale scale(Axis axis, ToDoubleFunction<Point> of) {
    DoubleStream values =
        groups.stream()
            .flatMap(group -> group.points().stream())
            .filter(p -> p.drawable(xAxis, yAxis))
            .mapToDouble(of);
    double[] ends = axis.ends(values);
    double room = axis.log() ? 1.08 : 1;
    return Scale.around(axis.log(), ends[0] / room, ends[1] * room, true, 6);
  }
}
