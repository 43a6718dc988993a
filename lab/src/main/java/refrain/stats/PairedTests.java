package refrain.stats;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.hipparchus.special.Beta;
import refrain.base.RefrainException;

/**
 * Two-sided tests over pairs, such as two change times of each seed. None asks for a distribution
 * of the differences. With n pairs no exact p-value is below 2 / 2^n: with fewer than 6 seeds
 * nothing can reach 0.05 (Fisher 1935, "The Design of Experiments", 21).
 */
public final class PairedTests {
  /** Up to here all 2^n signs are gone through; beyond, draws stand for them. */
  private static final int EXACT_PAIRS = 20;

  private static final int DRAWS = 99_999;

  private PairedTests() {}

  /**
   * The sign test: how likely signs as uneven as these are when both are equally likely. Pairs
   * without a difference are left out; without any other the p-value is 1.
   */
  public static double sign(double[] a, double[] b) {
    Samples.checkPairs("sign test", a, b, 1);
    int positive = 0;
    int negative = 0;
    for (double d : Samples.differences(a, b)) {
      positive += d > 0 ? 1 : 0;
      negative += d < 0 ? 1 : 0;
    }
    int n = positive + negative;
    int k = Math.min(positive, negative);
    // P(X <= k) of a binomial at 1/2 is the regularised beta function I_1/2(n - k, k + 1).
    return n == 0 ? 1 : Math.min(1, 2 * Beta.regularizedBeta(0.5, n - k, k + 1.0));
  }

  /**
   * The permutation test of the mean difference: the share of all assignments of signs to the
   * differences whose mean is as far from 0. Exact for up to 20 pairs; beyond, 99999 draws.
   */
  public static double permutation(double[] a, double[] b, long seed) {
    Samples.checkPairs("permutation test", a, b, 1);
    double[] d = Samples.differences(a, b);
    double observed = Math.abs(Samples.mean(d)) * d.length;
    double size = 0;
    for (double x : d) {
      size += Math.abs(x);
    }
    // Sums that differ by rounding only are ties and count.
    double bar = observed - 1e-12 * size;
    if (d.length <= EXACT_PAIRS) {
      long all = 1L << d.length;
      long far = 0;
      for (long signs = 0; signs < all; signs++) {
        far += Math.abs(signedSum(d, signs)) >= bar ? 1 : 0;
      }
      return far / (double) all;
    }
    SplittableRandom random = new SplittableRandom(seed);
    int far = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
      double sum = 0;
      for (double x : d) {
        sum += random.nextBoolean() ? x : -x;
      }
      far += Math.abs(sum) >= bar ? 1 : 0;
    }
    return (far + 1.0) / (DRAWS + 1.0);
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
          "coupling test: expected %d configurations and draws >= 1, found %d and %d; give one each"
              .formatted(a.length, configuration.length, draws));
    }
    Map<Integer, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < a.length; i++) {
      groups.computeIfAbsent(configuration[i], key -> new ArrayList<>()).add(i);
    }
    double[] shuffled = b.clone();
    double bar = distance(a, b) * (1 + 1e-12);
    SplittableRandom random = new SplittableRandom(seed);
    int near = 0;
    for (int draw = 0; draw < draws; draw++) {
      for (List<Integer> group : groups.values()) {
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

  private static double signedSum(double[] d, long signs) {
    double sum = 0;
    for (int i = 0; i < d.length; i++) {
      sum += (signs >> i & 1) == 0 ? d[i] : -d[i];
    }
    return sum;
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum;
  }
}
