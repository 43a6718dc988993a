package refrain.study;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.hipparchus.distribution.continuous.NormalDistribution;
import refrain.stats.Inference;
import refrain.stats.Interval;

/**
 * The claim that every seed clears a bar, each measured with an error of its own: an
 * intersection-union test (Berger 1982, "Multiparameter hypothesis testing and acceptance
 * sampling"), so that no correction is due where it holds. It holds at a where each seed's
 * one-sided bound of level 1 - a clears the bar. It is refuted where one seed's bound lies beyond
 * the bar at a / n, the first step of Holm's procedure over the n seeds.
 *
 * <p>Its interval is that of the seed nearest to failing: the end towards the failing side is the
 * worst of the bounds at a, the other the worst of those at a / n. {@code WITHIN} is read as a
 * distance that is at most its reach, and the interval is that of all seeds together.
 *
 * @param values a seed
 * @param errors the standard error of each; 0: exact
 */
record EverySeed(Bar bar, double[] values, double[] errors) implements Inference {
  private static final NormalDistribution NORMAL = new NormalDistribution();

  EverySeed against(Bar other) {
    return new EverySeed(other, values, errors);
  }

  /** Whether no seed has an error. */
  boolean exact() {
    return Arrays.stream(errors).allMatch(e -> e == 0);
  }

  @Override
  public double estimate() {
    return bar.worst(values);
  }

  @Override
  public Interval interval(double level) {
    double z = quantile(1 - level);
    double far = quantile((1 - level) / values.length);
    return switch (bar.side()) {
      case AT_LEAST -> new Interval(estimate(), least(-z), least(far), level);
      case AT_MOST -> new Interval(estimate(), most(-far), most(z), level);
      case WITHIN -> new Interval(estimate(), least(-z), most(z), level);
    };
  }

  Lies lies(double alpha) {
    Interval i = interval(1 - alpha);
    if (bar.side() != Bar.Side.WITHIN) {
      return bar.lies(i.low(), i.high());
    }
    double far = quantile(alpha / values.length);
    boolean beyond =
        IntStream.range(0, values.length)
            .anyMatch(s -> Math.abs(values[s] - bar.around()) - far * errors[s] > bar.at());
    boolean inside = bar.holds(i.low()) && bar.holds(i.high());
    Lies open = beyond ? Lies.OUTSIDE : Lies.ACROSS;
    return inside ? Lies.INSIDE : open;
  }

  /** One-sided, of the seed nearest to failing. */
  @Override
  public double p(double value) {
    return IntStream.range(0, values.length)
        .mapToDouble(s -> oneSided(Math.abs(values[s] - value), errors[s]))
        .max()
        .orElse(Double.NaN);
  }

  private static double oneSided(double distance, double error) {
    return error == 0 ? 0 : NORMAL.cumulativeProbability(-distance / error);
  }

  private static double quantile(double alpha) {
    return -NORMAL.inverseCumulativeProbability(alpha);
  }

  private double least(double z) {
    return IntStream.range(0, values.length)
        .mapToDouble(s -> values[s] + z * errors[s])
        .min()
        .orElse(Double.NaN);
  }

  private double most(double z) {
    return IntStream.range(0, values.length)
        .mapToDouble(s -> values[s] + z * errors[s])
        .max()
        .orElse(Double.NaN);
  }
}
