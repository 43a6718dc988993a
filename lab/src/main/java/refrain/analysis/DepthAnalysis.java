package refrain.analysis;

import java.util.List;
import refrain.data.Batch;
import refrain.model.Parameters;
import refrain.probe.Definition;

/**
 * A run as a row of the model analysis table ({@link ModelRow}), what is left of it without its
 * induction heads ({@link SetAblation}), and whether later heads use earlier matches ({@link
 * LaterHeads}; Olsson et al. 2022, Argument 6).
 */
final class DepthAnalysis implements Analysis {
  /** Tokens that sets are judged on: 256 sequences of 64. */
  private static final int SET_TOKENS = 16_384;

  /** Tokens that edges are cut on: every receiver computes its input anew. */
  private static final int PATH_TOKENS = 8_192;

  @Override
  public int version() {
    return 5;
  }

  @Override
  public List<Definition> definitions() {
    return DepthDefinitions.all();
  }

  @Override
  public Findings of(Subject run) {
    Findings findings = new ModelRow(run).findings();
    InductionSet set = InductionSet.of(run.metrics(), run.model());
    if (set.isEmpty()) {
      return findings;
    }
    Parameters parameters = run.last();
    Batch batch = AblationAnalysis.sequences(run, SET_TOKENS);
    SetAblation ablation = new SetAblation(AblationBench.of(run, parameters, batch), set);
    return findings
        .put("depth.set", ablation.set(Knockout.PRESERVING_ZERO))
        .put("depth.random", ablation.random(Knockout.PRESERVING_ZERO))
        .putAll(
            new LaterHeads(
                    run.engine(),
                    parameters,
                    AblationAnalysis.sequences(run, PATH_TOKENS),
                    run.spec().interventions(),
                    run.iclIndices(),
                    set)
                .findings());
  }
}
