package refrain.stats;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import refrain.base.RefrainException;

/**
 * Spearman's rank correlation, ties at their middle rank (Spearman 1904, "The proof and measurement
 * of association between two things").
 *
 * @param rho in [-1, 1]; NaN where one side is constant
 * @param pValue two-sided, from permutations; 1 where rho is NaN
 */
public record RankCorrelation(double rho, double pValue) {
  /**
   * Correlates pairs.
   *
   * @throws RefrainException for fewer than three pairs, or values that are not finite
   */
  public static RankCorrelation of(double[] x, double[] y, int draws, long seed) {
    Samples.checkPairs("rank correlation", x, y, 3);
    double[] a = ranks(x);
    double[] b = ranks(y);
    double scale = Math.sqrt(Samples.cross(a, a) * Samples.cross(b, b));
    if (scale == 0) {
      return new RankCorrelation(Double.NaN, 1);
    }
    double rho = Samples.cross(a, b) / scale;
    SplittableRandom random = new SplittableRandom(seed);
    int far = 0;
    for (int draw = 0; draw < draws; draw++) {
      for (int i = b.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        double kept = b[i];
        b[i] = b[j];
        b[j] = kept;
      }
      far += Math.abs(Samples.cross(a, b) / scale) >= Math.abs(rho) - 1e-12 ? 1 : 0;
    }
    return new RankCorrelation(rho, (far + 1.0) / (draws + 1.0));
  }

  /**
   * What is left of rho where only the order within groups counts: rho minus its mean over all ways
   * to deal out the values of x within each group, which leave each value a rank of its group's
   * mean.
   *
   * @param group of each pair
   */
  public static double withinGroups(double[] x, double[] y, int[] group) {
    double[] a = ranks(x);
    double[] b = ranks(y);
    double scale = Math.sqrt(Samples.cross(a, a) * Samples.cross(b, b));
    double[] within = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      double sum = 0;
      int n = 0;
      for (int j = 0; j < a.length; j++) {
        sum += group[j] == group[i] ? a[j] : 0;
        n += group[j] == group[i] ? 1 : 0;
      }
      within[i] = a[i] - sum / n;
    }
    return scale == 0 ? Double.NaN : Samples.cross(within, b) / scale;
  }

  /** Ranks from 1; equal values share the mean of theirs. */
  static double[] ranks(double[] sample) {
    int[] order =
        IntStream.range(0, sample.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> sample[i]))
            .mapToInt(i -> i)
            .toArray();
    double[] ranks = new double[sample.length];
    for (int from = 0; from < order.length; ) {
      int to = from + 1;
      while (to < order.length && sample[order[to]] == sample[order[from]]) {
        to++;
      }
      double rank = (from + to + 1) / 2.0;
      Arrays.stream(order, from, to).forEach(i -> ranks[i] = rank);
      from = to;
    }
    return ranks;
  }
}
