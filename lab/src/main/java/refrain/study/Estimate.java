package refrain.study;

import java.util.List;
import refrain.stats.Interval;

/**
 * What a test measured.
 *
 * @param value the estimate; NaN where there is none
 * @param low lower end of its interval, NaN where there is none
 * @param high upper end
 * @param n runs that have a value
 * @param missing runs that ended without one, such as the formation step of a run that formed none
 * @param values of each run, in the order of variants and seeds, where the statistic has one number
 *     a run
 * @param ruling the bar's answer, whatever the number of runs
 */
public record Estimate(
    double value,
    double low,
    double high,
    int n,
    int missing,
    List<Double> values,
    Verdict.Ruling ruling) {
  public Estimate {
    values = List.copyOf(values);
  }

  static Estimate of(Interval i, int n, int missing, List<Double> values, Verdict.Ruling ruling) {
    return new Estimate(i.estimate(), i.low(), i.high(), n, missing, values, ruling);
  }

  static Estimate none(int n, int missing, Verdict.Ruling ruling) {
    return new Estimate(Double.NaN, Double.NaN, Double.NaN, n, missing, List.of(), ruling);
  }
}
