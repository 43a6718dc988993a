package refrain.stats;

import java.util.Arrays;

/**
 * When a curve passes a bar: the first point from which on {@link #HOLD} in a row lie on the other
 * side, moved back to where the line from the point before meets the bar. A rule for single curves;
 * {@link Dating} dates changes with intervals.
 */
public final class Crossing {
  /** Points in a row, as many as for the formation step. */
  public static final int HOLD = 3;

  /** Points at the end whose mean is the final value. */
  private static final int FINAL = 5;

  private Crossing() {}

  /** The step at which values reach a bar from below; NaN where they do not. */
  public static double above(double[] steps, double[] values, double bar) {
    int run = 0;
    for (int i = 0; i < values.length; i++) {
      run = values[i] >= bar ? run + 1 : 0;
      if (run == HOLD) {
        int first = i - HOLD + 1;
        if (first == 0) {
          return steps[0];
        }
        double share = (bar - values[first - 1]) / (values[first] - values[first - 1]);
        return steps[first - 1] + share * (steps[first] - steps[first - 1]);
      }
    }
    return Double.NaN;
  }

  /** The value at a step, linear between points; beyond the ends theirs. NaN at NaN. */
  public static double between(double[] steps, double[] values, double step) {
    if (Double.isNaN(step) || steps.length == 0) {
      return Double.NaN;
    }
    int after = 0;
    while (after < steps.length - 1 && steps[after] < step) {
      after++;
    }
    int before = Math.max(0, after - 1);
    double span = steps[after] - steps[before];
    double share = span > 0 ? Math.clamp((step - steps[before]) / span, 0, 1) : 0;
    return values[before] * (1 - share) + values[after] * share;
  }

  /** The step at which values are half of the way, see {@link #partWay}. */
  public static double halfWay(double[] steps, double[] values) {
    return partWay(steps, values, 0.5);
  }

  /**
   * The step at which values have done a share of the way from the first to the final one, the mean
   * of the last five; upwards or downwards. NaN where these are the same.
   */
  public static double partWay(double[] steps, double[] values, double share) {
    if (values.length < HOLD) {
      return Double.NaN;
    }
    int from = Math.max(0, values.length - FINAL);
    double end = Arrays.stream(values, from, values.length).average().orElse(Double.NaN);
    double way = end - values[0];
    if (way == 0 || Double.isNaN(way)) {
      return Double.NaN;
    }
    double[] done = Arrays.stream(values).map(v -> (v - values[0]) / way).toArray();
    return above(steps, done, share);
  }

  /**
   * The first step at which half of the fall from the first value to the lowest is done, by
   * straight lines between points, however often the curve crosses back; NaN where it never falls
   * or a value is missing. Unlike a date it exists whether or not the fall is abrupt.
   */
  public static double halfFall(double[] steps, double[] values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double lowest = values[0];
    for (double value : values) {
      lowest = Math.min(lowest, value); // NaN stays
    }
    double bar = (values[0] + lowest) / 2;
    if (!(lowest < values[0])) {
      return Double.NaN;
    }
    int i = 1;
    while (values[i] > bar) {
      i++;
    }
    double part = (values[i - 1] - bar) / (values[i - 1] - values[i]);
    return steps[i - 1] + part * (steps[i] - steps[i - 1]);
  }
}
