package refrain.train;

/**
 * Mean losses by whether a target could be copied, nats.
 *
 * @param all of all targets
 * @param copyable of those that an induction head would predict ({@link
 *     LossMask.Targets#COPYABLE}); NaN: there are none
 * @param others of all others; NaN: there are none
 */
public record TargetLosses(double all, double copyable, double others) {
  /**
   * Of losses [sequence, T].
   *
   * @param tokens [sequence, T + 1]
   */
  public static TargetLosses of(float[][] losses, int[][] tokens) {
    double copyable = 0;
    double others = 0;
    long copies = 0;
    long rest = 0;
    for (int s = 0; s < losses.length; s++) {
      for (int t = 0; t < losses[s].length; t++) {
        if (LossMask.Targets.COPYABLE.at(tokens[s], t)) {
          copyable += losses[s][t];
          copies++;
        } else {
          others += losses[s][t];
          rest++;
        }
      }
    }
    return new TargetLosses(
        (copyable + others) / (copies + rest), copyable / copies, others / rest);
  }
}
