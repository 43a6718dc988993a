package refrain.analysis.ablation;

import java.util.List;
import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.Bench;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.IclReading;
import refrain.analysis.instrument.SetAblation;
import refrain.data.Batch;
import refrain.model.HeadId;

/**
 * Heads knocked out at checkpoints, one by one ({@link AblationSweep}), and the induction set at
 * the last checkpoint ({@link SetAblation}; Olsson et al. 2022, Argument 3).
 */
public final class AblationAnalysis extends Analysis {
  static final Declarations ALL = new Declarations("Olsson et al. 2022, Argument 3");

  private static final Quantity SET_SIZE =
      ALL.number("ablation.set.size", "induction heads", "heads").is(Heads.RULE);
  private static final Family<HeadId, Quantity> MEMBER =
      ALL.pure("ablation.member", "induction head")
          .ofEachHead("1 where the head is in the induction set, else 0");
  private static final Declarations.Members<Ablation> METHODS =
      new Declarations.Members<>(List.of(Ablation.values()), Ablation::key, Ablation::words);
  private static final Family<Ablation, Quantity> SET =
      ALL.pure("ablation.set", "share of the ICL score removed with the induction set")
          .ofEach(
              METHODS,
              "1 - ICL ablated / ICL intact, all induction heads ablated at once, last checkpoint");
  private static final Family<Ablation, Quantity> RANDOM =
      ALL.pure("ablation.random", "share of the ICL score removed with as many other heads")
          .ofEach(
              METHODS,
              ("1 - ICL ablated / ICL intact of other heads, mean over all sets of the induction"
                      + " set's size, or over %s seeded draws where there are more; NaN where there"
                      + " are too few others")
                  .formatted(SetAblation.SETS));
  private static final Family<Ablation, Quantity> RESTORED =
      Family.of(
          List.of(Ablation.PRESERVING_ZERO, Ablation.PRESERVING_RESAMPLE),
          method -> {
            String what = method.key().substring("preserving.".length());
            return ALL.pure(
                    "ablation.restored." + what,
                    "share of the ICL score removed with as many other heads, values restored, "
                        + what)
                .is(
                    "ablation.random."
                        + method.key()
                        + " where induction heads read the values of the intact model");
          });
  private static final Quantity AGREE =
      ALL.pure("ablation.agree", "all six ablations take in-context learning away")
          .is(
              "1 where every ablation of the set leaves an ICL score nearer to 0 or above it,"
                  + " else 0");
  private static final Quantity OTHERS_HELPED =
      ALL.pure(
              "ablation.others.helped",
              "share of other heads without which the ICL score is as strong")
          .is("other heads alone (preserving, zero): ICL ablated <= ICL intact; last checkpoint");
  private static final Quantity SET_HELPED =
      ALL.pure(
              "ablation.set.helped",
              "share of induction heads without which the ICL score is as strong")
          .is(
              "heads of the set alone (preserving, zero): ICL ablated <= ICL intact; last"
                  + " checkpoint");
  private static final Quantity SET_ATTRIBUTION =
      ALL.pure("ablation.set.attribution", "before-and-after attribution of the induction set")
          .is(
              "(loss ablated - loss intact) . v / |d|, d = loss at the window's end - loss at its"
                  + " start, token by token, v = d / |d|; preserving, zero; last checkpoint. -1:"
                  + " what the window brought is undone");
  private static final Quantity RANDOM_ATTRIBUTION =
      ALL.pure("ablation.random.attribution", "before-and-after attribution of as many other heads")
          .is(
              "ablation.set.attribution of other heads, mean over sets of the induction set's"
                  + " size");
  private static final Quantity SET_EARLY =
      ALL.nats("ablation.set.early", "change of the early loss without the induction set")
          .is("loss at the ICL score's early indices, ablated - intact; preserving, zero");
  private static final Quantity SET_LATE =
      ALL.nats("ablation.set.late", "change of the late loss without the induction set")
          .is("loss at the ICL score's late indices, ablated - intact; preserving, zero");
  private static final Quantity SET_ERROR =
      ALL.pure("ablation.set.error", "standard error of the share removed with the induction set")
          .is("of ablation.set.preserving.zero, jackknife over evaluation sequences");
  private static final Quantity OTHERS_MOVE =
      ALL.nats("ablation.others.move", "move of the ICL score without one other head")
          .is("mean over heads outside of the set of |ICL ablated - ICL intact|; preserving, zero");
  private static final Quantity OTHERS_RESTORED =
      ALL.nats(
              "ablation.others.restored",
              "move of the ICL score without one other head, values restored")
          .is("ablation.others.move where induction heads read the values of the intact model");
  private static final Quantity RESTORED_ATTRIBUTION =
      ALL.pure(
              "ablation.restored.attribution",
              "attribution of as many other heads, values restored")
          .is(
              "ablation.random.attribution where induction heads read the values of the"
                  + " intact model");

