package refrain.analysis;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.analysis.instrument.IclEstimate;
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
 * @param iclBefore ICL score before as the curve has it, of the sequences that probes read, nats
 * @param iclAfter ICL score after, nats; of the sequences of {@code icl} where that is known
 * @param prefixMatching best head's score after
 * @param previousToken best score of a head of layer 0 after
 * @param tokens trained on
 * @param seconds of training, probes included
 * @param prefixMatchingBefore best head's score before
 * @param prefixMatchingMax best head's score at any probe
 * @param iclMove largest fall of the ICL score within a tenth of the planned steps, nats
 * @param steps taken
 * @param every steps between two probes, the cadence at which the formation step was read
 * @param icl the ICL score at formation and at the end, and how well each is known
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
    int every,
    Icl icl) {
  /** Names of the quantities that {@link #with} reads. */
  public static final String ICL_END = "icl.after";

  public static final String ICL_END_ERROR = "icl.after.error";
  public static final String ICL_FORMED = "icl.formed";
  public static final String ICL_FORMED_ERROR = "icl.formed.error";
  public static final String ICL_FORMED_STEP = "icl.formed.step";
  public static final String ICL_SEQUENCES = "icl.sequences";

  /**
   * ICL scores that tables give. A number that is not known is NaN: there was no formation, or
   * nothing but the curve is there.
   *
   * @param formedStep the first checkpoint at or after the formation step
   * @param formed the score there
   * @param end the score at the end
   */
  public record Icl(double formedStep, IclEstimate formed, IclEstimate end) {}

  /** What a table's ICL scores are, in a sentence. */
  public static String iclMeans(List<RunSummary> runs) {
    List<String> read =
        runs.stream().map(r -> String.valueOf(r.icl().end().n())).distinct().sorted().toList();
    return "ICL scores in nats, ± one standard error, on n = "
        + String.join(" or ", read)
        + " sequences of the evaluation set; formed: at the first checkpoint from formation on.";
  }

  /** What the summary of a run found of its ICL scores; of 0 sequences where it is of old. */
  public static Icl icl(Findings found) {
    double read = found.value(ICL_SEQUENCES);
    int n = Double.isNaN(read) ? 0 : (int) read;
    return new Icl(
        found.value(ICL_FORMED_STEP),
        new IclEstimate(found.value(ICL_FORMED), found.value(ICL_FORMED_ERROR), n),
        new IclEstimate(found.value(ICL_END), found.value(ICL_END_ERROR), n));
  }

  /** The same with what the summary of the run found of its ICL scores. */
  public RunSummary with(Findings found) {
    Icl known = icl(found);
    if (known.end().n() == 0) {
      return this; // summed up before these were kept: the curve's score is what there is
    }
    return new RunSummary(
        variant,
        seed,
        run,
        formationStep,
        iclBefore,
        known.end().score(),
        prefixMatching,
        previousToken,
        tokens,
        seconds,
        prefixMatchingBefore,
        prefixMatchingMax,
        iclMove,
        steps,
        every,
        known);
  }

  /**
   * Sums up a run.
   *
   * @param planned the last step of its specification
   * @param sequences that its probes read
   */
  public static RunSummary of(
      String variant,
      int seed,
      String run,
      Curves curves,
      Formation rule,
      int planned,
      int sequences,
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
        curves.every(),
        new Icl(
            Double.NaN,
            new IclEstimate(Double.NaN, Double.NaN, sequences),
            new IclEstimate(curves.icl()[last], Double.NaN, sequences)));
  }
}
