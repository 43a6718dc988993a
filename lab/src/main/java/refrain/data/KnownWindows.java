package refrain.data;

/**
 * How much of what is evaluated stands in the training part already: windows of which more than
 * half of the spans (16 tokens in a row; of shorter windows all of it) occur there.
 */
public final class KnownWindows {
  private static final int SPAN = 16;
  private static final long BASE = 0x9E3779B97F4A7C15L;

  private KnownWindows() {}

  /**
   * Windows that are known from training.
   *
   * @param windows of that source's vocabulary
   */
  public static int count(TextSource source, Batch windows) {
    return count(windows.tokens(), source.train(0, source.trainTokens()));
  }

  static int count(int[][] windows, int[] train) {
    int span = Math.min(SPAN, windows[0].length);
    LongIntMap seen = new LongIntMap(windows.length * windows[0].length);
    for (int[] window : windows) {
      forEachSpan(window, span, hash -> seen.put(hash, 0));
    }
    forEachSpan(
        train,
        span,
        hash -> {
          if (seen.get(hash) == 0) {
            seen.put(hash, 1);
          }
        });
    int known = 0;
    for (int[] window : windows) {
      int[] found = {0};
      forEachSpan(window, span, hash -> found[0] += seen.get(hash));
      known += 2 * found[0] > window.length - span + 1 ? 1 : 0;
    }
    return known;
  }

  private interface OnSpan {
    void met(long hash);
  }

  private static void forEachSpan(int[] x, int span, OnSpan action) {
    long oldest = 1;
    for (int i = 0; i < span; i++) {
      oldest *= BASE;
    }
    long hash = 0;
    for (int t = 0; t < x.length; t++) {
      hash = hash * BASE + x[t] + 1 - (t < span ? 0 : (x[t - span] + 1) * oldest);
      if (t >= span - 1) {
        action.met(Rng.mix(hash) >>> 1);
      }
    }
  }
}
