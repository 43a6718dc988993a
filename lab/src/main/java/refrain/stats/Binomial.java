package refrain.stats;

import org.hipparchus.distribution.continuous.BetaDistribution;
import refrain.base.RefrainException;

/**
 * A share, such as of seeds that formed heads, with its exact interval (Clopper and Pearson 1934,
 * "The use of confidence or fiducial limits illustrated in the case of the binomial"). Its ends are
 * quantiles of Beta(k, n - k + 1) and Beta(k + 1, n - k); it covers at least its level. The p-value
 * of a probability is twice the smaller tail, the least level at which that interval leaves it out.
 *
 * @param k successes
 * @param n of so many
 */
public record Binomial(int k, int n) implements Inference {
  public Binomial {
    if (n < 1 || k < 0 || k > n) {
      throw RefrainException.badInput(
          "binomial interval: expected 0 <= successes <= n and n >= 1, found %d of %d; count again",
          k, n);
    }
  }

  @Override
  public double estimate() {
    return k / (double) n;
  }

  @Override
  public Interval interval(double level) {
    Samples.checkProbability("level of the binomial interval", level);
    double tail = (1 - level) / 2;
    double low =
        k == 0 ? 0 : new BetaDistribution(k, n - k + 1.0).inverseCumulativeProbability(tail);
    double high =
        k == n ? 1 : new BetaDistribution(k + 1.0, n - k).inverseCumulativeProbability(1 - tail);
    return new Interval(estimate(), low, high, level);
  }

  @Override
  public double p(double value) {
    double p = Math.clamp(value, 0, 1);
    double asMany = k == 0 ? 1 : new BetaDistribution(k, n - k + 1.0).cumulativeProbability(p);
    double asFew = k == n ? 1 : 1 - new BetaDistribution(k + 1.0, n - k).cumulativeProbability(p);
    return Math.min(1, 2 * Math.min(asMany, asFew));
  }
}
