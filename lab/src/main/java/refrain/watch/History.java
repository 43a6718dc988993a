package refrain.watch;

/**
 * The past of a series in flat memory: the last {@value #LENGTH} observations one by one, and on
 * each storey above the last as many means of four of the one below.
 */
final class History {
  static final int LENGTH = 512;
  private static final int POOLED = 4;
  private static final int STOREYS = 16;

  private final Storey[] storeys = new Storey[STOREYS];
  private long count;

  History() {
    storeys[0] = new Storey();
  }

  private static final class Storey {
    final double[] steps = new double[LENGTH];
    final double[] values = new double[LENGTH];
    long n;
    double step;
    double value;
    int pooled;
  }

  /** A stretch of the past, in order. */
  record Stretch(double[] steps, double[] values) {}

  void add(double step, double value) {
    count++;
    double s = step;
    double y = value;
    for (int k = 0; k < STOREYS; k++) {
      if (storeys[k] == null) {
        storeys[k] = new Storey();
      }
      Storey storey = storeys[k];
      int at = (int) (storey.n++ % LENGTH);
      storey.steps[at] = s;
      storey.values[at] = y;
      storey.step += s;
      storey.value += y;
      if (++storey.pooled < POOLED) {
        return;
      }
      s = storey.step / POOLED;
      y = storey.value / POOLED;
      storey.step = 0;
      storey.value = 0;
      storey.pooled = 0;
    }
  }

  private boolean isTop(int k) {
    return k + 1 == STOREYS || storeys[k + 1] == null;
  }

  /** The step of the observation some places before the last; the oldest known where too far. */
  double stepBefore(double places) {
    double back = Math.clamp(places, 0, count - 1.0);
    for (int k = 0; ; k++) {
      Storey storey = storeys[k];
      double scaled = back / Math.pow(POOLED, k);
      long kept = Math.min(storey.n, LENGTH);
      if (scaled <= kept - 1 || isTop(k)) {
        int whole = (int) Math.min(kept - 1, Math.round(scaled));
        return storey.steps[(int) ((storey.n - 1 - whole) % LENGTH)];
      }
    }
  }

  /** The last observations, as many as asked for or a few more, pooled where they are many. */
  Stretch last(double observations) {
    double back = Math.clamp(observations, 1, count);
    for (int k = 0; ; k++) {
      Storey storey = storeys[k];
      long kept = Math.min(storey.n, LENGTH);
      double scaled = Math.ceil(back / Math.pow(POOLED, k));
      if (scaled <= kept || isTop(k)) {
        int size = (int) Math.min(kept, scaled);
        double[] steps = new double[size];
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
          int at = (int) ((storey.n - size + i) % LENGTH);
          steps[i] = storey.steps[at];
          values[i] = storey.values[at];
        }
        return new Stretch(steps, values);
      }
    }
  }
}
