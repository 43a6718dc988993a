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
    double w = WIDTH - LEFT - 24;
    double h = HEIGHT - TOP - BOTTOM;
    Markup m = new Markup();
    Heading heading = Heading.of(title, Pen.TITLE, WIDTH);
    heading.draw(m, 0, 0);
    double top = TOP + heading.more();
    Plane plane = new Plane(scale(xAxis, Path::x), scale(yAxis, Path::y), LEFT, top, w, h);
    plane.axes(m, xAxis, yAxis);
    Places places = plane.places();
    paths.stream().filter(path -> !path.x().isEmpty()).forEach(p -> draw(m, plane, p, places));
    for (Path path : paths) {
      Ink ink = Style.of(path.slot()).ink();
      if (!path.x().isEmpty()) {
        label(m, plane, path, path.x().size() - 1, path.label(), ink, places);
      }
      for (Stop stop : path.stops()) {
        label(m, plane, path, stop.index(), stop.label(), Ink.TEXT, places);
      }
    }
    return new Drawing(id, title, description, WIDTH, HEIGHT + heading.more(), m.toString());
  }

  private Scale scale(Axis axis, Function<Path, List<Double>> of) {
    double[] ends =
        axis.ends(paths.stream().flatMap(p -> of.apply(p).stream()).mapToDouble(v -> v));
    return Scale.around(false, ends[0], ends[1], true, 5);
  }

  private static void draw(Markup m, Plane plane, Path path, Places places) {
    int n = path.x().size();
    StringBuilder d = new StringBuilder();
    for (int i = 0; i < n; i++) {
      double x = plane.x(path.x().get(i));
      double y = plane.y(path.y().get(i));
      d.append(Pen.to(i == 0 ? "M" : "L", x, y));
      places.crossing(x, y);
    }
    Style style = Style.of(path.slot());
    style.line(m, d.toString(), 1.6);
    path.stops().forEach(stop -> mark(m, plane, path, stop.index(), style, places));
    mark(m, plane, path, 0, new Style(style.ink(), "", Style.Marker.RING), places);
    mark(m, plane, path, n - 1, style, places);
    m.line();
  }

  private static void mark(
      Markup m, Plane plane, Path path, int index, Style style, Places places) {
    double x = plane.x(path.x().get(index));
    double y = plane.y(path.y().get(index));
    style.mark(m, x, y, 4.4);
    places.mark(x, y, 4.4);
  }

  /** A name beside a point, on the side where the least is hidden. */
  private static void label(
      Markup m, Plane plane, Path path, int index, String text, Ink ink, Places places) {
    double x = plane.x(path.x().get(index));
    double y = plane.y(path.y().get(index));
    boolean name = ink != Ink.TEXT;
    double size = name ? Pen.LABEL : Pen.TICK;
    double width = name ? Weight.BOLD.width(text, size) : Weight.PLAIN.width(text, size);
    List<Places.Box> candidates = new ArrayList<>();
    for (double away : new double[] {0, 10, 22, 36}) {
      for (double dx : new double[] {8 + away, -8 - away - width, -width / 2}) {
        for (double dy : new double[] {-7, -20 - away, 8 + away}) {
          candidates.add(new Places.Box(x + dx, y + dy, x + dx + width, y + dy + 13));
        }
      }
    }
    Places.Box box = places.take(candidates);
    Pen.halo(m, text, box.left(), box.top() + 11, size, ink, name ? "600" : "400");
  }
}
