package refrain.train;

import refrain.base.RefrainException;

/**
 * When induction heads count as formed: at the first probe from which on the best head's
 * prefix-matching score stays at or above a threshold for a number of probes in a row. Heads that
 * do not induce stay below .1 on these languages and those that do go past .3 (R0: .7), so the step
 * depends little on the threshold; it is known {@code hold - 1} probes later.
 *
 * @param threshold prefix-matching score, 0 to 1
 * @param hold probes in a row, the first one counted
 */
public record Formation(double threshold, int hold) {
  public static final Formation DEFAULT = new Formation(0.2, 3);

  /** The answer "none". */
  public static final int NONE = -1;

  public Formation {
    if (!(threshold > 0 && threshold < 1)) {
      throw RefrainException.badInput(
          "formation: threshold is " + threshold + ", expected a score between 0 and 1");
    }
    if (hold < 1) {
      throw RefrainException.badInput("formation: hold is " + hold + ", expected 1 or more probes");
    }
  }

  /**
   * Index of the probe at which heads had formed, or {@link #NONE}.
   *
   * @param scores best head's prefix-matching score at each probe, in order
   */
  public int index(double[] scores) {
    int run = 0;
    for (int i = 0; i < scores.length; i++) {
      run = scores[i] >= threshold ? run + 1 : 0;
      if (run == hold) {
        return i - hold + 1;
      }
    }
    return NONE;
  }
}
