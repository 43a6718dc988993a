package refrain.probe;

import java.util.Arrays;
import java.util.List;
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
 * @param measures what is measured; each has a depth
 */
public record ProbeSpec(
    @Nullable IclIndices icl,
    long seed,
    int repeatedSequences,
    int patternSequences,
    List<MeasureKind> measures) {

  /** Everything that needs no n-gram baselines, at the paper's size. */
  public static final ProbeSpec DEFAULT =
      new ProbeSpec(null, 2022, RepeatedSequences.EXAMPLES, 8, Arrays.asList(MeasureKind.values()));

  public ProbeSpec {
    measures = List.copyOf(measures);
    if (repeatedSequences < 1 || patternSequences < 1) {
      throw RefrainException.badInput(
          "probe: repeatedSequences is "
              + repeatedSequences
              + " and patternSequences "
              + patternSequences
              + ", expected 1 or more of each");
    }
  }

  public ProbeSpec withIcl(IclIndices indices) {
    return new ProbeSpec(indices, seed, repeatedSequences, patternSequences, measures);
  }

  public ProbeSpec withMeasures(MeasureKind... kinds) {
    return new ProbeSpec(icl, seed, repeatedSequences, patternSequences, List.of(kinds));
  }
}
