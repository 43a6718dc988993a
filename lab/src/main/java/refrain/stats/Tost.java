package refrain.stats;

import org.hipparchus.distribution.continuous.TDistribution;
import refrain.base.RefrainException;

/**
 * Two one-sided tests of equivalence (Schuirmann 1987, "A comparison of the two one-sided tests
 * procedure and the power approach"): paired differences are equivalent when both "the mean is at
 * most -margin" and "the mean is at least +margin" are rejected. A difference that is not
 * significant shows nothing; this does.
 *
 * @param estimate mean difference
 * @param low lower end of the interval at level 1 - 2 alpha, which lies within the margin exactly
 *     when equivalent
 * @param margin largest difference that counts as none, in the unit of the differences
 * @param pValue the larger of the two
 * @param equivalent whether pValue &lt; alpha
 */
public record Tost(
    double estimate, double low, double high, double margin, double pValue, boolean equivalent) {
  /** Change times within 10 % of each other, when differences are of logarithms. */
  public static final double TEN_PERCENT = Math.log(1.1);

  /**
   * By Student's t, for differences that are about normal.
   *
   * @throws RefrainException for fewer than two pairs, or values that are not finite
   */
  public static Tost paired(double[] a, double[] b, double margin, double alpha) {
    Samples.checkPairs("equivalence test", a, b, 2);
    check(margin, alpha);
    double[] d = Samples.differences(a, b);
    double mean = Samples.mean(d);
    double error = Math.sqrt(Samples.cross(d, d) / (d.length - 1.0) / d.length);
    TDistribution t = new TDistribution(d.length - 1.0);
    double half = error * t.inverseCumulativeProbability(1 - alpha);
    double p;
    if (error == 0) {
      p = Math.abs(mean) < margin ? 0 : 1;
    } else {
      p = t.cumulativeProbability((Math.abs(mean) - margin) / error);
    }
    return new Tost(mean, mean - half, mean + half, margin, p, p < alpha);
  }

  /** By expanded BCa intervals of the mean, for differences of any shape; the same errors. */
  public static Tost bootstrap(
      double[] a, double[] b, double margin, double alpha, int draws, long seed) {
    Samples.checkPairs("equivalence test", a, b, 2);
    check(margin, alpha);
    Bootstrap replicates = Bootstrap.ofMeanDifference(a, b, draws, seed);
    Interval interval = replicates.expandedBca(1 - 2 * alpha);
    double p = level(replicates, margin);
    boolean within = -margin < interval.low() && interval.high() < margin;
    return new Tost(interval.estimate(), interval.low(), interval.high(), margin, p, within);
  }

  /** The smallest alpha whose interval lies within the margin; 0.5 and more is no evidence. */
  private static double level(Bootstrap replicates, double margin) {
    double low = 0;
    double high = 0.5;
    for (int i = 0; i < 30; i++) {
      double alpha = (low + high) / 2;
      Interval interval = replicates.expandedBca(1 - 2 * alpha);
      if (-margin < interval.low() && interval.high() < margin) {
        high = alpha;
      } else {
        low = alpha;
      }
    }
    return high;
  }

  private static void check(double margin, double alpha) {
    if (!(margin > 0 && Double.isFinite(margin) && alpha > 0 && alpha < 0.5)) {
      throw RefrainException.badInput(
          "equivalence test: expected margin > 0 and 0 < alpha < 0.5, found %s and %s;"
                  .formatted(margin, alpha)
              + " such as ln 1.1 and 0.05");
    }
  }
}
