package refrain.draw.chart;

import java.util.List;
import refrain.draw.Ink;
import refrain.draw.Markup;
import refrain.draw.Num;
import refrain.draw.Pen;
import refrain.draw.Style;
import refrain.draw.Type;
import refrain.draw.chart.Scale.Tick;

/** Draws one panel of curves: axes, marks, bands, lines and the labels at their ends. */
final class LinePlot {
  /** Where the names of the series stand. */
  enum Labels {
    AT_ENDS,
    NONE
  }

  /** Pixels between the panel's edge and its plotting area. */
  record Margins(double left, double top, double right, double bottom) {
    Margins max(Margins o) {
      return new Margins(
          Math.max(left, o.left),
          Math.max(top, o.top),
          Math.max(right, o.right),
          Math.max(bottom, o.bottom));
    }
  }

  private static final double LANE = 15;

  private final LineChart chart;
  private final Scale xs;
  private final Scale ys;
  private final Labels labels;
  private final boolean xTitle;
  private final boolean yTitle;
  private double left;
  private double top;
  private double w;
  private double h;

  LinePlot(LineChart chart, Scale xs, Scale ys, Labels labels, boolean xTitle, boolean yTitle) {
    this.chart = chart;
    this.xs = xs;
    this.ys = ys;
    this.labels = labels;
    this.xTitle = xTitle;
    this.yTitle = yTitle;
  }

  Margins margins() {
    double ticks = 0;
    for (Tick tick : ys.ticks(5)) {
      ticks = Math.max(ticks, Type.width(tick.label(), Pen.TICK));
    }
    double names = 0;
    if (labels == Labels.AT_ENDS) {
      for (Series s : chart.series()) {
        names = Math.max(names, Type.width(s.label(), Pen.LABEL) + 24);
      }
    }
    double right = Math.max(16, Math.min(names, chart.width() * 0.34));
    double above = (chart.title().isEmpty() ? 6 : 26) + (yTitle ? 26 : 6);
    above += LANE * EventMarks.lanes(chart, xs, chart.width() - ticks - 10 - right);
    return new Margins(Math.max(24, ticks + 12), above, right, xTitle ? 42 : 24);
  }

  void draw(Markup m, String id, double x0, double y0, double width, double height, Margins mg) {
    left = x0 + mg.left();
    top = y0 + mg.top();
    w = width - mg.left() - mg.right();
    h = height - mg.top() - mg.bottom();
    if (!chart.title().isEmpty()) {
      Pen.words(m, chart.title(), x0 + 2, y0 + 18, Pen.TITLE, Ink.TEXT, "start", "600");
    }
    if (yTitle) {
      double y = y0 + (chart.title().isEmpty() ? 14 : 38);
      Pen.words(m, chart.yAxis().text(), x0 + 2, y, Pen.TICK, Ink.MUTED, "start", "400");
    }
    axes(m);
    new EventMarks(chart, xs, left, top, w, h).draw(m, LANE);
    m.open("clipPath", "id", id + "-c");
    m.leaf("rect", "x", left - 1, "y", top - 1, "width", w + 2, "height", h + 2);
    m.close().open("g", "clip-path", "url(#" + id + "-c)", "fill", "none");
    chart.series().forEach(s -> s.band().ifPresent(band -> band(m, s.style(), band)));
    chart.series().forEach(s -> s.lines().forEach(line -> curve(m, s, line)));
    m.close().line();
    levels(m);
    ends(m, width + x0);
  }

  private double px(double v) {
    return left + w * xs.at(v);
  }

  private double py(double v) {
    return top + h * (1 - ys.at(v));
  }

  private void axes(Markup m) {
    StringBuilder grid = new StringBuilder();
    for (Tick tick : ys.ticks(5)) {
      grid.append(Pen.to("M", left, py(tick.value()))).append('h').append(Num.coord(w));
    }
    Pen.stroke(m, Ink.RULE, grid.toString());
    StringBuilder marks = new StringBuilder();
    marks.append(Pen.to("M", left, top + h)).append('h').append(Num.coord(w));
    List<Tick> ticks = xs.ticks((int) Math.max(3, w / 80));
    ticks.forEach(t -> marks.append(Pen.to("M", px(t.value()), top + h)).append("v5"));
    xs.minor().forEach(v -> marks.append(Pen.to("M", px(v), top + h)).append("v3"));
    Pen.stroke(m, Ink.MUTED, marks.toString());
    for (Tick tick : ys.ticks(5)) {
      Pen.words(m, tick.label(), left - 7, py(tick.value()) + 4, Pen.TICK, Ink.MUTED, "end", "400");
    }
    for (Tick tick : ticks) {
      Pen.words(
          m, tick.label(), px(tick.value()), top + h + 18, Pen.TICK, Ink.MUTED, "middle", "400");
    }
    if (xTitle) {
      Pen.words(m, chart.xAxis().text(), left + w, top + h + 35, Pen.TICK, Ink.MUTED, "end", "400");
    }
    m.line();
  }

