package refrain.analysis.ablation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Findings;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.WithoutHeads;
import refrain.analysis.instrument.WithoutHeads.Cut;
import refrain.data.Batch;
import refrain.model.ModelSpec;
import refrain.probe.IclIndices;

/**
 * Heads knocked out: one by one at checkpoints ({@link AblationSweep}); at the last checkpoint the
 * induction heads at once ({@link InductionSet}), each head alone ({@link EachHead}) and one after
 * another ({@link Dose}; Olsson et al. 2022, Argument 3).
 */
public final class AblationAnalysis extends Analysis {
  /** Tokens that a head alone is judged on, at each checkpoint: 128 sequences of 64. */
  private static final int SWEEP_TOKENS = 8_192;

  /** Sequences that sets are judged on: a share of source code's score is known to .1 or so. */
  static final int SEQUENCES = 1_024;

  public AblationAnalysis() {
    super(
        AnalysisKind.ABLATION,
        6,
        InductionSet.ALL,
        EachHead.ALL,
        Dose.ALL,
        ChangeWindow.ALL,
        AblationSweep.ALL);
  }

  @Override
  public Findings of(Subject run) {
    ModelSpec spec = run.model();
    Heads heads = Heads.of(run.metrics(), spec);
    ChangeWindow window = ChangeWindow.of(run);
    Findings findings =
        new AblationSweep(run, run.evaluationOf(SWEEP_TOKENS), window)
            .findings()
            .putAll(window.findings())
            .putAll(InductionSet.members(heads, spec));
    if (!heads.formed()) {
      return findings;
    }
    return findings.putAll(
        atTheEnd(
            heads,
            run.last(),
            run.evaluation(SEQUENCES).tokens(),
            run.iclIndices(),
            window.change(run),
            window.formed()));
  }

  /**
   * What is read of one model of which some heads match.
   *
   * @param tokens [sequence, T + 1]
   * @param change of a batch's losses that is attributed, [sequence, T] in nats
   * @param dated whether that is the change of the run
   */
  static Findings atTheEnd(
      Heads heads,
      ModelState model,
      int[][] tokens,
      IclIndices indices,
      Function<Batch, float[][]> change,
      boolean dated) {
    InductionSet set = new InductionSet(heads, model.spec());
    EachHead each = new EachHead(heads, model.spec());
    Dose dose = new Dose(heads, set.comparable());
    List<Cut> cuts = new ArrayList<>(set.cuts());
    cuts.addAll(each.cuts());
    cuts.addAll(dose.cuts());
    WithoutHeads without = new WithoutHeads(model, tokens, indices, cuts, change);
    return set.findings(without, dated)
        .putAll(each.findings(without))
        .putAll(dose.findings(without));
  }
}
