package refrain.stats;

import java.util.List;
import java.util.SplittableRandom;
import refrain.base.RefrainException;

/** A test over pairs, such as two change times of each seed, that assumes no distribution. */
public final class PairedTests {
  private PairedTests() {}

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
