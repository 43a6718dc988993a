package refrain.train;

import static refrain.base.RefrainException.require;

import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.store.MetricsRow;

/**
 * When induction heads count as formed: at the first probe from which on the best head's
 * prefix-matching score stays at or above a threshold for a number of probes in a row. Heads that
 * do not induce stay below .1 on these languages and those that do go past .3 (R0: .7), so the step
 * depends little on the threshold; it is known {@code hold - 1} probes later.
 *
 * <p>On short sequences attention that looks everywhere alike scores more than that: the threshold
 * is at least {@link #TIMES_CHANCE} times the score of uniform attention on the sequences of the
 * probe (.05 in contexts of 64, .21 in contexts of 16).
 *
 * @param threshold prefix-matching score, 0 to 1
 * @param hold probes in a row, the first one counted
 */
public record Formation(double threshold, int hold) {
  public static final Formation DEFAULT = new Formation(0.2, 3);

  /** How far above uniform attention a head has to be. */
  public static final double TIMES_CHANCE = 3;

  /** The answer "none". */
  public static final int NONE = -1;

  public Formation {
    require(
        threshold > 0 && threshold < 1,
        "formation: threshold is %s, expected a score between 0 and 1",
        threshold);
    require(hold >= 1, "formation: hold is %s, expected 1 or more probes", hold);
  }

  /**
   * Index of the probe at which heads had formed, or {@link #NONE}.
   *
   * @param scores best head's prefix-matching score at each probe, in order
   * @param chance the score of uniform attention on the same sequences; NaN: not known
   */
  public int index(double[] scores, double chance) {
    double bar = Double.isNaN(chance) ? threshold : Math.max(threshold, TIMES_CHANCE * chance);
    int run = 0;
    for (int i = 0; i < scores.length; i++) {
      run = scores[i] >= bar ? run + 1 : 0;
      if (run == hold) {
        return i - hold + 1;
      }
    }
    return NONE;
  }

  /**
   * The probe at which heads had formed; null: none.
   *
   * @param probes rows with prefix-matching scores, in order
   */
  public @Nullable MetricsRow at(List<MetricsRow> probes) {
    if (probes.isEmpty()) {
      return null;
    }
    double[] scores = probes.stream().mapToDouble(r -> r.value(Metrics.PREFIX_MATCHING)).toArray();
    int formed = index(scores, probes.getLast().value(Metrics.PREFIX_MATCHING_CHANCE));
    return formed == NONE ? null : probes.get(formed);
  }
}
