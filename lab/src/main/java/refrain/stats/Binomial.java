package refrain.stats;

import org.hipparchus.distribution.continuous.BetaDistribution;
import refrain.base.RefrainException;

/**
 * The exact interval of a share, such as of seeds that formed heads (Clopper and Pearson 1934, "The
 * use of confidence or fiducial limits illustrated in the case of the binomial"). Its ends are
 * quantiles of Beta(k, n - k + 1) and Beta(k + 1, n - k); it covers at least its level.
 */
public final class Binomial {
  private Binomial() {}

  /**
   * The interval of the probability behind k successes of n.
   *
   * @throws RefrainException when not 0 &lt;= k &lt;= n, n &gt; 0, 0 &lt; level &lt; 1
   */
  public static Interval clopperPearson(int k, int n, double level) {
    if (n < 1 || k < 0 || k > n) {
      throw RefrainException.badInput(
          "binomial interval: expected 0 <= successes <= n and n >= 1, found %d of %d; count again",
          k, n);
    }
    Samples.checkProbability("level of the binomial interval", level);
    double tail = (1 - level) / 2;
    double low =
        k == 0 ? 0 : new BetaDistribution(k, n - k + 1.0).inverseCumulativeProbability(tail);
    double high =
        k == n ? 1 : new BetaDistribution(k + 1.0, n - k).inverseCumulativeProbability(1 - tail);
    return new Interval(k / (double) n, low, high, level);
  }
}