  private static final Ablation PAPER = Ablation.PRESERVING_ZERO;

  /** Tokens that a head alone is judged on, at each checkpoint: 128 sequences of 64. */
  private static final int SWEEP_TOKENS = 8_192;

  /** Tokens that sets are judged on. */
  private static final int SET_TOKENS = 32_768;

  public AblationAnalysis() {
    super(AnalysisKind.ABLATION, 5, ALL, AblationSweep.ALL);
  }

  @Override
  public Findings of(Subject run) {
    Heads heads = Heads.of(run.metrics(), run.model());
    ChangeWindow window = ChangeWindow.of(run.curves(), run.steps(), run.spec().steps());
    AblationSweep sweep = new AblationSweep(run, run.evaluationOf(SWEEP_TOKENS), window);
    Findings findings = sweep.findings().put(SET_SIZE, heads.matching().size());
    for (HeadId head : HeadId.all(run.model())) {
      findings.put(MEMBER.of(head), heads.matching().contains(head) ? 1.0 : 0.0);
    }
    return findings
        .put(OTHERS_HELPED, sweep.helped(heads.others()))
        .put(SET_HELPED, sweep.helped(heads.matching()))
        .putAll(together(run, heads, window));
  }

  private static Findings together(Subject run, Heads heads, ChangeWindow window) {
    Batch batch = run.evaluationOf(SET_TOKENS);
    Bench bench = Bench.forAblations(run.last(), batch, run.iclIndices());
    SetAblation ablation = new SetAblation(bench, heads);
    Findings findings = allMethods(ablation, heads);
    if (!heads.formed() || !window.formed()) {
      return findings;
    }
    Attribution attribution = Attribution.of(run, batch, window);
    float[][] without = bench.without(heads.matching(), PAPER);
    IclReading intact = bench.read(bench.intact());
    IclReading ablated = bench.read(without);
    return findings
        .put(SET_ATTRIBUTION, attribution.of(bench.intact(), without))
        .put(
            RANDOM_ATTRIBUTION,
            ablation.overControls(set -> attribution.of(bench.intact(), bench.without(set, PAPER))))
        .put(RESTORED.of(PAPER), ablation.restored(PAPER))
        .put(
            RESTORED.of(Ablation.PRESERVING_RESAMPLE),
            ablation.restored(Ablation.PRESERVING_RESAMPLE))
        .put(
            RESTORED_ATTRIBUTION,
            ablation.overControls(
                set -> attribution.of(bench.intact(), ablation.withoutRestored(set, PAPER))))
        .put(OTHERS_MOVE, ablation.single(PAPER, false))
        .put(OTHERS_RESTORED, ablation.single(PAPER, true))
        .put(SET_EARLY, ablated.early() - intact.early())
        .put(SET_LATE, ablated.late() - intact.late())
        .put(SET_ERROR, IclReading.error(bench.intact(), without, bench.indices()));
  }

  /** The set and other sets ablated in all six ways. */
  static Findings allMethods(SetAblation ablation, Heads heads) {
    Findings findings = new Findings();
    boolean agree = true;
    for (Ablation method : Ablation.values()) {
      double removed = ablation.set(method);
      agree &= removed > 0;
      findings.put(SET.of(method), removed).put(RANDOM.of(method), ablation.random(method));
    }
    return findings.put(AGREE, !heads.formed() ? Double.NaN : agree ? 1 : 0);
  }
}
