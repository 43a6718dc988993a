package refrain.watch;

/**
 * Where a series stands, for the line that people watch.
 *
 * @param phase what it is doing
 * @param observations that were used
 * @param watched those of them after the blind part, while the learning rate was steady: N in the
 *     promise N / A
 * @param blindLeft observations until something can be suspected, at least; 0 where it can
 * @param blindUntil step before which nothing can be suspected
 * @param evidence ln R
 * @param threshold ln A
 * @param latencyFloor observations that a suspicion takes at least, however large the change
 * @param windows of 200 observations that were watched, over the half-lives
 * @param over those of them in which the mean of what was said was over .25, where the promise does
 *     not hold
 * @param schedule what is known of the learning rate
 * @param value last one, in its own unit
 * @param best so far, in its own unit; NaN before 25 observations
 * @param outliers single bad values
 * @param nans values that were no numbers
 */
public record Standing(
    Phase phase,
    long observations,
    long watched,
    long blindLeft,
    double blindUntil,
    double evidence,
    double threshold,
    int latencyFloor,
    long windows,
    long over,
    String schedule,
    double value,
    double best,
    long outliers,
    long nans) {
  /** What a detector is doing. */
  public enum Phase {
    BLIND,
    WATCHING,
    SUSPECTED,
    HARMED
  }

  /** Expected number of false suspicions at most, where the curve keeps its law. */
  public double promise() {
    return watched / Math.exp(threshold);
  }
}
