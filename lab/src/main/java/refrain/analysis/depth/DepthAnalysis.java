package refrain.analysis.depth;

import java.util.List;
import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.Bench;
import refrain.analysis.instrument.Circuit;
import refrain.analysis.instrument.ControlSets;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.ModelState;
import refrain.data.Rng;
import refrain.model.HeadId;
import refrain.store.MetricsRow;
import refrain.train.Metrics;

/**
 * A run as a row of the model analysis table ({@link ModelRow}), what is left of it without its
 * induction heads, and whether later heads use earlier matches ({@link LaterHeads}; Olsson et al.
 * 2022, Argument 6).
 */
public final class DepthAnalysis extends Analysis {
  static final Declarations ALL = new Declarations("Olsson et al. 2022, Argument 6");

  private static final Quantity SET =
      ALL.pure("depth.set", "share of the ICL score removed with the induction set")
          .is("1 - ICL ablated / ICL intact, pattern-preserving zero ablation, last checkpoint");
  private static final Quantity RANDOM =
      ALL.pure("depth.random", "share of the ICL score removed with as many other heads")
          .is("depth.set of other heads of any layer, mean over sets of the induction set's size");

  /** Tokens that sets are judged on: 256 sequences of 64. */
  private static final int SET_TOKENS = 16_384;

  /** At most so many sets of other heads. */
  private static final int OTHER_SETS = 6;

  private static final long SEED = 2022;

  /** Tokens that edges are cut on: every receiver computes its input anew. */
  private static final int PATH_TOKENS = 8_192;

  public DepthAnalysis() {
    super(AnalysisKind.DEPTH, 6, ModelRow.ALL, ALL, LaterHeads.ALL);
  }

  @Override
  public Findings of(Subject run) {
    Heads heads = Heads.of(run.metrics(), run.model());
    Findings findings = ModelRow.of(run, heads);
    if (!heads.formed()) {
      return findings;
    }
    ModelState last = run.last();
    Bench bench = Bench.forAblations(last, run.evaluationOf(SET_TOKENS), run.iclIndices());
    List<List<HeadId>> others =
        ControlSets.different(
            heads.others(),
            heads.matching().size(),
            OTHER_SETS,
            Rng.of(SEED).split("sets of other heads"));
    return findings
        .put(SET, bench.removed(heads.matching(), Ablation.PRESERVING_ZERO))
        .put(
            RANDOM,
            others.stream()
                .mapToDouble(set -> bench.removed(set, Ablation.PRESERVING_ZERO))
                .average()
                .orElse(Double.NaN))
        .putAll(
            LaterHeads.of(
                last,
                run.evaluationOf(PATH_TOKENS),
                run.iclIndices(),
                heads,
                withoutPart(run, heads)));
  }

  /** The heads of layer 0 that neither match nor are previous-token heads. */
  private static List<HeadId> withoutPart(Subject run, Heads heads) {
    MetricsRow row = run.metrics().having(Metrics.PREVIOUS_TOKEN).getLast();
    Circuit circuit = Circuit.of(heads, run.model(), row);
    return circuit.notPrevious(run.model()).stream()
        .filter(head -> head.layer() == 0 && !heads.matching().contains(head))
        .toList();
  }
}
