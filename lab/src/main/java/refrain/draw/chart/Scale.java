package refrain.draw.chart;

import java.util.ArrayList;
import java.util.List;
import refrain.draw.Num;
import refrain.draw.Pen;
import refrain.draw.Type.Weight;

/**
 * Maps values to [0, 1], linearly or by logarithm, and finds round tick values (1, 2 or 5 times a
 * power of ten).
 *
 * @param log logarithmic; then lo is positive
 * @param lo value at 0
 * @param hi value at 1, above lo
 */
record Scale(boolean log, double lo, double hi) {
  Scale {
    if (!(hi > lo) || (log && lo <= 0) || !Double.isFinite(lo) || !Double.isFinite(hi)) {
      throw new IllegalArgumentException(
          "a " + (log ? "logarithmic" : "linear") + " scale cannot run from " + lo + " to " + hi);
    }
  }

  /** A tick: its value and its text. */
  record Tick(double value, String label) {}

  /** A scale around the values min..max; {@code round} widens a linear one a little. */
  static Scale around(boolean log, double min, double max, boolean round, int target) {
    if (log) {
      double bottom = min > 0 && Double.isFinite(min) ? min : 1;
      return new Scale(true, bottom, max > bottom ? max : bottom * 10);
    }
    double lo = Double.isFinite(min) ? min : 0;
    double hi = Double.isFinite(max) ? max : lo;
    if (hi - lo <= 1e-12 * Math.max(Math.abs(lo), Math.abs(hi))) {
      double pad = lo == 0 ? 1 : Math.abs(lo) * 0.1;
      lo -= pad;
      hi += pad;
    }
    if (!round) {
      return new Scale(false, lo, hi);
    }
    double step = step(hi - lo, target);
    double pad = 0.03 * (hi - lo);
    double below = Math.floor(lo / step + 1e-9) * step;
    double above = Math.ceil(hi / step - 1e-9) * step;
    // To the next tick where it is near, else only a little: room without data hides the data.
    return new Scale(
        false,
        lo - below <= step / 4 ? below : lo - pad,
        above - hi <= step / 4 ? above : hi + pad);
  }

  double at(double v) {
    if (log) {
      return v <= 0 ? 0 : Math.log(v / lo) / Math.log(hi / lo);
    }
    return (v - lo) / (hi - lo);
  }

  /** The round step that gives about {@code target} intervals over {@code span}. */
  static double step(double span, int target) {
    double raw = span / Math.max(1, target);
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double mantissa = raw / power;
    double nice = mantissa < 1.5 ? 1 : mantissa < 3.5 ? 2 : mantissa < 7.5 ? 5 : 10;
    return nice * power;
  }

  /** Labelled ticks inside the scale. */
  List<Tick> ticks(int target) {
    if (log && hi / lo >= 4) {
      return logTicks(target);
    }
    double step = step(hi - lo, target);
    List<Tick> ticks = new ArrayList<>();
    double largest = Math.max(Math.abs(lo), Math.abs(hi));
    long last = (long) Math.floor(hi / step + 1e-9);
    for (long i = (long) Math.ceil(lo / step - 1e-9); i <= last; i++) {
      double v = i * step;
      ticks.add(new Tick(v, Num.tick(v, step, largest)));
    }
    return ticks;
  }

  /** Ticks along {@code pixels}, about one in each {@code pitch}, whose labels do not touch. */
  List<Tick> ticks(double pixels, double pitch) {
    for (int target = (int) Math.max(3, pixels / pitch); target > 0; target--) {
      List<Tick> ticks = ticks(target);
      if (apart(ticks, pixels).size() == ticks.size()) {
        return ticks;
      }
    }
    return apart(ticks(1), pixels);
  }

  /** Those whose labels, centred at their ticks, leave a gap to the one kept before. */
  private List<Tick> apart(List<Tick> ticks, double pixels) {
    List<Tick> kept = new ArrayList<>();
    double end = Double.NEGATIVE_INFINITY;
    for (Tick tick : ticks) {
      double half = Weight.PLAIN.width(tick.label(), Pen.TICK) / 2 + 3;
      double at = pixels * at(tick.value());
      if (at - half >= end) {
        kept.add(tick);
        end = at + half;
      }
    }
    return kept;
  }

  private List<Tick> logTicks(int target) {
    double decades = Math.log10(hi / lo);
    int stride = (int) Math.max(1, Math.ceil(decades / Math.max(1, target)));
    int[] mantissas = decades * 3 <= target + 1 ? new int[] {1, 2, 5} : new int[] {1};
    List<Tick> ticks = new ArrayList<>();
    for (int e = (int) Math.floor(Math.log10(lo)); e <= Math.ceil(Math.log10(hi)); e++) {
      for (int m : mantissas) {
        double v = m * Math.pow(10, e);
        if (Math.floorMod(e, stride) == 0 && v >= lo * (1 - 1e-9) && v <= hi * (1 + 1e-9)) {
          ticks.add(new Tick(v, Num.tick(v, v, v)));
        }
      }
    }
    return ticks;
  }

  /** Values of unlabelled ticks between the decades of a logarithmic scale. */
  List<Double> minor() {
    List<Double> values = new ArrayList<>();
    if (!log || hi / lo > 1e7) {
      return values;
    }
    for (int e = (int) Math.floor(Math.log10(lo)); e <= Math.ceil(Math.log10(hi)); e++) {
      for (int m = 1; m < 10; m++) {
        double v = m * Math.pow(10, e);
        if (v >= lo && v <= hi) {
          values.add(v);
        }
      }
    }
    return values;
  }
}
