package refrain.train;

/**
 * How a sitting of a run ended.
 *
 * @param end why
 * @param step steps taken in all
 * @param seconds spent training, over all sittings
 */
public record TrainResult(End end, int step, double seconds) {
  /** Why it ended. */
  public enum End {
    /** The last step of the specification was taken. */
    DONE,
    /** The stop rule was met. */
    SETTLED,
    /** Asked to stop; a checkpoint was written and the run can go on from it. */
    INTERRUPTED
  }
}
