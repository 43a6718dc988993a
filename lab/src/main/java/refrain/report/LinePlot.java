package refrain.report;

import java.util.ArrayList;
import java.util.List;
import refrain.report.Scale.Tick;

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

  static final double TICK_SIZE = 11.5;
  static final double LABEL_SIZE = 12;
  static final double TITLE_SIZE = 14;
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
      ticks = Math.max(ticks, Type.width(tick.label(), TICK_SIZE));
    }
    double names = 0;
    if (labels == Labels.AT_ENDS) {
      for (Series s : chart.series()) {
        names = Math.max(names, Type.width(s.label(), LABEL_SIZE) + 24);
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
      words(m, chart.title(), x0 + 2, y0 + 18, TITLE_SIZE, Ink.TEXT, "start", "600");
    }
    if (yTitle) {
      double y = y0 + (chart.title().isEmpty() ? 14 : 38);
      words(m, chart.yAxis().text(), x0 + 2, y, TICK_SIZE, Ink.MUTED, "start", "400");
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
    m.open("g", "class", Ink.RULE.strokeClass(), "stroke", Ink.RULE.light(), "stroke-width", 1.0);
    StringBuilder grid = new StringBuilder();
    for (Tick tick : ys.ticks(5)) {
      grid.append("M").append(Num.coord(left)).append(' ').append(Num.coord(py(tick.value())));
      grid.append("h").append(Num.coord(w));
    }
    m.leaf("path", "d", grid.toString()).close();
    StringBuilder marks = new StringBuilder();
    String base = Num.coord(top + h);
    marks
        .append("M")
        .append(Num.coord(left))
        .append(' ')
        .append(base)
        .append("h")
        .append(Num.coord(w));
    List<Tick> ticks = xs.ticks((int) Math.max(3, w / 80));
    ticks.forEach(t ->
        marks.append("M").append(Num.coord(px(t.value()))).append(' ').append(base).append("v5"));
    xs.minor()
        .forEach(
            v -> marks.append("M").append(Num.coord(px(v))).append(' ').append(base).append("v3"));
    m.leaf(
        "path",
        "class",
        Ink.MUTED.strokeClass(),
        "stroke",
        Ink.MUTED.light(),
        "d",
        marks.toString());
    for (Tick tick : ys.ticks(5)) {
      words(m, tick.label(), left - 7, py(tick.value()) + 4, TICK_SIZE, Ink.MUTED, "end", "400");
    }
    for (Tick tick : ticks) {
      words(m, tick.label(), px(tick.value()), top + h + 18, TICK_SIZE, Ink.MUTED, "middle", "400");
    }
    if (xTitle) {
      words(m, chart.xAxis().text(), left + w, top + h + 35, TICK_SIZE, Ink.MUTED, "end", "400");
    }
    m.line();
  }

  private void band(Markup m, Style style, Series.Band band) {
    StringBuilder d = new StringBuilder();
    int n = band.lower().size();
    for (int i = 0; i < n; i++) {
      point(d, i == 0, px(band.lower().x(i)), py(band.lower().y(i)));
    }
    for (int i = n - 1; i >= 0; i--) {
      point(d, false, px(band.upper().x(i)), py(band.upper().y(i)));
    }
    m.leaf(
        "path",
        "class",
        style.ink().fillClass(),
        "fill",
        style.ink().light(),
        "fill-opacity",
        0.16,
        "d",
        d.append('Z').toString());
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
    m.leaf(
        "path",
        "class",
        style.ink().strokeClass(),
        "stroke",
        style.ink().light(),
        "stroke-width",
        s.thin() ? 1.2 : 2.0,
        "stroke-linejoin",
        "round",
        "stroke-dasharray",
        style.dash().isEmpty() ? "none" : style.dash(),
        "d",
        d.toString());
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
      String d = "M" + Num.coord(left) + " " + Num.coord(y) + "h" + Num.coord(w);
      m.leaf(
          "path",
          "class",
          Ink.TEXT.strokeClass(),
          "stroke",
          Ink.TEXT.light(),
          "stroke-width",
          1.0,
          "stroke-dasharray",
          "1.5 3.5",
          "d",
          d);
      halo(m, level.label(), left + 6, y - 5, "start");
    }
  }

  private void ends(Markup m, double rightEdge) {
    record End(Series series, double x, double y) {}
    List<End> ends = new ArrayList<>();
    for (Series s : chart.series()) {
      double sumY = 0;
      double x = left;
      int n = 0;
      for (Line line : s.lines()) {
        int i = line.lastFinite();
        if (i >= 0) {
          double y = Math.clamp(py(line.y(i)), top, top + h);
          double at = Math.min(px(line.x(i)), left + w);
          s.style().mark(m, at, y, s.thin() ? 2.8 : 3.8);
          sumY += y;
          x = Math.max(x, at);
          n++;
        }
      }
      if (n > 0) {
        ends.add(new End(s, x, sumY / n));
      }
    }
    if (labels == Labels.NONE) {
      return;
    }
    double[] wanted = ends.stream().mapToDouble(End::y).toArray();
    double[] placed = Spread.apart(wanted, LABEL_SIZE + 3, top + 4, top + h);
    for (int i = 0; i < placed.length; i++) {
      End end = ends.get(i);
      Style style = end.series().style();
      double x = left + w + 16;
      if (Math.abs(placed[i] - end.y()) > 3 || end.x() < left + w - 4) {
        String d =
            "M"
                + Num.coord(end.x() + 5)
                + " "
                + Num.coord(end.y())
                + "L"
                + Num.coord(x - 3)
                + " "
                + Num.coord(placed[i]);
        m.leaf(
            "path",
            "class",
            style.ink().strokeClass(),
            "stroke",
            style.ink().light(),
            "stroke-width",
            0.8,
            "stroke-opacity",
            0.7,
            "d",
            d);
      }
      String label = Type.fit(end.series().label(), LABEL_SIZE, rightEdge - x);
      words(m, label, x, placed[i] + 4, LABEL_SIZE, style.ink(), "start", "600");
    }
  }

  private static void point(StringBuilder d, boolean move, double x, double y) {
    d.append(move ? 'M' : 'L').append(Num.coord(x)).append(' ').append(Num.coord(y));
  }

  static void words(
      Markup m,
      String text,
      double x,
      double y,
      double size,
      Ink ink,
      String anchor,
      String weight) {
    m.element(
        "text",
        text,
        "x",
        x,
        "y",
        y,
        "font-size",
        size,
        "text-anchor",
        anchor,
        "font-weight",
        weight,
        "class",
        ink.fillClass(),
        "fill",
        ink.light());
  }

  /** Text over lines, with a rim of paper so that it stays legible. */
  static void halo(Markup m, String text, double x, double y, String anchor) {
    m.element(
        "text",
        text,
        "x",
        x,
        "y",
        y,
        "font-size",
        TICK_SIZE,
        "text-anchor",
        anchor,
        "class",
        Ink.TEXT.fillClass() + " " + Ink.PAPER.strokeClass(),
        "fill",
        Ink.TEXT.light(),
        "stroke",
        Ink.PAPER.light(),
        "stroke-width",
        3.0,
        "paint-order",
        "stroke");
  }
}
