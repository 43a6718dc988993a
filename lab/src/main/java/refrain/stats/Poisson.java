package refrain.stats;

import org.hipparchus.distribution.continuous.GammaDistribution;

/** The rate of a Poisson count, with its exact interval (Garwood 1936). */
public final class Poisson {
  private Poisson() {}

  /**
   * The mean of which a count tells, with the interval of that level: the means under which neither
   * so many nor so few are rarer than half of what the level leaves.
   *
   * @param count of what happened
   * @param level such as 0.95
   */
  public static Interval mean(long count, double level) {
    Samples.checkProbability("level of an interval", level);
    double tail = (1 - level) / 2;
    double low =
        count == 0 ? 0 : new GammaDistribution(count, 1).inverseCumulativeProbability(tail);
    double high = new GammaDistribution(count + 1.0, 1).inverseCumulativeProbability(1 - tail);
    return new Interval(count, low, high, level);
  }
}
