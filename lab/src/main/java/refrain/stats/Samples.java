package refrain.stats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import refrain.base.RefrainException;

/** Checks of what callers hand over, and the moments that several files need. */
final class Samples {
  private Samples() {}

  /** Requires a finite sample of some length. */
  static void check(String where, double[] sample, int least) {
    if (sample.length < least) {
      throw RefrainException.badInput(
          "%s: expected at least %d values, found %d; add seeds or probes",
          where, least, sample.length);
    }
    for (int i = 0; i < sample.length; i++) {
      if (!Double.isFinite(sample[i])) {
        throw RefrainException.badInput(
            "%s: expected finite numbers, found %s at index %d; leave it out first",
            where, sample[i], i);
      }
    }
  }

  /** Requires two finite samples of one length, whose entries belong together. */
  static void checkPairs(String where, double[] a, double[] b, int least) {
    if (a.length != b.length) {
      throw RefrainException.badInput(
          "%s: expected pairs, found %d and %d values; keep the seeds that both have",
          where, a.length, b.length);
    }
    check(where, a, least);
    check(where, b, least);
  }

  /** Requires a probability strictly between 0 and 1. */
  static void checkProbability(String where, double p) {
    if (!(p > 0 && p < 1)) {
      throw RefrainException.badInput(
          "%s: expected a number between 0 and 1, found %s; such as 0.95".formatted(where, p));
    }
  }

  static double mean(double[] sample) {
    double sum = 0;
    for (double x : sample) {
      sum += x;
    }
    return sum / sample.length;
  }

  /** Sum of products of deviations from the means. */
  static double cross(double[] a, double[] b) {
    double meanA = mean(a);
    double meanB = mean(b);
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - meanA) * (b[i] - meanB);
    }
    return sum;
  }

  /** The indices that have a key in common, in the order in which the keys come first. */
  static List<List<Integer>> groups(int[] keys) {
    Map<Integer, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < keys.length; i++) {
      groups.computeIfAbsent(keys[i], key -> new ArrayList<>()).add(i);
    }
    return List.copyOf(groups.values());
  }

  /** The entries at some indices. */
  static double[] at(double[] sample, int[] indices) {
    return Arrays.stream(indices).mapToDouble(i -> sample[i]).toArray();
  }
}
