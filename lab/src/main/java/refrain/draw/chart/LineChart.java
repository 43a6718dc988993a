package refrain.draw.chart;

import java.util.List;
import refrain.draw.Drawing;
import refrain.draw.Figure;
import refrain.draw.Markup;

/**
 * Curves over steps, tokens or token index. Labels stand at the ends of the lines; long curves are
 * reduced to the extremes of each pixel column.
 *
 * @param title short title
 * @param description what it shows, in a sentence
 * @param xAxis horizontal axis
 * @param yAxis vertical axis
 * @param series the curves, drawn in this order
 * @param events vertical marks
 * @param levels horizontal marks
 * @param width pixels
 * @param height pixels
 */
public record LineChart(
    String title,
    String description,
    Axis xAxis,
    Axis yAxis,
    List<Series> series,
    List<Event> events,
    List<Level> levels,
    double width,
    double height)
    implements Figure {

  public LineChart {
    series = List.copyOf(series);
    events = List.copyOf(events);
    levels = List.copyOf(levels);
  }

  public static LineChart of(
      String title, String description, Axis xAxis, Axis yAxis, List<Series> series) {
    return new LineChart(title, description, xAxis, yAxis, series, List.of(), List.of(), 760, 340);
  }

  public LineChart withEvents(List<Event> marks) {
    return new LineChart(title, description, xAxis, yAxis, series, marks, levels, width, height);
  }

  public LineChart withLevels(List<Level> marks) {
    return new LineChart(title, description, xAxis, yAxis, series, events, marks, width, height);
  }

  public LineChart sized(double newWidth, double newHeight) {
    return new LineChart(
        title, description, xAxis, yAxis, series, events, levels, newWidth, newHeight);
  }

  @Override
  public Drawing draw(String id) {
    Markup m = new Markup();
    LinePlot plot = new LinePlot(this, xScale(), yScale(), LinePlot.Labels.AT_ENDS, true, true);
    plot.draw(m, id, 0, 0, width, height, plot.margins());
    return new Drawing(id, title, description, width, height, m.toString());
  }

  Scale xScale() {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (Series s : series) {
      for (Line line : s.lines()) {
        for (int i = 0; i < line.size(); i++) {
          if (!xAxis.log() || line.x(i) > 0) {
            min = Math.min(min, line.x(i));
            max = Math.max(max, line.x(i));
          }
        }
      }
    }
    return ends(xAxis, min, max, false);
  }

  Scale yScale() {
    double[] range = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
    for (Series s : series) {
      s.lines().forEach(line -> widen(range, line));
      s.band().ifPresent(band -> widen(range, band.lower()));
      s.band().ifPresent(band -> widen(range, band.upper()));
    }
    for (Level level : levels) {
      range[0] = Math.min(range[0], level.at());
      range[1] = Math.max(range[1], level.at());
    }
    return ends(yAxis, range[0], range[1], true);
  }

  private void widen(double[] range, Line line) {
    for (int i = 0; i < line.size(); i++) {
      double y = line.y(i);
      if (Double.isFinite(y) && (!yAxis.log() || y > 0)) {
        range[0] = Math.min(range[0], y);
        range[1] = Math.max(range[1], y);
      }
    }
  }

  private static Scale ends(Axis axis, double min, double max, boolean round) {
    double lo = Double.isNaN(axis.lo()) ? min : axis.lo();
    double hi = Double.isNaN(axis.hi()) ? max : axis.hi();
    Scale scale = Scale.around(axis.log(), lo, hi, round, 5);
    double a = Double.isNaN(axis.lo()) ? scale.lo() : axis.lo();
    double b = Double.isNaN(axis.hi()) ? scale.hi() : axis.hi();
    return b > a ? new Scale(axis.log(), a, b) : scale;
  }
}
