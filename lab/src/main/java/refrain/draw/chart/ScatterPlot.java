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
    Pen.words(m, title, 2, 18, Pen.TITLE, Ink.TEXT, "start", "600");
    double top = 44 + key(m, 42);
    double w = WIDTH - LEFT - RIGHT;
    Plane plane = new Plane(scale(xAxis, Point::x), scale(yAxis, Point::y), LEFT, top, w, HEIGHT);
    plane.axes(m, xAxis, yAxis);
    guides(m, plane);
    for (Group group : groups) {
      Style style = Style.of(group.slot());
      for (Point p : group.points()) {
        if (p.drawable(xAxis, yAxis)) {
          style.mark(m, plane.x(p.x()), plane.y(p.y()), 4);
        }
      }
      m.line();
    }
    return new Drawing(id, title, description, WIDTH, top + HEIGHT + 42, m.toString());
  }

  /** The guides, each named at its right end and no name over another. */
  private void guides(Markup m, Plane plane) {
    List<Point> ends = new ArrayList<>();
    List<Guide> drawn = new ArrayList<>();
    for (Guide guide : guides) {
      guide(m, plane, guide)
          .ifPresent(end -> {
            ends.add(end);
            drawn.add(guide);
          });
    }
    double[] wanted = ends.stream().mapToDouble(Point::y).toArray();
    double[] placed = Spread.apart(wanted, Pen.TICK + 4, plane.top(), plane.top() + plane.h());
    for (int i = 0; i < placed.length; i++) {
      double room = WIDTH - ends.get(i).x() - 8;
      String label = Weight.PLAIN.fit(drawn.get(i).label(), Pen.TICK, room);
      Pen.halo(m, label, ends.get(i).x() + 6, placed[i] + 4, "start");
    }
  }

  /** Where it ends, in pixels; empty where it is outside of the plot. */
  private Optional<Point> guide(Markup m, Plane f, Guide g) {
    boolean log = xAxis.log();
    double x0 = f.xs().lo();
    double x1 = f.xs().hi();
    if (g.slope != 0) {
      double a = g.x(f.ys().lo(), log);
      double b = g.x(f.ys().hi(), log);
      x0 = Math.max(x0, Math.min(a, b));
      x1 = Math.min(x1, Math.max(a, b));
    }
    if (!(x1 > x0)) {
      return Optional.empty();
    }
    double endY = f.y(g.y(x1, log));
    String d = Pen.to("M", f.x(x0), f.y(g.y(x0, log))) + Pen.to("L", f.x(x1), endY);
    Pen.stroke(m, Ink.TEXT, d, "stroke-width", 1.3, "stroke-dasharray", g.dotted ? "2 4" : "none");
    return Optional.of(new Point(f.x(x1), endY));
  }

  /** Draws the key at {@code y} and returns the height of its lines after the first. */
  private double key(Markup m, double y) {
    double x = 2;
    double line = y;
    for (Group group : groups) {
      double need = 16 + Weight.BOLD.width(group.label(), Pen.LABEL) + 16;
      if (x > 2 && x + need > WIDTH) {
        x = 2;
        line += 20;
      }
      Style style = Style.of(group.slot());
      style.mark(m, x + 5, line - 4, 4);
      Pen.words(m, group.label(), x + 16, line, Pen.LABEL, style.ink(), "start", "600");
      x += need;
    }
    m.line();
    return line - y + 26;
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
