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
    static final Margins NONE = new Margins(0, 0, 0, 0);

    Margins max(Margins o) {
      return new Margins(
          Math.max(left, o.left),
          Math.max(top, o.top),
          Math.max(right, o.right),
          Math.max(bottom, o.bottom));
    }
  }

  /** Where the line of a series ends, in pixels. */
  private record End(Series series, double x, double y) {}

  /** Whether the names of the series have room beside a plot in a panel of this size. */
  static boolean hasRoomForNames(LineChart chart, double width, double height) {
    double names = names(chart);
    return names <= width * 0.34 && chart.series().size() * Pen.PITCH <= height * 0.6;
  }

  private static double names(LineChart chart) {
    return Weight.BOLD.widest(chart.series().stream().map(Series::label), Pen.LABEL) + 24;
  }

  /** Left and right; those above and below depend on them. */
  Margins sides(double width) {
    double ticks = Weight.PLAIN.widest(ys.ticks(5).stream().map(Tick::label), Pen.TICK);
    double right = named && !chart.series().isEmpty() ? names(chart) : 16;
    double left = Math.max(24, ticks + 12);
    Tick last = xs.ticks(width - left - right, 80).getLast();
    return new Margins(
        left, 0, Math.max(right, Weight.PLAIN.width(last.label(), Pen.TICK) / 2 + 3), 0);
  }

  /** Above and below, between {@code sides}. */
  Margins heights(double width, Margins sides) {
    double above = (chart.title().isEmpty() ? 6 : 26 + heading(width).more());
    above += yTitle ? 26 + (yTitle(width).size() - 1) * EventMarks.LANE : 6;
    above += EventMarks.LANE * marks(plane(0, 0, width, 0, sides)).lanes();
    double below = xTitle ? 42 + (xTitle(width, sides).size() - 1) * EventMarks.LANE : 24;
    return new Margins(0, above, 0, below);
  }

  private Heading heading(double width) {
    return Heading.of(chart.title(), Pen.TITLE, width);
  }

  private static List<String> axisTitle(Axis axis, double width) {
    return Weight.PLAIN.wrap(axis.text(), Pen.TICK, width - 4);
  }

  private List<String> xTitle(double width, Margins sides) {
    return axisTitle(chart.xAxis(), width - sides.right());
  }

  private List<String> yTitle(double width) {
    return axisTitle(chart.yAxis(), width);
  }

  private EventMarks marks(Plane plane) {
    return new EventMarks(chart.events(), plane, "none");
  }

  private Plane plane(double x0, double y0, double width, double height, Margins mg) {
    double w = width - mg.left() - mg.right();
    double h = height - mg.top() - mg.bottom();
    return new Plane(xs, ys, x0 + mg.left(), y0 + mg.top(), w, h);
  }

  void draw(Markup m, String id, double x0, double y0, double width, double height, Margins mg) {
    Plane plane = plane(x0, y0, width, height, mg);
    double y = y0 + 14;
    if (!chart.title().isEmpty()) {
      Heading heading = heading(width);
      heading.draw(m, x0, y0);
      y = y0 + 38 + heading.more();
    }
    if (yTitle) {
      muted(m, yTitle(width), x0 + 2, y, "start");
    }
    axes(m, plane);
    if (xTitle) {
      double below = plane.top() + plane.h() + 35;
      muted(m, xTitle(width, mg), plane.left() + plane.w(), below, "end");
    }
    m.line();
    marks(plane).draw(m);
    m.open("clipPath", "id", id + "-c");
    m.leaf(
        "rect",
        "x",
        plane.left() - 1,
        "y",
        plane.top() - 1,
        "width",
        plane.w() + 2,
        "height",
        plane.h() + 2);
    m.close().open("g", "clip-path", "url(#" + id + "-c)", "fill", "none");
    Places places = plane.places();
    chart.series().forEach(s -> s.band().ifPresent(band -> band(m, plane, s.style(), band)));
    chart.series().forEach(s -> s.lines().forEach(line -> curve(m, plane, s, line, places)));
    m.close().line();
    List<End> ends = ends(m, plane, places);
    levels(m, plane, places);
    if (named) {
      names(m, ends, plane);
    }
  }

  private static void muted(Markup m, List<String> lines, double x, double y, String anchor) {
    Pen.lines(m, lines, x, y, Pen.TICK, EventMarks.LANE, Ink.MUTED, anchor, "400");
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
    List<Tick> ticks = xs.ticks(w, 80);
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

  private void curve(Markup m, Plane plane, Series s, Line line, Places places) {
    StringBuilder d = new StringBuilder();
    boolean pen = false;
    for (int i : line.decimate(xs, (int) plane.w())) {
      if (Double.isFinite(line.y(i)) && (!xs.log() || line.x(i) > 0)) {
        double x = plane.x(line.x(i));
        double y = plane.y(line.y(i));
        d.append(Pen.to(pen ? "L" : "M", x, y));
        places.crossing(x, y);
        pen = true;
      } else {
        pen = false;
      }
    }
    Style style = s.style();
    style.line(m, d.toString(), s.thin() ? 1.2 : 2.0);
    if (!s.thin()) {
      marksAlong(m, plane, s, line, places);
    }
    m.line();
  }

  /** A few markers along the line, each series at its own phase so that they do not coincide. */
  private void marksAlong(Markup m, Plane plane, Series s, Line line, Places places) {
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
        double x = plane.x(line.x(best));
        double y = plane.y(line.y(best));
        s.style().mark(m, x, y, 3.4);
        places.mark(x, y, 3.4);
        last = best;
      }
    }
  }

  private void levels(Markup m, Plane plane, Places places) {
    for (Level level : chart.levels()) {
      double y = plane.y(level.at());
      String d = Pen.to("M", plane.left(), y) + "h" + Num.coord(plane.w());
      Pen.stroke(m, Ink.TEXT, d, "stroke-width", 1.0, "stroke-dasharray", "1.5 3.5");
    }
    for (Level level : chart.levels()) {
      double width = Weight.PLAIN.width(level.label(), Pen.TICK);
      List<Places.Box> candidates = new ArrayList<>();
      double y = plane.y(level.at());
      for (double top : new double[] {y - 15, y + 3}) {
        for (int i = 0; i <= 8; i++) {
          double x = plane.left() + 6 + Math.max(0, plane.w() - width - 12) * i / 8;
          candidates.add(new Places.Box(x, top, x + width, top + 12));
        }
      }
      Places.Box box = places.take(candidates);
      Pen.halo(m, level.label(), box.left(), box.top() + 10, Pen.TICK, Ink.TEXT, "400");
    }
  }

  /** Draws a marker where each line ends. */
  private List<End> ends(Markup m, Plane plane, Places places) {
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
          places.mark(at, y, 3.8);
          sum += y;
          x = Math.max(x, at);
          n++;
        }
      }
      if (n > 0) {
        ends.add(new End(s, x, sum / n));
      }
    }
    return ends;
  }

  /** The names of the series, near the ends of their lines and never over each other. */
  private static void names(Markup m, List<End> ends, Plane plane) {
    double plotRight = plane.left() + plane.w();
    double[] wanted = ends.stream().mapToDouble(End::y).toArray();
    double[] placed = Spread.apart(wanted, Pen.PITCH, plane.top() + 4, plane.top() + plane.h());
    double x = plotRight + 16;
    for (int i = 0; i < placed.length; i++) {
      End end = ends.get(i);
      Style style = end.series().style();
      if (Math.abs(placed[i] - end.y()) > 3 || end.x() < plotRight - 4) {
        String leader = Pen.to("M", end.x() + 5, end.y()) + Pen.to("L", x - 3, placed[i]);
        Pen.stroke(m, style.ink(), leader, "stroke-width", 0.8, "stroke-opacity", 0.7);
      }
      String label = end.series().label();
      Pen.words(m, label, x, placed[i] + 4, Pen.LABEL, style.ink(), "start", "600");
    }
  }
}
