package refrain.watch;

import java.util.Arrays;

/**
 * How well the tangent foretells a series: what a confirmation asks is asked of ordinary stretches
 * too. At every half of {@code ahead} observations the tangent is kept; {@code ahead} observations
 * later the median of the last half of them is compared with it, as it is when a suspicion is
 * confirmed. A series that wanders by itself shows it here.
 */
final class Foresight {
  private static final int KEPT = 40;
  private static final int LEAST = 8;
  private static final double SCALES = 3;
  private static final double MAD_TO_SD = 1.4826;

  private final int half;
  private final double[] v;
  private final double[] y;
  private int filled;
  private final Tangent[] tangents = new Tangent[2];
  private final SlidingMedian misses = new SlidingMedian(KEPT);
  private final SlidingMedian spreads = new SlidingMedian(KEPT);
  private final double[] sorted;

  private record Tangent(double v, double at, double slope) {}

  Foresight(int ahead) {
    half = Math.max(1, ahead / 2);
    v = new double[half];
    y = new double[half];
    sorted = new double[half];
  }

  /** Takes the next observation of a series that is on its curve, and its tangent before it. */
  void add(double nextV, double nextY, TangentFit fit) {
    if (filled == 0) {
      Tangent before = tangents[1];
      tangents[1] = fit.ready() ? new Tangent(nextV, fit.at(nextV), fit.slope()) : null;
      tangents[0] = before;
    }
    v[filled] = nextV;
    y[filled] = nextY;
    if (++filled < half) {
      return;
    }
    filled = 0;
    Tangent old = tangents[0];
    if (old != null) {
      for (int i = 0; i < half; i++) {
        sorted[i] = y[i] - (old.at + old.slope * (v[i] - old.v));
      }
      Arrays.sort(sorted);
      double miss = (sorted[(half - 1) / 2] + sorted[half / 2]) / 2;
      if (misses.size() > 0) {
        spreads.add(Math.abs(miss - misses.median()));
      }
      misses.add(miss);
    }
  }

  /** The series changed, or its curve is another one from here on. */
  void interrupt() {
    filled = 0;
    tangents[0] = null;
    tangents[1] = null;
  }

  private double scale() {
    return MAD_TO_SD * spreads.median();
  }

  /** By how much ordinary stretches stay below; minus infinity while too few are known. */
  double bar() {
    return misses.size() < LEAST
        ? Double.NEGATIVE_INFINITY
        : Math.max(0, misses.median()) + SCALES * scale();
  }
}
