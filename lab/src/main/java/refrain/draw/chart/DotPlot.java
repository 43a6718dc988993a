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

  /** For the column of values, pixels. */
  private static final double VALUES = 96;

  /** How the lines of levels are drawn. */
  private static final String LEVEL = "1.5 3.5";

  public DotPlot {
    rows = List.copyOf(rows);
    levels = levels.stream().filter(level -> Double.isFinite(level.at())).toList();
  }

  /** A row's lines of text and its height. */
  private record Lines(List<String> label, List<String> note, double height) {}

  private static Lines lines(Row row, double names, double room) {
    List<String> label = Weight.PLAIN.wrap(row.label(), Pen.LABEL, names);
    List<String> note =
        Double.isNaN(row.estimate()) ? Weight.PLAIN.wrap(row.note(), Pen.TICK, room) : List.of();
    int more = Math.max(label.size(), note.size()) - 1;
    return new Lines(label, note, ROW + more * Pen.PITCH);
  }

  @Override
  public Drawing draw(String id) {
    double names =
        Math.min(Weight.PLAIN.widest(rows.stream().map(Row::label), Pen.LABEL), WIDTH * 0.4);
    double left = names + 16;
    double w = WIDTH - left - VALUES;
    Heading heading = Heading.of(title, Pen.TITLE, WIDTH);
    List<Lines> lines = rows.stream().map(row -> lines(row, names, w)).toList();
    double h = lines.stream().mapToDouble(Lines::height).sum();
    Scale xs = scale();
    List<Event> events = levels.stream().map(level -> Event.at(level.at(), level.label())).toList();
    Plane at = new Plane(xs, new Scale(false, 0, 1), left, 36 + heading.more(), w, h);
    double above = EventMarks.LANE * new EventMarks(events, at, LEVEL).lanes();
    Plane plane = new Plane(xs, at.ys(), left, at.top() + above, w, h);
    double bottom = plane.top() + h;
    Markup m = new Markup();
    heading.draw(m, 0, 0);
    List<Tick> ticks = xs.ticks(w, 90);
    for (Tick tick : ticks) {
      double x = plane.x(tick.value());
      Pen.stroke(m, Ink.RULE, vertical(x, plane.top(), bottom));
      Pen.words(m, tick.label(), x, bottom + 17, Pen.TICK, Ink.MUTED, "middle", "400");
    }
    Pen.words(m, axis.text(), left + w, bottom + 34, Pen.TICK, Ink.MUTED, "end", "400");
    new EventMarks(events, plane, LEVEL).draw(m);
    double y = plane.top();
    for (int i = 0; i < rows.size(); i++) {
      row(m, rows.get(i), lines.get(i), plane, y + lines.get(i).height() / 2);
      y += lines.get(i).height();
    }
    return new Drawing(id, title, description, WIDTH, bottom + 44, m.toString());
  }

  private void row(Markup m, Row row, Lines lines, Plane plane, double y) {
    Style style = Style.of(row.slot());
    double left = plane.left();
    double first = y + 4 - (lines.label().size() - 1) * Pen.PITCH / 2;
    Pen.lines(m, lines.label(), left - 12, first, Pen.LABEL, Pen.PITCH, Ink.TEXT, "end", "400");
    for (double p : row.points()) {
      double x = plane.x(p);
      Pen.stroke(
          m, style.ink(), vertical(x, y + 6, y + 11), "stroke-width", 1.2, "stroke-opacity", 0.65);
    }
    if (Double.isNaN(row.estimate())) {
      double at = y + 4 - (lines.note().size() - 1) * Pen.PITCH / 2;
      for (String line : lines.note()) {
        Pen.halo(m, line, left + 6, at, Pen.TICK, Ink.MUTED, "400");
        at += Pen.PITCH;
      }
      m.line();
      return;
    }
    if (Double.isFinite(row.lo()) && Double.isFinite(row.hi())) {
      double a = plane.x(row.lo());
      double b = plane.x(row.hi());
      String d =
          vertical(a, y - 4, y + 4)
              + (Pen.to("M", a, y) + "H" + Num.coord(b))
              + vertical(b, y - 4, y + 4);
      Pen.stroke(m, style.ink(), d, "stroke-width", 2.0);
    }
    style.mark(m, plane.x(row.estimate()), y, 4.6);
    Pen.words(
        m,
        Num.readable(row.estimate()),
        left + plane.w() + 14,
        y + 4,
        Pen.LABEL,
        Ink.TEXT,
        "start",
        "600");
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
