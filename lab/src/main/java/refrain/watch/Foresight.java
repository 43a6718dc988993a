package refrain.watch;

import org.jspecify.annotations.Nullable;

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

  private final int half;
  private int filled;
  private @Nullable Tangent old;
  private @Nullable Tangent newest;
  private final SlidingMedian residuals;
  private final SlidingMedian misses = new SlidingMedian(KEPT);
  private final SlidingMedian spreads = new SlidingMedian(KEPT);

  Foresight(int ahead) {
    half = Math.max(1, ahead / 2);
    residuals = new SlidingMedian(half);
  }

  /** Takes the next observation of a series that is on its curve, and its tangent before it. */
  void add(double v, double y, TangentFit fit) {
    if (filled == 0) {
      old = newest;
      newest = fit.ready() ? fit.taken(v) : null;
      residuals.clear();
    }
    if (old != null) {
      residuals.add(y - old.at(v));
    }
    if (++filled < half) {
      return;
    }
    filled = 0;
    if (old != null) {
      double miss = residuals.median();
      if (misses.size() > 0) {
        spreads.add(Math.abs(miss - misses.median()));
      }
      misses.add(miss);
    }
  }

  /** The series changed, or its curve is another one from here on. */
  void interrupt() {
    filled = 0;
    old = null;
    newest = null;
  }

  /** By how much ordinary stretches stay below; minus infinity while too few are known. */
  double bar() {
    return misses.size() < LEAST
        ? Double.NEGATIVE_INFINITY
        : Math.max(0, misses.median()) + SCALES * spreads.sd();
  }
}
