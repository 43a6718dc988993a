package refrain.probe;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;

/**
 * How a run is measured.
 *
 * @param icl where the ICL score is read; null: the paper's indices scaled to the context
 * @param seed of the repeated random tokens and of the per-token losses' indices
 * @param repeatedSequences examples of repeated random tokens; the paper's 10
 * @param patternSequences how many sequences of the evaluation set have their patterns and logits
 *     read; losses are taken of all
 * @param norms what measures of weights do about norms
 * @param nullSamples random heads that copying, and pairs of heads that composition, is read
 *     against
 * @param measures what is measured, all different; each has a depth
 */
public record ProbeSpec(
    @Nullable IclIndices icl,
    long seed,
    int repeatedSequences,
    int patternSequences,
    NormTreatment norms,
    int nullSamples,
    List<MeasureKind> measures) {

  /**
   * What runs are probed by, at the paper's size. A measure that is added later is not among them:
   * it would make the configuration of every run another.
   */
  public static final ProbeSpec DEFAULT =
      new ProbeSpec(
          null,
          2022,
          RepeatedSequences.EXAMPLES,
          8,
          NormTreatment.FOLDED,
          100,
          Arrays.stream(MeasureKind.values()).filter(MeasureKind::usual).toList());

  public ProbeSpec {
    measures = List.copyOf(measures);
    if (repeatedSequences < 1 || patternSequences < 1) {
      throw RefrainException.badInput(
          ("probe: repeatedSequences is %s and patternSequences %s, expected 1 or more of "
                  + "each")
              .formatted(repeatedSequences, patternSequences));
    }
    if (Set.copyOf(measures).size() < measures.size()) {
      throw RefrainException.badInput("probe: a measure is asked for twice in " + measures);
    }
    if (measures.contains(MeasureKind.QK_TRACE) && !measures.contains(MeasureKind.PREVIOUS_TOKEN)) {
      throw RefrainException.badInput(
          "probe: QK_TRACE weighs heads by PREVIOUS_TOKEN, which is missing from " + measures);
    }
  }

  public ProbeSpec withIcl(IclIndices indices) {
    return new ProbeSpec(
        indices, seed, repeatedSequences, patternSequences, norms, nullSamples, measures);
  }

  /** The same with other random tokens and indices. */
  public ProbeSpec withSeed(long other) {
    return new ProbeSpec(
        icl, other, repeatedSequences, patternSequences, norms, nullSamples, measures);
  }

  public ProbeSpec withMeasures(MeasureKind... kinds) {
    return new ProbeSpec(
        icl, seed, repeatedSequences, patternSequences, norms, nullSamples, List.of(kinds));
  }
}
