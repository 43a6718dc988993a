package refrain.study;

import java.util.List;
import java.util.Locale;
import refrain.stats.Interval;

/**
 * What a test measured.
 *
 * @param judged the estimate with its interval at the level at which it is judged; NaN ends where
 *     there is none, NaN for the estimate too where nothing was measured
 * @param usual the same at 95 %
 * @param p of the claim that the number clears its bar: the smallest a at which the interval of
 *     level 1 - a lies wholly on the claimed side; 1 where the estimate does not clear it
 * @param n seeds, or runs where the statistic looks at runs, that have a value
 * @param missing those that ended without one, such as the formation step of a run that formed none
 * @param values what the statistic is of, in the order of variants and seeds, where it has one
 *     number a seed or a run
 * @param exact whether values were taken as exact although the statistic asks for their errors
 */
public record Estimate(
    Interval judged,
    Interval usual,
    double p,
    int n,
    int missing,
    List<Double> values,
    boolean exact) {
  public Estimate {
    values = List.copyOf(values);
  }

  public double value() {
    return judged.estimate();
  }

  /** The lower end of the interval at the level at which it is judged. */
  public double low() {
    return judged.low();
  }

  public double high() {
    return judged.high();
  }

  /** Such as "0.12 [0.05, 0.19]". */
  public String words() {
    return Double.isNaN(value())
        ? "none"
        : number(value())
            + (Double.isNaN(low()) ? "" : " [" + number(low()) + ", " + number(high()) + "]");
  }

  private static String number(double x) {
    return String.format(Locale.ROOT, "%.2f", x);
  }
}
