package refrain.draw.chart;

import java.util.List;
import java.util.stream.DoubleStream;
import refrain.draw.Drawing;
import refrain.draw.Figure;
import refrain.draw.Ink;
import refrain.draw.Markup;
import refrain.draw.Num;
import refrain.draw.Pen;
import refrain.draw.Style;
import refrain.draw.Type.Weight;
import refrain.draw.chart.Scale.Tick;

/**
 * Estimates with intervals, one row each, with the single runs as small marks behind them.
 *
 * @param title short title
 * @param description what it shows, in a sentence
 * @param axis horizontal axis
 * @param rows from top to bottom
 * @param levels values to compare with, drawn as vertical lines; one that is NaN is left out
 */
public record DotPlot(
    String title, String description, Axis axis, List<Row> rows, List<Level> levels)
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

    /** A row without an estimate, and why. */
    public static Row none(String label, int slot, String note) {
      return new Row(label, slot, Double.NaN, Double.NaN, Double.NaN, List.of(), note);
    }
  }

  private static final double ROW = 28;
  private static final double WIDTH = 760;
  private static final double LANE = 15;

  /** Room for the estimate behind a row. */
  private static final double RIGHT = 96;

  public DotPlot {
    rows = List.copyOf(rows);
    levels = levels.stream().filter(level -> Double.isFinite(level.at())).toList();
  }

  @Override
  public Drawing draw(String id) {
    double names = Weight.PLAIN.widest(rows.stream().map(Row::label), Pen.LABEL);
    double left = Math.min(names, WIDTH * 0.5) + 16;
    double w = WIDTH - left - RIGHT;
    Scale xs = scale();
    List<Lanes.Place> places =
        Lanes.of(
            levels.stream().map(level -> w * xs.at(level.at())).toList(),
            levels.stream().map(Level::label).toList(),
            w + RIGHT);
    int lanes = places.stream().mapToInt(p -> p.width() > 0 ? p.lane() + 1 : 0).max().orElse(0);
    double top = 36 + LANE * lanes;
    double bottom = top + rows.size() * ROW;
    Markup m = new Markup();
    Pen.words(m, title, 2, 18, Pen.TITLE, Ink.TEXT, "start", "600");
    for (Tick tick : xs.ticks((int) Math.max(2, w / 90))) {
      double x = left + w * xs.at(tick.value());
      Pen.stroke(m, Ink.RULE, vertical(x, top, bottom));
      Pen.words(m, tick.label(), x, bottom + 17, Pen.TICK, Ink.MUTED, "middle", "400");
    }
    Pen.words(m, axis.text(), left + w, bottom + 34, Pen.TICK, Ink.MUTED, "end", "400");
    for (Lanes.Place place : places) {
      double y = top - 7 - LANE * place.lane();
      double up = place.width() > 0 ? y - 9 : top - 4;
      String d = vertical(left + place.x(), up, bottom);
      Pen.stroke(m, Ink.TEXT, d, "stroke-dasharray", "1.5 3.5");
    }
    for (Lanes.Place place : places) {
      double y = top - 7 - LANE * place.lane();
      Pen.halo(m, levels.get(place.index()).label(), left + place.start(), y, "start");
    }
    m.line();
    for (int i = 0; i < rows.size(); i++) {
      row(m, rows.get(i), xs, left, w, top + (i + 0.5) * ROW);
    }
    return new Drawing(id, title, description, WIDTH, bottom + 44, m.toString());
  }

  private void row(Markup m, Row row, Scale xs, double left, double w, double y) {
    Style style = Style.of(row.slot());
    String label = Weight.PLAIN.fit(row.label(), Pen.LABEL, left - 12);
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
              + (Pen.to("M", a, y) + "H" + Num.coord(b))
              + vertical(b, y - 4, y + 4);
      Pen.stroke(m, style.ink(), d, "stroke-width", 2.0);
    }
    style.mark(m, left + w * xs.at(row.estimate()), y, 4.6);
    Pen.words(
        m, Num.readable(row.estimate()), left + w + 14, y + 4, Pen.LABEL, Ink.TEXT, "start", "600");
    m.line();
  }

  private Scale scale() {
    DoubleStream ofRows =
        rows.stream()
            .flatMapToDouble(row ->
                DoubleStream.concat(
                    DoubleStream.of(row.estimate(), row.lo(), row.hi()).filter(Double::isFinite),
                    row.points().stream().mapToDouble(v -> v)));
    DoubleStream at = levels.stream().mapToDouble(Level::at);
    double[] all = DoubleStream.concat(ofRows, at).toArray();
    // Where no row has a value yet, the axis is drawn all the same.
    double[] none = axis.log() ? new double[] {1, 10} : new double[] {0, 1};
    double[] ends = axis.ends(DoubleStream.of(all.length == 0 ? none : all));
    return Scale.around(axis.log(), ends[0], ends[1], true, 6);
  }

  private static String vertical(double x, double from, double to) {
    return Pen.to("M", x, from) + "V" + Num.coord(to);
  }
}
