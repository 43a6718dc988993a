package refrain.draw.chart;

import refrain.draw.Ink;
import refrain.draw.Markup;
import refrain.draw.Num;
import refrain.draw.Pen;
import refrain.draw.chart.Scale.Tick;

/** A plotting area in which both axes have ruled lines: where points lie, in pixels. */
record Plane(Scale xs, Scale ys, double left, double top, double w, double h) {
  double x(double v) {
    return left + w * xs.at(v);
  }

  double y(double v) {
    return top + h * (1 - ys.at(v));
  }

  /** Where labels may stand in it. */
  Places places() {
    return new Places(new Places.Box(left, top, left + w, top + h));
  }

  void axes(Markup m, Axis xAxis, Axis yAxis) {
    StringBuilder grid = new StringBuilder();
    for (Tick tick : xs.ticks(w, 90)) {
      double x = x(tick.value());
      grid.append(Pen.to("M", x, top)).append('v').append(Num.coord(h));
      Pen.words(m, tick.label(), x, top + h + 18, Pen.TICK, Ink.MUTED, "middle", "400");
    }
    for (Tick tick : ys.ticks((int) Math.max(3, h / 60))) {
      double y = y(tick.value());
      grid.append(Pen.to("M", left, y)).append('h').append(Num.coord(w));
      Pen.words(m, tick.label(), left - 8, y + 4, Pen.TICK, Ink.MUTED, "end", "400");
    }
    Pen.stroke(m, Ink.RULE, grid.toString());
    Pen.words(m, yAxis.text(), 2, top - 10, Pen.TICK, Ink.MUTED, "start", "400");
    Pen.words(m, xAxis.text(), left + w, top + h + 35, Pen.TICK, Ink.MUTED, "end", "400");
    m.line();
  }
}
