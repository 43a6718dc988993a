package refrain.draw.chart;

import java.util.ArrayList;
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
 * A claim in a small figure: its estimate with its interval, single runs behind it, and the range
 * in which it would hold; below it the same of its control.
 *
 * @param title short title
 * @param description what it shows, in a sentence
 * @param axis the quantity
 * @param rows the claim, and its control where it has one
 */
public record ClaimPlot(String title, String description, Axis axis, List<Row> rows)
    implements Figure {

  /**
   * @param label what it is of
   * @param slot which {@link Style}
   * @param estimate NaN where there is none
   * @param lo lower end of the interval, NaN for none
   * @param hi upper end
   * @param points single runs
   * @param from where the range begins in which the row is as claimed; -infinity: nowhere
   * @param to where it ends; infinity: nowhere
   */
  public record Row(
      String label,
      int slot,
      double estimate,
      double lo,
      double hi,
      List<Double> points,
      double from,
      double to) {
    public Row {
      points = points.stream().filter(Double::isFinite).toList();
    }

    private DoubleStream values() {
      return DoubleStream.concat(
          DoubleStream.of(estimate, lo, hi, from, to), points.stream().mapToDouble(point -> point));
    }
  }

  private static final double WIDTH = 300;
  private static final double SIDE = 14;
  private static final double ROW = 42;

  public ClaimPlot {
    rows = List.copyOf(rows);
  }

  @Override
  public Drawing draw(String id) {
    Markup m = new Markup();
    List<String> lines = wrapped(title, Pen.LABEL, Weight.BOLD);
    double top = 6;
    for (String line : lines) {
      top += 16;
      Pen.words(m, line, 2, top, Pen.LABEL, Ink.TEXT, "start", "600");
    }
    top += 8;
    double w = WIDTH - 2 * SIDE;
    double bottom = top + rows.size() * ROW;
    Scale xs = scale();
    for (Tick tick : xs.ticks(4)) {
      double x = SIDE + w * xs.at(tick.value());
      StringBuilder rule = new StringBuilder();
      for (int i = 0; i < rows.size(); i++) {
        // Below the words of each row, which a rule may not cross.
        rule.append(Pen.to("M", x, top + i * ROW + 15))
            .append('V')
            .append(Num.coord(top + (i + 1) * ROW));
      }
      Pen.stroke(m, Ink.RULE, rule.toString());
      Pen.words(m, tick.label(), x, bottom + 15, 11.0, Ink.MUTED, "middle", "400");
    }
    for (int i = 0; i < rows.size(); i++) {
      row(m, rows.get(i), xs, w, top + i * ROW);
    }
    double end = bottom + 18;
    for (String line : wrapped(axis.text(), 11.0, Weight.PLAIN)) {
      end += 14;
      Pen.words(m, line, 2, end, 11.0, Ink.MUTED, "start", "400");
    }
    return new Drawing(id, title, description, WIDTH, end + 6, m.toString());
  }

  private static void row(Markup m, Row row, Scale xs, double w, double top) {
    double from = SIDE + w * Math.clamp(xs.at(Math.max(row.from(), xs.lo())), 0, 1);
    double to = SIDE + w * Math.clamp(xs.at(Math.min(row.to(), xs.hi())), 0, 1);
    if (to > from) {
      Pen.box(m, Ink.C2, from, top + 17, to - from, ROW - 20, "fill-opacity", 0.14);
    }
    Style style = Style.of(row.slot());
    double y = top + 26;
    for (double point : row.points()) {
      double x = SIDE + w * xs.at(point);
      String d = Pen.to("M", x, y + 5) + "V" + Num.coord(y + 11);
      Pen.stroke(m, style.ink(), d, "stroke-width", 1.2, "stroke-opacity", 0.65);
    }
    if (Double.isFinite(row.lo()) && Double.isFinite(row.hi())) {
      String d =
          Pen.to("M", SIDE + w * xs.at(row.lo()), y) + "H" + Num.coord(SIDE + w * xs.at(row.hi()));
      Pen.stroke(m, style.ink(), d, "stroke-width", 2.0);
    }
    String value = Double.isNaN(row.estimate()) ? "none" : Num.readable(row.estimate());
    double room = WIDTH - Weight.BOLD.width(value, 11.0) - 14;
    Pen.words(
        m, Weight.PLAIN.fit(row.label(), 11.0, room), 2, top + 11, 11.0, Ink.TEXT, "start", "400");
    Pen.words(m, value, WIDTH - 2, top + 11, 11.0, Ink.TEXT, "end", "600");
    if (Double.isFinite(row.estimate())) {
      style.mark(m, SIDE + w * xs.at(row.estimate()), y, 4.2);
    }
    m.line();
  }

  private Scale scale() {
    double[] all = rows.stream().flatMapToDouble(Row::values).filter(Double::isFinite).toArray();
    double[] ends = axis.ends(DoubleStream.of(all.length == 0 ? new double[] {0, 1} : all));
    double room = 0.06 * (ends[1] - ends[0]);
    return Scale.around(false, ends[0] - room, ends[1] + room, false, 4);
  }

  /** The words in lines of the figure's width. */
  private static List<String> wrapped(String text, double size, Weight weight) {
    List<String> lines = new ArrayList<>();
    String line = "";
    for (String word : text.split(" ")) {
      String longer = line.isEmpty() ? word : line + " " + word;
      if (!line.isEmpty() && weight.width(longer, size) > WIDTH - 4) {
        lines.add(line);
        line = word;
      } else {
        line = longer;
      }
    }
    lines.add(line);
    return lines;
  }
}
