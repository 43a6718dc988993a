package refrain.draw.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import refrain.draw.Drawing;
import refrain.draw.Figure;
import refrain.draw.Ink;
import refrain.draw.Markup;
import refrain.draw.Pen;
import refrain.draw.Style;
import refrain.draw.Type.Weight;

/**
 * Ways through a plane, such as training in the plane of two principal components: a line from
 * point to point, a ring where it begins, its marker where it ends and at named points.
 *
 * @param title short title
 * @param description what it shows, in a sentence
 * @param xAxis horizontal axis
 * @param yAxis vertical axis
 * @param paths drawn in this order
 */
public record PathPlot(String title, String description, Axis xAxis, Axis yAxis, List<Path> paths)
    implements Figure {

  /**
   * @param label written at its end
   * @param slot which {@link Style}
   * @param x horizontal positions, finite
   * @param y vertical positions, as many
   * @param stops named points, at most a few
   */
  public record Path(String label, int slot, List<Double> x, List<Double> y, List<Stop> stops) {
    public Path {
      x = List.copyOf(x);
      y = List.copyOf(y);
      stops = List.copyOf(stops);
      if (x.size() != y.size()) {
        throw new IllegalArgumentException("a path has " + x.size() + " x but " + y.size() + " y");
      }
    }
  }

  /** A named point of a path. */
  public record Stop(int index, String label) {}

  private static final double WIDTH = 760;
  private static final double HEIGHT = 380;
  private static final double LEFT = 52;
  private static final double TOP = 52;
  private static final double BOTTOM = 46;

  public PathPlot {
    paths = List.copyOf(paths);
  }

  @Override
  public Drawing draw(String id) {
    double names = Weight.BOLD.widest(paths.stream().map(Path::label), Pen.LABEL);
    double w = WIDTH - LEFT - names - 24;
    double h = HEIGHT - TOP - BOTTOM;
    Plane plane = new Plane(scale(xAxis, Path::x), scale(yAxis, Path::y), LEFT, TOP, w, h);
    Markup m = new Markup();
    Pen.words(m, title, 2, 18, Pen.TITLE, Ink.TEXT, "start", "600");
    plane.axes(m, xAxis, yAxis);
    Beside beside = new Beside(plane);
    for (Path path : paths) {
      draw(m, plane, path, beside);
    }
    return new Drawing(id, title, description, WIDTH, HEIGHT, m.toString());
  }

  private Scale scale(Axis axis, Function<Path, List<Double>> of) {
    double[] ends =
        axis.ends(paths.stream().flatMap(p -> of.apply(p).stream()).mapToDouble(v -> v));
    return Scale.around(false, ends[0], ends[1], true, 5);
  }

  private static void draw(Markup m, Plane plane, Path path, Beside beside) {
    int n = path.x().size();
    if (n == 0) {
      return;
    }
    StringBuilder d = new StringBuilder();
    for (int i = 0; i < n; i++) {
      d.append(Pen.to(i == 0 ? "M" : "L", plane.x(path.x().get(i)), plane.y(path.y().get(i))));
    }
    Style style = Style.of(path.slot());
    style.line(m, d.toString(), 1.6);
    for (Stop stop : path.stops()) {
      double x = plane.x(path.x().get(stop.index()));
      double y = plane.y(path.y().get(stop.index()));
      style.mark(m, x, y, 4.2);
      beside.write(m, stop.label(), x, y);
    }
    new Style(style.ink(), "", Style.Marker.RING)
        .mark(m, plane.x(path.x().get(0)), plane.y(path.y().get(0)), 4);
    double x = plane.x(path.x().get(n - 1));
    double y = plane.y(path.y().get(n - 1));
    style.mark(m, x, y, 4.6);
    Pen.words(m, path.label(), x + 10, y + 4, Pen.LABEL, style.ink(), "start", "600");
    m.line();
  }

  /** Names beside points: each on the first side on which it lies over no earlier one. */
  private record Beside(Plane plane, List<Box> taken) {
    private record Box(double x, double y, double width) {
      boolean meets(Box other) {
        return Math.abs(y - other.y) < Pen.TICK + 2
            && x < other.x + other.width + 2
            && other.x < x + width + 2;
      }
    }

    Beside(Plane plane) {
      this(plane, new ArrayList<>());
    }

    void write(Markup m, String label, double x, double y) {
      double width = Weight.PLAIN.width(label, Pen.TICK);
      List<Box> sides = new ArrayList<>();
      for (double away = 0; away < 5; away++) {
        double off = away * (Pen.TICK + 3);
        sides.add(new Box(x + 7, y - 6 - off, width));
        sides.add(new Box(x + 7, y + 14 + off, width));
        sides.add(new Box(x - 7 - width, y - 6 - off, width));
        sides.add(new Box(x - 7 - width, y + 14 + off, width));
      }
      Box free =
          sides.stream()
              .filter(box -> box.x >= plane.left() && box.y >= plane.top())
              .filter(box -> box.x + box.width <= plane.left() + plane.w())
              .filter(box -> taken.stream().noneMatch(box::meets))
              .findFirst()
              .orElse(sides.getFirst());
      taken.add(free);
      Pen.halo(m, label, free.x, free.y, "start");
    }
  }
}
