package refrain.watch.follow;

import java.util.Arrays;

/**
 * Whether a log has been silent for too long, by its own measure: three times the longest of the
 * last {@value #KEPT} intervals, so that the pauses of checkpoints and evaluations are known, and a
 * minute at least.
 */
final class Stall {
  private static final int KEPT = 200;
  private static final int LEAST_KNOWN = 20;
  private static final double TIMES = 3;
  private static final double LEAST = 60;

  private final double[] intervals = new double[KEPT];
  private int known;
  private int next;
  private double last = Double.NaN;
  private boolean timed;
  private boolean told;

  /** A row was written at this time; gives the budget that its silence before exceeded, or NaN. */
  double row(double time) {
    timed = true;
    return interval(time);
  }

  /**
   * The time is this, and rows came or did not; gives the budget that is exceeded now, once, or
   * NaN.
   */
  double clock(double time, boolean news) {
    if (news && !timed) {
      return interval(time);
    }
    double exceeded = exceeded(time - last);
    told |= !Double.isNaN(exceeded);
    return exceeded;
  }

  private double interval(double time) {
    double since = time - last;
    double exceeded = exceeded(since);
    if (since >= 0) {
      intervals[next] = since;
      next = (next + 1) % KEPT;
      known = Math.min(KEPT, known + 1);
    }
    last = time;
    told = false;
    return exceeded;
  }

  /** The budget, seconds, where a silence that was not told of yet is longer than it; else NaN. */
  private double exceeded(double silence) {
    if (told || known < LEAST_KNOWN || !(silence > LEAST)) {
      return Double.NaN; // most rows: no intervals are gone through
    }
    double budget = Math.max(LEAST, TIMES * Arrays.stream(intervals, 0, known).max().orElse(0));
    return silence > budget ? budget : Double.NaN;
  }
}
