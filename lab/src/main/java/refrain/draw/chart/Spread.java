package refrain.draw.chart;

import java.util.Arrays;
import java.util.Comparator;

/** Places labels of equal height without overlap, as near as possible to where they belong. */
final class Spread {
  private Spread() {}

  /**
   * Least-squares positions (pool adjacent violators) that keep the order of {@code wanted}, lie in
   * [lo, hi] and are {@code gap} apart. Where the room is too small for all, they share it evenly.
   */
  static double[] apart(double[] wanted, double gap, double lo, double hi) {
    int n = wanted.length;
    if (n == 0) {
      return new double[0];
    }
    double between = n == 1 ? gap : Math.min(gap, (hi - lo) / (n - 1));
    Integer[] order = new Integer[n];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble((Integer i) -> wanted[i]).thenComparing(i -> i));
    // With i * between subtracted, "apart" becomes "not decreasing": isotonic regression.
    double[] mean = new double[n];
    int[] count = new int[n];
    int blocks = 0;
    for (int i = 0; i < n; i++) {
      mean[blocks] = wanted[order[i]] - i * between;
      count[blocks++] = 1;
      while (blocks > 1 && mean[blocks - 2] > mean[blocks - 1]) {
        int total = count[blocks - 2] + count[blocks - 1];
        mean[blocks - 2] =
            (mean[blocks - 2] * count[blocks - 2] + mean[blocks - 1] * count[blocks - 1]) / total;
        count[blocks - 2] = total;
        blocks--;
      }
    }
    double[] placed = new double[n];
    double top = Math.max(lo, hi - (n - 1) * between);
    int i = 0;
    for (int b = 0; b < blocks; b++) {
      double base = Math.min(Math.max(mean[b], lo), top);
      for (int k = 0; k < count[b]; k++, i++) {
        placed[order[i]] = base + i * between;
      }
    }
    return placed;
  }
}
