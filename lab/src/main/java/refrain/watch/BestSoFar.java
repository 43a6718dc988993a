package refrain.watch;

import java.util.Arrays;

/**
 * The best level of a series so far, better upwards: the best median of {@value #BLOCK}
 * observations that follow each other. A single lucky value is no level, and the best of many
 * medians of few would be luck too.
 */
final class BestSoFar {
  private static final int BLOCK = 25;

  private final double[] block = new double[BLOCK];
  private int filled;
  private double best = Double.NaN;

  /** Adds an observation; whether the best has risen. */
  boolean add(double y) {
    block[filled++] = y;
    if (filled < BLOCK) {
      return false;
    }
    filled = 0;
    Arrays.sort(block);
    double median = block[BLOCK / 2];
    if (median > best || Double.isNaN(best)) {
      best = median;
      return true;
    }
    return false;
  }

  /** NaN before the first block is full. */
  double level() {
    return best;
  }

  void startAgain() {
    filled = 0;
    best = Double.NaN;
  }
}
