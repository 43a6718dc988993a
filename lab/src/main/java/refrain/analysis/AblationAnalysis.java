package refrain.analysis;

import java.util.List;
import refrain.data.Batch;
import refrain.model.HeadId;
import refrain.probe.Definition;

/**
 * Heads knocked out at checkpoints, one by one ({@link AblationSweep}), and the induction set at
 * the last checkpoint ({@link SetAblation}; Olsson et al. 2022, Argument 3). Gives for every head
 * {@code ablation.member.HEAD}: 1 in the set, else 0.
 */
final class AblationAnalysis implements Analysis {
  /** Tokens that a head alone is judged on, at each checkpoint: 128 sequences of 64. */
  static final int SWEEP_TOKENS = 8_192;

  /** Tokens that sets are judged on. */
  static final int SET_TOKENS = 32_768;

  @Override
  public int version() {
    return 5;
  }

  @Override
  public List<Definition> definitions() {
    return AblationDefinitions.all();
  }

  @Override
  public Findings of(Subject run) {
    InductionSet set = InductionSet.of(run.metrics(), run.model());
    ChangeWindow window = ChangeWindow.of(run.curves(), run.steps(), run.spec().steps());
    AblationSweep sweep = new AblationSweep(run, sequences(run, SWEEP_TOKENS), window);
    Findings findings = new Findings().putAll(sweep.findings());
    findings.put("ablation.set.size", set.heads().size());
    for (HeadId head : HeadId.all(run.model())) {
      findings.put("ablation.member." + head, set.heads().contains(head) ? 1.0 : 0.0);
    }
    findings.put("ablation.others.helped", sweep.helped(set.others()));
    findings.put("ablation.set.helped", sweep.helped(set.heads()));
    return findings.putAll(together(run, set, window));
  }

  private static Findings together(Subject run, InductionSet set, ChangeWindow window) {
    Batch batch = sequences(run, SET_TOKENS);
    AblationBench bench = AblationBench.of(run, run.last(), batch);
    SetAblation ablation = new SetAblation(bench, set);
    Findings findings = ablation.findings();
    if (set.isEmpty() || !window.formed()) {
      return findings;
    }
    Attribution attribution = AblationSweep.attribution(run, batch, window);
    float[][] without = bench.without(set.heads(), Knockout.PRESERVING_ZERO);
    IclReading intact = bench.read(bench.intact());
    IclReading ablated = bench.read(without);
    return findings
        .put("ablation.set.attribution", attribution.of(bench.intact(), without))
        .put("ablation.random.attribution", ablation.random(Knockout.PRESERVING_ZERO, attribution))
        .put("ablation.restored.zero", ablation.restored(Knockout.PRESERVING_ZERO))
        .put("ablation.restored.resample", ablation.restored(Knockout.PRESERVING_RESAMPLE))
        .put(
            "ablation.restored.attribution",
            ablation.restored(Knockout.PRESERVING_ZERO, attribution))
        .put("ablation.others.move", ablation.single(Knockout.PRESERVING_ZERO, false))
        .put("ablation.others.restored", ablation.single(Knockout.PRESERVING_ZERO, true))
        .put("ablation.set.early", ablated.early() - intact.early())
        .put("ablation.set.late", ablated.late() - intact.late())
        .put("ablation.set.error", IclReading.error(bench.intact(), without, bench.indices()));
  }

  /** As many sequences of the evaluation set as hold so many tokens; at least two. */
  static Batch sequences(Subject run, int tokens) {
    return run.evaluation(Math.max(2, tokens / run.spec().context()));
  }
}
