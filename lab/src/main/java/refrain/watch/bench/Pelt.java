package refrain.watch.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Killick, Fearnhead and Eckley (2012): the best pieces of constant mean, each of 20 values or
 * more, at a penalty of so many times sigma^2 ln n a piece. It sees the whole series, the future
 * too.
 */
final class Pelt {
  private static final int LEAST = 20;

  private Pelt() {}

  /** Where a piece begins whose mean is better than that of the one before; y better upwards. */
  static List<Integer> improvements(double[] y, double penalties) {
    int n = y.length;
    double[] sum = new double[n + 1];
    double[] squares = new double[n + 1];
    double[] steps = new double[Math.max(0, n - 1)];
    for (int i = 0; i < n; i++) {
      sum[i + 1] = sum[i] + y[i];
      squares[i + 1] = squares[i] + y[i] * y[i];
      if (i > 0) {
        steps[i - 1] = Math.abs(y[i] - y[i - 1]);
      }
    }
    Arrays.sort(steps);
    double sigma = steps.length == 0 ? 0 : 1.4826 * steps[steps.length / 2] / Math.sqrt(2);
    double penalty = Math.max(1e-12, penalties * sigma * sigma * Math.log(n));
    double[] best = new double[n + 1];
    int[] from = new int[n + 1];
    Arrays.fill(best, Double.POSITIVE_INFINITY);
    best[0] = -penalty;
    List<Integer> open = new ArrayList<>(List.of(0));
    for (int t = LEAST; t <= n; t++) {
      for (int s : open) {
        double cost = t - s < LEAST ? Double.POSITIVE_INFINITY : best[s] + cost(sum, squares, s, t);
        if (cost + penalty < best[t]) {
          best[t] = cost + penalty;
          from[t] = s;
        }
      }
      double bar = best[t];
      int end = t;
      open.removeIf(s -> end - s >= LEAST && best[s] + cost(sum, squares, s, end) > bar);
      open.add(t - LEAST + 1);
    }
    List<Integer> found = new ArrayList<>();
    int end = n;
    for (int t = from[n]; t > 0; t = from[t]) {
      double after = (sum[end] - sum[t]) / (end - t);
      double before = (sum[t] - sum[from[t]]) / (t - from[t]);
      if (after > before) {
        found.add(t);
      }
      end = t;
    }
    return found.reversed();
  }

  private static double cost(double[] sum, double[] squares, int from, int to) {
    double s = sum[to] - sum[from];
    return squares[to] - squares[from] - s * s / (to - from);
  }
}
