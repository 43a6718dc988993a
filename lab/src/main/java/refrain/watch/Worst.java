package refrain.watch;

/**
 * The worst level of a series lately, where it was not harmed: over the last {@value #CHUNKS}
 * stretches of {@value #CHUNK} observations, the present one left out. Returns of reinforcement
 * learning go far below their best all the time; harm is what is worse than that.
 */
final class Worst {
  private static final int CHUNK = 20;
  private static final int CHUNKS = 20;

  private final double[] chunks = new double[CHUNKS];
  private int known;
  private int next;
  private int filled;
  private double now = Double.POSITIVE_INFINITY;

  /** Adds the level after an observation, better upwards. */
  void add(double level) {
    now = Math.min(now, level);
    if (++filled == CHUNK) {
      chunks[next] = now;
      next = (next + 1) % CHUNKS;
      known = Math.min(CHUNKS, known + 1);
      filled = 0;
      now = Double.POSITIVE_INFINITY;
    }
  }

  /** Minus infinity while nothing is known. */
  double level() {
    double worst = known == 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    for (int i = 0; i < known; i++) {
      worst = Math.min(worst, chunks[i]);
    }
    return worst;
  }
}
