package refrain.draw.chart;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import refrain.draw.Drawing;
import refrain.draw.Figure;
import refrain.draw.Markup;

/**
 * Curves over steps, tokens or token index. Labels stand at the ends of the lines, or in a key
 * where there is no room for them; long curves are reduced to the extremes of each pixel column.
 *
 * @param title short title
 * @param description what it shows, in a sentence
 * @param xAxis horizontal axis
 * @param yAxis vertical axis
 * @param series the curves, drawn in this order
 * @param events vertical marks
 * @param levels horizontal marks
 */
public record LineChart(
    String title,
    String description,
    Axis xAxis,
    Axis yAxis,
    List<Series> series,
    List<Event> events,
    List<Level> levels)
    implements Figure {
  static final double WIDTH = 760;
  static final double HEIGHT = 340;

  public LineChart {
    series = List.copyOf(series);
    events = List.copyOf(events);
    levels = List.copyOf(levels);
  }

  @Override
  public Drawing draw(String id) {
    if (!LinePlot.hasRoomForNames(this, WIDTH, HEIGHT)) {
      LineChart untitled = new LineChart("", description, xAxis, yAxis, series, events, levels);
      return new LineGrid(title, description, List.of(untitled), 1).draw(id);
    }
    Markup m = new Markup();
    LinePlot plot = new LinePlot(this, xScale(), yScale(), true, true, true);
    LinePlot.Margins sides = plot.sides(WIDTH);
    plot.draw(m, id, 0, 0, WIDTH, HEIGHT, sides.max(plot.heights(WIDTH, sides)));
    return new Drawing(id, title, description, WIDTH, HEIGHT, m.toString());
  }

  Scale xScale() {
    DoubleStream x =
        series.stream()
            .flatMap(s -> s.lines().stream())
            .flatMapToDouble(line -> IntStream.range(0, line.size()).mapToDouble(line::x));
    return scale(xAxis, x.filter(xAxis::shows), false);
  }

  Scale yScale() {
    DoubleStream y =
        series.stream()
            .flatMap(s ->
                Stream.concat(
                    s.lines().stream(),
                    s.band().stream().flatMap(band -> Stream.of(band.lower(), band.upper()))))
            .flatMapToDouble(line -> IntStream.range(0, line.size()).mapToDouble(line::y));
    DoubleStream at = levels.stream().mapToDouble(Level::at);
    return scale(yAxis, DoubleStream.concat(y.filter(yAxis::shows), at), true);
  }

  private static Scale scale(Axis axis, DoubleStream values, boolean round) {
    double[] ends = axis.ends(values);
    Scale scale = Scale.around(axis.log(), ends[0], ends[1], round, 5);
    double a = Double.isNaN(axis.lo()) ? scale.lo() : axis.lo();
    double b = Double.isNaN(axis.hi()) ? scale.hi() : axis.hi();
    return b > a ? new Scale(axis.log(), a, b) : scale;
  }
}
