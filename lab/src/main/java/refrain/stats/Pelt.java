package refrain.stats;

import java.util.ArrayList;
import java.util.List;
import refrain.base.RefrainException;

/**
 * Several changes: the exact best cut of a curve into lines in v = log(step + t0), by pruned
 * dynamic programming (Killick, Fearnhead and Eckley 2012, "Optimal detection of changepoints with
 * a linear computational cost"). A cut costs 3 ln n sigma^2 (1 + phi) / (1 - phi): three parameters
 * each, and the long-run variance of AR(1) noise in place of sigma^2. Segments have at least
 * max(20, 2 % n) observations, so that noise is not cut into lines.
 *
 * <p>sigma and phi are those of the residuals within segments: of short windows first, then of the
 * segments that these led to.
 */
public final class Pelt {
  private static final int LEAST_SEGMENT = 20;
  private static final double LEAST_SHARE = 0.02;

  private final double[] v;
  private final double[] y;
  private final int least;
  private final Lines lines;

  private Pelt(double[] v, double[] y, int least) {
    this.v = v;
    this.y = y;
    this.least = least;
    lines = new Lines(v, y);
  }

  /**
   * Where the segments after the first begin.
   *
   * @param steps increasing, with step + t0 &gt; 0
   * @return indices into the steps, in order; empty for no change
   * @throws RefrainException for fewer than 40 values, different lengths, or values that are not
   *     finite
   */
  public static int[] changes(double[] steps, double[] values, double t0) {
    int least = Math.max(LEAST_SEGMENT, (int) Math.ceil(LEAST_SHARE * values.length));
    Pelt pelt = prepare(steps, values, t0, least);
    int windows = Math.max(1, values.length / (2 * least));
    List<Integer> cuts = new ArrayList<>();
    for (int window = 1; window < windows; window++) {
      cuts.add(window * values.length / windows);
    }
    for (int round = 0; round < 2; round++) {
      cuts = pelt.cut(pelt.penalty(cuts));
    }
    return cuts.stream().mapToInt(i -> i).toArray();
  }

  /** The best cut at a given cost of a change and length of a segment; the same errors. */
  static int[] changes(double[] steps, double[] values, double t0, double penalty, int least) {
    Pelt pelt = prepare(steps, values, t0, least);
    return pelt.cut(penalty).stream().mapToInt(i -> i).toArray();
  }

  private static Pelt prepare(double[] steps, double[] values, double t0, int least) {
    Samples.checkPairs("curve to cut", steps, values, 2 * least);
    double[] v = new double[steps.length];
    double[] y = new double[steps.length];
    double mean = Samples.mean(values);
    for (int i = 0; i < v.length; i++) {
      if (!(steps[i] + t0 > 0) || (i > 0 && steps[i] <= steps[i - 1])) {
        throw RefrainException.badInput(
            "curve to cut: expected steps that increase with step + t0 > 0, found step %s at index"
                    .formatted(steps[i])
                + " %d, t0 %s; sort, drop doubles".formatted(i, t0));
      }
      v[i] = Math.log(steps[i] + t0);
      y[i] = values[i] - mean;
    }
    return new Pelt(v, y, least);
  }

  private double penalty(List<Integer> cuts) {
    double both = 0;
    double squares = 0;
    int from = 0;
    for (int segment = 0; segment <= cuts.size(); segment++) {
      int to = segment < cuts.size() ? cuts.get(segment) : y.length;
      double[] line = lines.line(from, to);
      double last = 0;
      for (int i = from; i < to; i++) {
        double residual = y[i] - line[0] - line[1] * v[i];
        both += i > from ? residual * last : 0;
        squares += residual * residual;
        last = residual;
      }
      from = to;
    }
    int segments = cuts.size() + 1;
    double variance = squares / Math.max(1, y.length - 2 * segments);
    // Each segment has a mean of its own, so the bias is that of its length.
    double phi = squares == 0 ? 0 : Math.max(0, Ar1.corrected(both / squares, y.length / segments));
    return 3 * Math.log(y.length) * variance * (1 + phi) / (1 - phi);
  }

  private List<Integer> cut(double penalty) {
    int n = y.length;
    double[] cost = new double[n + 1];
    int[] start = new int[n + 1];
    int[] prunedAt = new int[n + 1];
    cost[0] = -penalty;
    List<Integer> open = new ArrayList<>(List.of(0));
    for (int to = least; to <= n; to++) {
      if (to >= 2 * least) {
        open.add(to - least);
      }
      cost[to] = Double.POSITIVE_INFINITY;
      for (int from : open) {
        double total = cost[from] + lines.rss(from, to) + penalty;
        if (total < cost[to]) {
          cost[to] = total;
          start[to] = from;
        }
      }
      // A start worse than a cut here stays worse, but a cut here may be used only from to + least.
      for (int from : open) {
        if (prunedAt[from] == 0 && cost[from] + lines.rss(from, to) > cost[to]) {
          prunedAt[from] = to + least;
        }
      }
      int next = to + 1;
      open.removeIf(from -> prunedAt[from] > 0 && prunedAt[from] <= next);
    }
    List<Integer> cuts = new ArrayList<>();
    for (int at = start[n]; at > 0; at = start[at]) {
      cuts.addFirst(at);
    }
    return cuts;
  }

  /** Lines through any run of points, from running sums. */
  private static final class Lines {
    private final double[][] sums;

    Lines(double[] v, double[] y) {
      sums = new double[5][v.length + 1];
      for (int i = 0; i < v.length; i++) {
        double[] terms = {v[i], y[i], v[i] * v[i], v[i] * y[i], y[i] * y[i]};
        for (int k = 0; k < terms.length; k++) {
          sums[k][i + 1] = sums[k][i] + terms[k];
        }
      }
    }

    private double sum(int k, int from, int to) {
      return sums[k][to] - sums[k][from];
    }

    /** Intercept and slope over [from, to). */
    double[] line(int from, int to) {
      int n = to - from;
      double sv = sum(0, from, to);
      double sy = sum(1, from, to);
      double slope = (sum(3, from, to) - sv * sy / n) / (sum(2, from, to) - sv * sv / n);
      return new double[] {(sy - slope * sv) / n, slope};
    }

    double rss(int from, int to) {
      int n = to - from;
      double sv = sum(0, from, to);
      double sy = sum(1, from, to);
      double vy = sum(3, from, to) - sv * sy / n;
      double vv = sum(2, from, to) - sv * sv / n;
      return Math.max(0, sum(4, from, to) - sy * sy / n - vy * vy / vv);
    }
  }
}
