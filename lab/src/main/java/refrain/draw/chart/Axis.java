package refrain.draw.chart;

import java.util.DoubleSummaryStatistics;
import java.util.stream.DoubleStream;

/**
 * An axis of a chart.
 *
 * @param title what is shown, in the field's words, for example "prefix-matching score"
 * @param unit its unit, "" for none
 * @param log logarithmic
 * @param lo where the axis begins, NaN to take it from the data
 * @param hi where it ends, NaN to take it from the data
 */
public record Axis(String title, String unit, boolean log, double lo, double hi) {
  public static Axis linear(String title, String unit) {
    return new Axis(title, unit, false, Double.NaN, Double.NaN);
  }

  public static Axis log(String title, String unit) {
    return new Axis(title, unit, true, Double.NaN, Double.NaN);
  }

  /** The same axis with fixed ends; NaN leaves an end to the data. */
  public Axis from(double newLo, double newHi) {
    return new Axis(title, unit, log, newLo, newHi);
  }

  /** Whether a value has a place on the axis. */
  boolean shows(double v) {
    return Double.isFinite(v) && (!log || v > 0);
  }

  /** Where the axis begins and ends: where it is said to, else at the least and largest value. */
  double[] ends(DoubleStream values) {
    DoubleSummaryStatistics all = values.summaryStatistics();
    return new double[] {
      Double.isNaN(lo) ? all.getMin() : lo, Double.isNaN(hi) ? all.getMax() : hi
    };
  }

  String text() {
    return unit.isEmpty() ? title : title + " (" + unit + ")";
  }
}
