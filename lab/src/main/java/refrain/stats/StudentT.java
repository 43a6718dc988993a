package refrain.stats;

import org.hipparchus.distribution.continuous.TDistribution;

/**
 * An estimate whose error is estimated too, with Student's t (Student 1908, "The probable error of
 * a mean"): the interval is estimate ± t error.
 *
 * @param estimate in any unit
 * @param error its standard error, in the same; 0: all values are alike and the interval is the
 *     estimate itself; NaN: it is not known and there is no interval
 * @param degrees of freedom of the error
 */
public record StudentT(double estimate, double error, double degrees) implements Inference {
  /**
   * The mean of independent values; one value has no interval.
   *
   * @throws refrain.base.RefrainException when there is none, or one is not finite
   */
  public static StudentT of(double[] values) {
    Samples.check("mean", values, 1);
    int n = values.length;
    double spread = Samples.cross(values, values) / (n - 1.0);
    return new StudentT(Samples.mean(values), n == 1 ? Double.NaN : Math.sqrt(spread / n), n - 1.0);
  }

  @Override
  public Interval interval(double level) {
    Samples.checkProbability("level of the interval", level);
    double reach = reach(level);
    return new Interval(estimate, estimate - reach, estimate + reach, level);
  }

  /** How far the interval goes on each side. */
  double reach(double level) {
    return known()
        ? -new TDistribution(degrees).inverseCumulativeProbability((1 - level) / 2) * error
        : error;
  }

  @Override
  public double p(double value) {
    return away(Math.abs(value - estimate));
  }

  /** The p-value of what lies so far from the estimate. */
  double away(double distance) {
    if (known()) {
      return 2 * new TDistribution(degrees).cumulativeProbability(-distance / error);
    }
    double exact = distance == 0 ? 1 : 0;
    return error == 0 ? exact : Double.NaN;
  }

  private boolean known() {
    return error > 0;
  }
}
