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
 * Estimates with intervals, one row each, with the single runs as small marks behind them.
 *
 * @param title short title
 * @param description what it shows, in a sentence
 * @param axis horizontal axis
 * @param rows from top to bottom
 * @param levels values to compare with, drawn as vertical lines; one that is NaN is left out
 * @param width pixels
 */
public record DotPlot(
    String title, String description, Axis axis, List<Row> rows, List<Level> levels, double width)
    implements Figure {

  /**
   * @param label what is estimated
   * @param slot which {@link Style}
   * @param estimate NaN where there is none
   * @param lo lower end of the interval, NaN for none
   * @param hi upper end of the interval, NaN for none
   * @param points single runs; NaN is left out
   * @param note written where the estimate is NaN, for example "none formed"
   */
  public record Row(
      String label,
      int slot,
      double estimate,
      double lo,
      double hi,
      List<Double> points,
      String note) {
    public Row {
      points = points.stream().filter(Double::isFinite).toList();
    }

    public static Row of(String label, int slot, double estimate, double lo, double hi) {
      return new Row(label, slot, estimate, lo, hi, List.of(), "");
    }

    public Row withPoints(List<Double> runs) {
      return new Row(label, slot, estimate, lo, hi, runs, note);
    }

    /** A row without an estimate, and why. */
    public static Row none(String label, int slot, String note) {
      return new Row(label, slot, Double.NaN, Double.NaN, Double.NaN, List.of(), note);
    }
  }

  private static final double ROW = 28;

  public DotPlot {
    rows = List.copyOf(rows);
    levels = levels.stream().filter(level -> Double.isFinite(level.at())).toList();
  }

  public static DotPlot of(String title, String description, Axis axis, List<Row> rows) {
    return new DotPlot(title, description, axis, rows, List.of(), 760);
  }

  public DotPlot withLevels(List<Level> marks) {
    return new DotPlot(title, description, axis, rows, marks, width);
  }

  @Override
  public Drawing draw(String id) {
    double names = 0;
    for (Row row : rows) {
      names = Math.max(names, Type.width(row.label(), Pen.LABEL));
    }
    double left = Math.min(names, width * 0.4) + 16;
    double w = width - left - 96;
    double top = levels.isEmpty() ? 36 : 52;
    double bottom = top + rows.size() * ROW;
    Scale xs = scale();
    Markup m = new Markup();
    Pen.words(m, title, 2, 18, Pen.TITLE, Ink.TEXT, "start", "600");
    for (Tick tick : xs.ticks((int) Math.max(2, w / 90))) {
      double x = left + w * xs.at(tick.value());
      Pen.stroke(m, Ink.RULE, vertical(x, top, bottom));
      Pen.words(m, tick.label(), x, bottom + 17, Pen.TICK, Ink.MUTED, "middle", "400");
    }
    Pen.words(m, axis.text(), left + w, bottom + 34, Pen.TICK, Ink.MUTED, "end", "400");
    for (Level level : levels) {
      double x = left + w * xs.at(level.at());
      Pen.stroke(m, Ink.TEXT, vertical(x, top - 4, bottom), "stroke-dasharray", "1.5 3.5");
      Pen.words(m, level.label(), x, top - 8, Pen.TICK, Ink.TEXT, "middle", "400");
    }
    m.line();
    for (int i = 0; i < rows.size(); i++) {
      row(m, rows.get(i), xs, left, w, top + (i + 0.5) * ROW);
    }
    return new Drawing(id, title, description, width, bottom + 44, m.toString());
  }

  private void row(Markup m, Row row, Scale xs, double left, double w, double y) {
    Style style = Style.of(row.slot());
    String label = Type.fit(row.label(), Pen.LABEL, left - 14);
    Pen.words(m, label, left - 12, y + 4, Pen.LABEL, Ink.TEXT, "end", "400");
    for (double p : row.points()) {
      double x = left + w * xs.at(p);
      Pen.stroke(
          m, style.ink(), vertical(x, y + 6, y + 11), "stroke-width", 1.2, "stroke-opacity", 0.65);
    }
    if (Double.isNaN(row.estimate())) {
      Pen.words(m, row.note(), left + 6, y + 4, Pen.TICK, Ink.MUTED, "start", "400");
      m.line();
      return;
    }
    if (Double.isFinite(row.lo()) && Double.isFinite(row.hi())) {
      double a = left + w * xs.at(row.lo());
      double b = left + w * xs.at(row.hi());
      String d =
          vertical(a, y - 4, y + 4)
              + "M"
              + Num.coord(a)
              + " "
              + Num.coord(y)
              + "H"
              + Num.coord(b)
              + vertical(b, y - 4, y + 4);
      Pen.stroke(m, style.ink(), d, "stroke-width", 2.0);
    }
    style.mark(m, left + w * xs.at(row.estimate()), y, 4.6);
    Pen.words(
        m, Num.readable(row.estimate()), left + w + 14, y + 4, Pen.LABEL, Ink.TEXT, "start", "600");
    m.line();
  }

  private Scale scale() {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (Row row : rows) {
      for (double v : new double[] {row.estimate(), row.lo(), row.hi()}) {
        min = Double.isFinite(v) ? Math.min(min, v) : min;
        max = Double.isFinite(v) ? Math.max(max, v) : max;
      }
      for (double v : row.points()) {
        min = Math.min(min, v);
        max = Math.max(max, v);
      }
    }
    for (Level level : levels) {
      min = Math.min(min, level.at());
      max = Math.max(max, level.at());
    }
    if (min > max) { // no row has a value yet, and the axis is drawn all the same
      min = axis.log() ? 1 : 0;
      max = axis.log() ? 10 : 1;
    }
    double lo = Double.isNaN(axis.lo()) ? min : axis.lo();
    double hi = Double.isNaN(axis.hi()) ? max : axis.hi();
    return Scale.around(axis.log(), lo, hi, true, 6);
  }

  private static String vertical(double x, double from, double to) {
    return "M" + Num.coord(x) + " " + Num.coord(from) + "V" + Num.coord(to);
  }
}
