package refrain.watch;

import java.util.Arrays;

/**
 * The best level of a series so far, better upwards: the best mean of the middle half of {@value
 * #BLOCK} observations that follow each other. A single lucky value is no level, the best of many
 * medians of few would be luck too, and a median jumps where values are of two kinds.
 */
final class BestSoFar {
  private static final int BLOCK = 25;

  private static final int LOW_BLOCKS = 3;
  private static final int TRIMMED = 6;
  private static final int LEAST_STEPS = 8;
  private static final double SCALES = 4;

  private final double[] block = new double[BLOCK];
  private final SlidingMedian steps = new SlidingMedian(40);
  private int lowBlocks;
  private double last = Double.NaN;
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
    double middle = 0;
    for (int i = TRIMMED; i < BLOCK - TRIMMED; i++) {
      middle += block[i] / (BLOCK - 2 * TRIMMED);
    }
    if (!Double.isNaN(last)) {
      steps.add(Math.abs(middle - last));
    }
    last = middle;
    boolean low = middle < best - SCALES * steps.sd();
    lowBlocks = low ? lowBlocks + 1 : 0;
    if (middle > best || Double.isNaN(best)) {
      best = middle;
      return true;
    }
    return false;
  }

  /** NaN before the first block is full. */
  double level() {
    return best;
  }

  /**
   * Whether the last blocks lie below the best by more than levels differ from one block to the
   * next, and by more than is immaterial.
   */
  boolean sinks(double immaterial) {
    return lowBlocks >= LOW_BLOCKS
        && steps.size() >= LEAST_STEPS
        && filled == 0
        && last < best - immaterial;
  }

  /** The level of the last whole block. */
  double lastLevel() {
    return last;
  }

  /** Harm was told of; it takes as many blocks again. */
  void told() {
    lowBlocks = 0;
  }

  void startAgain() {
    filled = 0;
    lowBlocks = 0;
    last = Double.NaN;
    best = Double.NaN;
  }
}