  private void band(Markup m, Style style, Series.Band band) {
    StringBuilder d = new StringBuilder();
    for (Series.Band part : band.parts()) {
      int[] there = part.lower().decimate(xs, (int) w);
      int[] back = part.upper().decimate(xs, (int) w);
      for (int k = 0; k < there.length; k++) {
        point(d, k == 0, px(part.lower().x(there[k])), py(part.lower().y(there[k])));
      }
      for (int k = back.length - 1; k >= 0; k--) {
        point(d, false, px(part.upper().x(back[k])), py(part.upper().y(back[k])));
      }
      d.append('Z');
    }
    String path = d.toString();
    Ink ink = style.ink();
    m.open("g", "class", ink.fillClass(), "fill", ink.light(), "fill-opacity", 0.16);
    m.leaf("path", "d", path).close();
  }

  private void curve(Markup m, Series s, Line line) {
    StringBuilder d = new StringBuilder();
    boolean pen = false;
    for (int i : line.decimate(xs, (int) w)) {
      if (Double.isFinite(line.y(i)) && (!xs.log() || line.x(i) > 0)) {
        point(d, !pen, px(line.x(i)), py(line.y(i)));
        pen = true;
      } else {
        pen = false;
      }
    }
    Style style = s.style();
    style.line(m, d.toString(), s.thin() ? 1.2 : 2.0);
    if (!s.thin()) {
      marksAlong(m, s, line);
    }
    m.line();
  }

  /** A few markers along the line, each series at its own phase so that they do not coincide. */
  private void marksAlong(Markup m, Series s, Line line) {
    int wanted = (int) Math.max(2, w / 110);
    int last = -1;
    for (int k = 0; k < wanted; k++) {
      double target = (k + 0.35 + 0.3 * (s.slot() % 3)) / wanted;
      int best = -1;
      for (int i = 0; i < line.size(); i++) {
        if (Double.isFinite(line.y(i))
            && (best < 0
                || Math.abs(xs.at(line.x(i)) - target) < Math.abs(xs.at(line.x(best)) - target))) {
          best = i;
        }
      }
      if (best >= 0 && best != last) {
        s.style().mark(m, px(line.x(best)), py(line.y(best)), 3.4);
        last = best;
      }
    }
  }

  private void levels(Markup m) {
    for (Level level : chart.levels()) {
      double y = py(level.at());
      String d = Pen.to("M", left, y) + "h" + Num.coord(w);
      Pen.stroke(m, Ink.TEXT, d, "stroke-width", 1.0, "stroke-dasharray", "1.5 3.5");
      Pen.halo(m, level.label(), left + 6, y - 5, "start");
    }
  }

  /** A marker where each line ends, and beside the plot the name of each series. */
  private void ends(Markup m, double rightEdge) {
    EndLabels names = new EndLabels(left + w, top, top + h, rightEdge);
    for (Series s : chart.series()) {
      double sum = 0;
      double x = left;
      int n = 0;
      for (Line line : s.lines()) {
        int i = line.lastFinite();
        if (i >= 0) {
          double y = Math.clamp(py(line.y(i)), top, top + h);
          double at = Math.clamp(px(line.x(i)), left, left + w);
          s.style().mark(m, at, y, s.thin() ? 2.8 : 3.8);
          sum += y;
          x = Math.max(x, at);
          n++;
        }
      }
      if (n > 0) {
        names.add(s, x, sum / n);
      }
    }
    if (labels == Labels.AT_ENDS) {
      names.draw(m);
    }
  }

  private static void point(StringBuilder d, boolean move, double x, double y) {
    d.append(move ? 'M' : 'L').append(Num.coord(x)).append(' ').append(Num.coord(y));
  }
}
