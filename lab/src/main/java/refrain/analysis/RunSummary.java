package refrain.analysis;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import refrain.train.Formation;

/**
 * A run in a few numbers, taken from its curves. <em>After</em> is the run's last probe,
 * <em>before</em> is {@link Curves#before}.
 *
 * @param variant arm of the study
 * @param seed replicate
 * @param run its identifier
 * @param formationStep step of the first probe from which on the best head matches prefixes, null:
 *     none ({@link Formation})
 * @param iclBefore ICL score before, nats
 * @param iclAfter ICL score after, nats
 * @param prefixMatching best head's score after
 * @param previousToken best score of a head of layer 0 after
 * @param tokens trained on
 * @param seconds of training, probes included
 * @param prefixMatchingBefore best head's score before
 * @param prefixMatchingMax best head's score at any probe
 * @param iclMove largest fall of the ICL score within a tenth of the planned steps, nats
 * @param steps taken
 * @param every steps between two probes, the cadence at which the formation step was read
 */
public record RunSummary(
    String variant,
    int seed,
    String run,
    @Nullable Integer formationStep,
    double iclBefore,
    double iclAfter,
    double prefixMatching,
    double previousToken,
    long tokens,
    double seconds,
    double prefixMatchingBefore,
    double prefixMatchingMax,
    double iclMove,
    int steps,
    int every) {

  /**
   * Sums up a run.
   *
   * @param planned the last step of its specification
   */
  public static RunSummary of(
      String variant,
      int seed,
      String run,
      Curves curves,
      Formation rule,
      int planned,
      double seconds) {
    int formed = curves.formation(rule);
    int last = curves.last();
    int before = curves.before(rule, planned);
    return new RunSummary(
        variant,
        seed,
        run,
        formed == Formation.NONE ? null : (int) curves.steps()[formed],
        curves.icl()[before],
        curves.icl()[last],
        curves.prefixMatching()[last],
        curves.previousToken()[last],
        (long) curves.tokens()[last],
        seconds,
        curves.prefixMatching()[before],
        Arrays.stream(curves.prefixMatching()).max().orElse(Double.NaN),
        curves.iclMove(Curves.NEAR * planned),
        (int) curves.steps()[last],
        curves.every());
  }
}
