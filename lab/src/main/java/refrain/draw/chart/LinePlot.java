package refrain.draw.chart;

import java.util.ArrayList;
import java.util.List;
import refrain.draw.Ink;
import refrain.draw.Markup;
import refrain.draw.Num;
import refrain.draw.Pen;
import refrain.draw.Style;
import refrain.draw.Type.Weight;
import refrain.draw.chart.Scale.Tick;

/**
 * Draws one panel of curves: axes, marks, bands, lines and the labels at their ends.
 *
 * @param named whether the names of the series stand at the ends of their lines
 * @param xTitle whether the title of the horizontal axis is drawn
 * @param yTitle whether the title of the vertical axis is drawn
 */
record LinePlot(
    LineChart chart, Scale xs, Scale ys, boolean named, boolean xTitle, boolean yTitle) {
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

  /** Pixels from one name's line to the next. */
  static final double PITCH = Pen.LABEL + 3;

  private static final double LANE = 15;

  /** Where the line of a series ends, in pixels. */
  private record End(Series series, double x, double y) {}

  Margins margins(double width) {
    double ticks = Weight.PLAIN.widest(ys.ticks(5).stream().map(Tick::label), Pen.TICK);
    boolean any = named && !chart.series().isEmpty();
    double names =
        any ? Weight.BOLD.widest(chart.series().stream().map(Series::label), Pen.LABEL) + 20 : 0;
    double right = Math.max(16, Math.min(names, width * 0.45));
    double above = (chart.title().isEmpty() ? 6 : 26) + (yTitle ? 26 : 6);
    Plane plane = new Plane(xs, ys, 0, 0, width - ticks - 10 - right, 0);
    above += LANE * new EventMarks(chart.events(), plane).lanes();
    return new Margins(Math.max(24, ticks + 12), above, right, xTitle ? 42 : 24);
  }

  void draw(Markup m, String id, double x0, double y0, double width, double height, Margins mg) {
    double w = width - mg.left() - mg.right();
    double h = height - mg.top() - mg.bottom();
    Plane plane = new Plane(xs, ys, x0 + mg.left(), y0 + mg.top(), w, h);
    if (!chart.title().isEmpty()) {
      Pen.words(m, chart.title(), x0 + 2, y0 + 18, Pen.TITLE, Ink.TEXT, "start", "600");
    }
    if (yTitle) {
      double y = y0 + (chart.title().isEmpty() ? 14 : 38);
      Pen.words(m, chart.yAxis().text(), x0 + 2, y, Pen.TICK, Ink.MUTED, "start", "400");
    }
    axes(m, plane);
    new EventMarks(chart.events(), plane).draw(m, LANE);
    m.open("clipPath", "id", id + "-c");
    m.leaf("rect", "x", plane.left() - 1, "y", plane.top() - 1, "width", w + 2, "height", h + 2);
    m.close().open("g", "clip-path", "url(#" + id + "-c)", "fill", "none");
    chart.series().forEach(s -> s.band().ifPresent(band -> band(m, plane, s.style(), band)));
    chart.series().forEach(s -> s.lines().forEach(line -> curve(m, plane, s, line)));
    m.close().line();
    levels(m, plane);
    ends(m, plane, width + x0);
  }

  private void axes(Markup m, Plane plane) {
    double left = plane.left();
    double w = plane.w();
    double bottom = plane.top() + plane.h();
    StringBuilder grid = new StringBuilder();
    for (Tick tick : ys.ticks(5)) {
      grid.append(Pen.to("M", left, plane.y(tick.value()))).append('h').append(Num.coord(w));
    }
    Pen.stroke(m, Ink.RULE, grid.toString());
    StringBuilder marks = new StringBuilder();
    marks.append(Pen.to("M", left, bottom)).append('h').append(Num.coord(w));
    List<Tick> ticks = xs.ticks((int) Math.max(3, w / 80));
    ticks.forEach(t -> marks.append(Pen.to("M", plane.x(t.value()), bottom)).append("v5"));
    xs.minor().forEach(v -> marks.append(Pen.to("M", plane.x(v), bottom)).append("v3"));
    Pen.stroke(m, Ink.MUTED, marks.toString());
    for (Tick tick : ys.ticks(5)) {
      Pen.words(
          m, tick.label(), left - 7, plane.y(tick.value()) + 4, Pen.TICK, Ink.MUTED, "end", "400");
    }
    for (Tick tick : ticks) {
      double x = plane.x(tick.value());
      Pen.words(m, tick.label(), x, bottom + 18, Pen.TICK, Ink.MUTED, "middle", "400");
    }
    if (xTitle) {
      Pen.words(m, chart.xAxis().text(), left + w, bottom + 35, Pen.TICK, Ink.MUTED, "end", "400");
    }
    m.line();
  }

  private void band(Markup m, Plane plane, Style style, Series.Band band) {
    StringBuilder d = new StringBuilder();
    for (Series.Band part : band.parts()) {
      int[] there = part.lower().decimate(xs, (int) plane.w());
      int[] back = part.upper().decimate(xs, (int) plane.w());
      for (int k = 0; k < there.length; k++) {
        d.append(
            Pen.to(
                k == 0 ? "M" : "L",
                plane.x(part.lower().x(there[k])),
                plane.y(part.lower().y(there[k]))));
      }
      for (int k = back.length - 1; k >= 0; k--) {
        d.append(Pen.to("L", plane.x(part.upper().x(back[k])), plane.y(part.upper().y(back[k]))));
      }
      d.append('Z');
    }
    Ink ink = style.ink();
    m.open("g", "class", ink.fillClass(), "fill", ink.light(), "fill-opacity", 0.16);
    m.leaf("path", "d", d).close();
  }

  private void curve(Markup m, Plane plane, Series s, Line line) {
    StringBuilder d = new StringBuilder();
    boolean pen = false;
    for (int i : line.decimate(xs, (int) plane.w())) {
      if (Double.isFinite(line.y(i)) && (!xs.log() || line.x(i) > 0)) {
        d.append(Pen.to(pen ? "L" : "M", plane.x(line.x(i)), plane.y(line.y(i))));
        pen = true;
      } else {
        pen = false;
      }
    }
    Style style = s.style();
    style.line(m, d.toString(), s.thin() ? 1.2 : 2.0);
    if (!s.thin()) {
      marksAlong(m, plane, s, line);
    }
    m.line();
  }

  /** A few markers along the line, each series at its own phase so that they do not coincide. */
  private void marksAlong(Markup m, Plane plane, Series s, Line line) {
    int wanted = (int) Math.max(2, plane.w() / 110);
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
        s.style().mark(m, plane.x(line.x(best)), plane.y(line.y(best)), 3.4);
        last = best;
      }
    }
  }

  private void levels(Markup m, Plane plane) {
    double[] wanted =
        chart.levels().stream().mapToDouble(level -> plane.y(level.at()) - 5).toArray();
    double[] placed = Spread.apart(wanted, PITCH, plane.top(), plane.top() + plane.h());
    for (int i = 0; i < placed.length; i++) {
      String d = Pen.to("M", plane.left(), wanted[i] + 5) + "h" + Num.coord(plane.w());
      Pen.stroke(m, Ink.TEXT, d, "stroke-width", 1.0, "stroke-dasharray", "1.5 3.5");
      Pen.halo(m, chart.levels().get(i).label(), plane.left() + 6, placed[i], "start");
    }
  }

  /** A marker where each line ends, and beside the plot the name of each series. */
  private void ends(Markup m, Plane plane, double rightEdge) {
    double left = plane.left();
    double top = plane.top();
    List<End> ends = new ArrayList<>();
    for (Series s : chart.series()) {
      double sum = 0;
      double x = left;
      int n = 0;
      for (Line line : s.lines()) {
        int i = line.lastFinite();
        if (i >= 0) {
          double y = Math.clamp(plane.y(line.y(i)), top, top + plane.h());
          double at = Math.clamp(plane.x(line.x(i)), left, left + plane.w());
          s.style().mark(m, at, y, s.thin() ? 2.8 : 3.8);
          sum += y;
          x = Math.max(x, at);
          n++;
        }
      }
      if (n > 0) {
        ends.add(new End(s, x, sum / n));
      }
    }
    if (named) {
      names(m, ends, plane, rightEdge);
    }
  }

  /** The names, near the ends of their lines and never over each other. */
  private static void names(Markup m, List<End> ends, Plane plane, double rightEdge) {
    double plotRight = plane.left() + plane.w();
    double[] wanted = ends.stream().mapToDouble(End::y).toArray();
    double[] placed = Spread.apart(wanted, PITCH, plane.top() + 4, plane.top() + plane.h());
    double x = plotRight + 16;
    for (int i = 0; i < placed.length; i++) {
      End end = ends.get(i);
      Style style = end.series().style();
      if (Math.abs(placed[i] - end.y()) > 3 || end.x() < plotRight - 4) {
        String leader = Pen.to("M", end.x() + 5, end.y()) + Pen.to("L", x - 3, placed[i]);
        Pen.stroke(m, style.ink(), leader, "stroke-width", 0.8, "stroke-opacity", 0.7);
      }
      String label = Weight.BOLD.fit(end.series().label(), Pen.LABEL, rightEdge - x);
      Pen.words(m, label, x, placed[i] + 4, Pen.LABEL, style.ink(), "start", "600");
    }
  }
}
