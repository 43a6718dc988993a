package refrain.stats;

import java.util.List;
import java.util.SplittableRandom;
import org.hipparchus.distribution.continuous.TDistribution;
import refrain.base.RefrainException;

/** Tests over pairs, such as two change times of each seed. */
public final class PairedTests {
  private PairedTests() {}

  /**
   * Whether the mean of differences within pairs is other than 0: the two-sided p-value of
   * Student's t (Student 1908, "The probable error of a mean"), mean / (standard deviation /
   * sqrt(n)) on n - 1 degrees of freedom. Where all differences are alike it is 0, or 1 where they
   * are all 0.
   *
   * @throws RefrainException when there are fewer than two, or one is not finite
   */
  public static double student(double[] differences) {
    Samples.check("paired test", differences, 2);
    int n = differences.length;
    double mean = Samples.mean(differences);
    double deviation = Math.sqrt(Samples.cross(differences, differences) / (n - 1));
    if (deviation == 0) {
      return mean == 0 ? 1 : 0;
    }
    double t = Math.abs(mean) / (deviation / Math.sqrt(n));
    return 2 * new TDistribution(n - 1.0).cumulativeProbability(-t);
  }

  /**
   * Whether pairs agree beyond what their configuration explains: b is permuted among the seeds of
   * each configuration, and the p-value is the share of permutations whose mean |a - b| is as
   * small. One-sided: small means that a and b of a seed belong together.
   *
   * @param configuration that each pair belongs to, any numbers
   * @throws RefrainException when lengths differ or values are not finite
   */
  public static double coupling(double[] a, double[] b, int[] configuration, int draws, long seed) {
    Samples.checkPairs("coupling test", a, b, 2);
    if (configuration.length != a.length || draws < 1) {
      throw RefrainException.badInput(
          "coupling test: expected %d configurations and draws >= 1, found %d and %d; give one each",
          a.length, configuration.length, draws);
    }
    List<List<Integer>> groups = Samples.groups(configuration);
    double[] shuffled = b.clone();
    double bar = distance(a, b) * (1 + 1e-12);
    SplittableRandom random = new SplittableRandom(seed);
    int near = 0;
    for (int draw = 0; draw < draws; draw++) {
      for (List<Integer> group : groups) {
        for (int i = group.size() - 1; i > 0; i--) {
          int here = group.get(i);
          int there = group.get(random.nextInt(i + 1));
          double kept = shuffled[here];
          shuffled[here] = shuffled[there];
          shuffled[there] = kept;
        }
      }
      near += distance(a, shuffled) <= bar ? 1 : 0;
    }
    return (near + 1.0) / (draws + 1.0);
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum;
  }
}
