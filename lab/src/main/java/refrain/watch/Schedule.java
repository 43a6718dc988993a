package refrain.watch;

import java.util.List;

/**
 * Whether the learning rate changes faster than a curve's law can follow: whether it is 5 % away
 * from what it was within the last 60 observations, or the last sixteenth of the series where that
 * is more. So a drop counts until it is that long ago, a cool-down all along, and a slow cosine,
 * which moves by less than about in proportion to the step, does not. Steps that were said to be of
 * the schedule count as changes too.
 */
final class Schedule {
  private static final double MOVED = Math.log(1.05);
  private static final int LEAST = 60;
  private static final int SHARE = 16;

  /** So many places within the span are compared. */
  private static final int PLACES = 16;

  private final List<DetectorSettings.Span> said;
  private final long[] at = new long[2 * PLACES];
  private final double[] logs = new double[2 * PLACES];
  private int first;
  private int size;
  private long lastSaid = Long.MIN_VALUE / 2;
  private boolean known;
  private long n;

  Schedule(List<DetectorSettings.Span> said) {
    this.said = said;
    known = !said.isEmpty();
  }

  /** What is known of the learning rate at some step. */
  enum State {
    UNKNOWN,
    STEADY,
    CHANGING
  }

  /** Takes the next observation's learning rate; NaN where none is known. */
  State add(double step, double rate) {
    n++;
    long span = Math.max(LEAST, n / SHARE);
    for (DetectorSettings.Span each : said) {
      if (step >= each.from() && step <= each.through()) {
        lastSaid = n;
      }
    }
    boolean changing = n - lastSaid < span;
    if (rate > 0) {
      known = true;
      changing |= moved(Math.log(rate), span);
    }
    return changing ? State.CHANGING : known ? State.STEADY : State.UNKNOWN;
  }

  private boolean moved(double log, long span) {
    while (size > 0 && n - at[first] > span) {
      first = (first + 1) % at.length;
      size--;
    }
    boolean moved = false;
    for (int i = 0; i < size; i++) {
      moved |= Math.abs(log - logs[(first + i) % at.length]) > MOVED;
    }
    int last = (first + size - 1 + at.length) % at.length;
    if (size == 0 || n - at[last] >= Math.max(1, span / PLACES)) {
      int next = (first + size) % at.length;
      at[next] = n;
      logs[next] = log;
      size++;
    }
    return moved;
  }
}
