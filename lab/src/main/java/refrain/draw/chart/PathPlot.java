package refrain.draw.chart;

import java.util.List;
import refrain.draw.Drawing;
import refrain.draw.Figure;
import refrain.draw.Ink;
import refrain.draw.Markup;
import refrain.draw.Num;
import refrain.draw.Pen;
import refrain.draw.Style;
import refrain.draw.Type;
import refrain.draw.chart.Scale.Tick;

/**
 * Ways through a plane, such as training in the plane of two principal components: a line from
 * point to point, a ring where it begins, its marker where it ends and at named points.
 *
 * @param title short title
 * @param description what it shows, in a sentence
 * @param xAxis horizontal axis
 * @param yAxis vertical axis
 * @param paths drawn in this order
 * @param width pixels
 * @param height pixels
 */
public record PathPlot(
    String title,
    String description,
    Axis xAxis,
    Axis yAxis,
    List<Path> paths,
    double width,
    double height)
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

  private static final double LEFT = 52;
  private static final double TOP = 52;
  private static final double BOTTOM = 46;

  public PathPlot {
    paths = List.copyOf(paths);
  }

  public static PathPlot of(
      String title, String description, Axis xAxis, Axis yAxis, List<Path> paths) {
    return new PathPlot(title, description, xAxis, yAxis, paths, 760, 380);
  }

  @Override
  public Drawing draw(String id) {
    double names = 0;
    for (Path path : paths) {
      names = Math.max(names, Type.width(path.label(), Pen.LABEL));
    }
    Frame frame =
        new Frame(scale(true), scale(false), width - LEFT - names - 24, height - TOP - BOTTOM);
    Markup m = new Markup();
    Pen.words(m, title, 2, 18, Pen.TITLE, Ink.TEXT, "start", "600");
    Pen.words(m, yAxis.text(), 2, 40, Pen.TICK, Ink.MUTED, "start", "400");
    frame.axes(m, xAxis.text());
    for (Path path : paths) {
      frame.path(m, path);
    }
    return new Drawing(id, title, description, width, height, m.toString());
  }

  private Scale scale(boolean horizontal) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (Path path : paths) {
      for (double v : horizontal ? path.x() : path.y()) {
        min = Math.min(min, v);
        max = Math.max(max, v);
      }
    }
    return Scale.around(false, min, max, true, 5);
  }

  private record Frame(Scale xs, Scale ys, double w, double h) {
    double px(double x) {
      return LEFT + w * xs.at(x);
    }

    double py(double y) {
      return TOP + h * (1 - ys.at(y));
    }

    void axes(Markup m, String words) {
      StringBuilder grid = new StringBuilder();
      for (Tick tick : xs.ticks((int) Math.max(3, w / 90))) {
        grid.append(Pen.to("M", px(tick.value()), TOP)).append('v').append(Num.coord(h));
        Pen.words(
            m, tick.label(), px(tick.value()), TOP + h + 18, Pen.TICK, Ink.MUTED, "middle", "400");
      }
      for (Tick tick : ys.ticks(5)) {
        grid.append(Pen.to("M", LEFT, py(tick.value()))).append('h').append(Num.coord(w));
        Pen.words(
            m, tick.label(), LEFT - 7, py(tick.value()) + 4, Pen.TICK, Ink.MUTED, "end", "400");
      }
      Pen.stroke(m, Ink.RULE, grid.toString());
      Pen.words(m, words, LEFT + w, TOP + h + 36, Pen.TICK, Ink.MUTED, "end", "400");
      m.line();
    }

    void path(Markup m, Path path) {
      int n = path.x().size();
      if (n == 0) {
        return;
      }
      StringBuilder d = new StringBuilder();
      for (int i = 0; i < n; i++) {
        d.append(Pen.to(i == 0 ? "M" : "L", px(path.x().get(i)), py(path.y().get(i))));
      }
      Style style = Style.of(path.slot());
      Pen.stroke(
          m,
          style.ink(),
          d.toString(),
          "stroke-width",
          1.6,
          "stroke-linejoin",
          "round",
          "stroke-dasharray",
          style.dash().isEmpty() ? "none" : style.dash());
      for (Stop stop : path.stops()) {
        double x = px(path.x().get(stop.index()));
        double y = py(path.y().get(stop.index()));
        style.mark(m, x, y, 4.2);
        Pen.halo(m, stop.label(), x + 7, y - 6, "start");
      }
      new Style(style.ink(), "", Style.Marker.RING)
          .mark(m, px(path.x().get(0)), py(path.y().get(0)), 4);
      double x = px(path.x().get(n - 1));
      double y = py(path.y().get(n - 1));
      style.mark(m, x, y, 4.6);
      Pen.words(m, path.label(), x + 10, y + 4, Pen.LABEL, style.ink(), "start", "600");
      m.line();
    }
  }
}
