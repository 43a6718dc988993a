package refrain.watch;

import java.util.Locale;

/** What a watch may say of a metric or a run. */
public enum EventKind {
  /** The part is over in which nothing can be suspected; says what the metric did in it. */
  BLIND,
  /** The metric improved below the tangent of its own past for longer than chance explains. */
  SUSPECTED,
  /** What was suspected is still there 60 observations later. */
  CONFIRMED,
  /** What was suspected is gone 60 observations later. */
  WITHDRAWN,
  /**
   * The learning rate begins to change, or was said to: nothing is suspected until it is steady.
   */
  SCHEDULED,
  /** Most of the last values are worse than the best so far by more than noise. */
  HARM,
  /** It is back at its best. */
  RECOVERED,
  /** It stayed worse for 60 observations: what it is now is the new level. */
  NEW_LEVEL,
  /** Single bad values; counted, told at each doubling, never an alarm. */
  OUTLIER,
  /** Three values in a row that are no numbers. */
  NAN,
  /** The step went back: another attempt, or another run in the same file. */
  RESTART,
  /** Nothing was written for longer than the run's own intervals explain. */
  STALLED;

  /** As in files and on the screen: {@code new-level}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
