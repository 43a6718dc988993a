package refrain.analysis.summary;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Curves;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.RunSummary;
import refrain.analysis.Subject;
import refrain.analysis.instrument.IclEstimate;
import refrain.data.BigramRestarts;
import refrain.intervene.Intervention;
import refrain.model.HeadId;
import refrain.stats.Crossing;
import refrain.store.MetricsRow;
import refrain.train.Formation;
import refrain.train.RunSpec;
import refrain.train.Trainer;

/**
 * A run in a few numbers, {@link RunSummary}, and how much it was given of what Argument 2
 * perturbs, under the names that claims use.
 */
public final class SummaryAnalysis extends Analysis {
  static final Declarations ALL = new Declarations("Olsson et al. 2022");

  private static final String BEFORE =
      "a tenth of the planned steps before heads formed, or half of the steps where none formed";
  private static final String HALF =
      " beyond half of its way from the first probe to the mean of the last five, interpolated; it"
          + " asks for no shape";

  private static final String SEQUENCES =
      ", on "
          + IclEstimate.SEQUENCES
          + " sequences of the evaluation set, or as many as probes read where those are more";

  private static final Quantity FORMED =
      ALL.pure("formed", "formed heads").is("1 when induction heads formed, 0 when not");
  private static final String WITHIN =
      "standard deviation of a step anywhere between two probes: their distance / sqrt 12";
  private static final Quantity FORMATION_STEP_ERROR =
      ALL.steps("formation.step.error", "standard error of the formation step").is(WITHIN);
  private static final Quantity FORMATION_STEP =
      ALL.steps("formation.step", "formation step")
          .error(FORMATION_STEP_ERROR)
          .is(
              "first probe from which on the best head's prefix-matching score stays at or"
                  + " above .2 and three times uniform attention's for three probes");
  private static final Quantity FORMATION_TOKENS_ERROR =
      ALL.number("formation.tokens.error", "standard error of formation, tokens", "tokens")
          .is(WITHIN + ", in tokens");
  private static final Quantity FORMATION_TOKENS =
      ALL.number("formation.tokens", "formation, tokens", "tokens")
          .error(FORMATION_TOKENS_ERROR)
          .is("tokens read by that step");
  private static final Quantity FORMATION_CONSTANT =
      ALL.number("formation.constant", "T of tokens = T sqrt(batch x context)", "root tokens")
          .is("formation tokens / sqrt(tokens that a step predicts)");
  private static final Quantity ICL_BEFORE =
      ALL.nats("icl.before", "ICL score before").is("ICL score " + BEFORE);
  private static final Quantity ICL_AFTER_ERROR =
      ALL.nats(RunSummary.ICL_END_ERROR, "standard error of the ICL score at the end")
          .is("standard deviation over sequences / sqrt(their number)");
  private static final Quantity ICL_AFTER =
      ALL.nats(RunSummary.ICL_END, "ICL score at the end")
          .error(ICL_AFTER_ERROR)
          .is("ICL score of the state at the last probe" + SEQUENCES);
  private static final Quantity ICL_FORMED_ERROR =
      ALL.nats(RunSummary.ICL_FORMED_ERROR, "standard error of the ICL score at formation")
          .is("standard deviation over sequences / sqrt(their number)");
  private static final Quantity ICL_FORMED =
      ALL.nats(RunSummary.ICL_FORMED, "ICL score at formation")
          .error(ICL_FORMED_ERROR)
          .is("ICL score of the first checkpoint at or after the formation step" + SEQUENCES);
  private static final Quantity ICL_FORMED_STEP =
      ALL.steps(RunSummary.ICL_FORMED_STEP, "step of the ICL score at formation")
          .is("first checkpoint at or after the formation step");
  private static final Quantity ICL_SEQUENCES =
      ALL.number(RunSummary.ICL_SEQUENCES, "sequences of the ICL scores", "sequences")
          .is(
              "of the run's evaluation set, that ICL scores at formation and at the end are read on");
  private static final Quantity ICL_MOVE =
      ALL.nats("icl.move", "fall of the ICL score within a tenth of training")
          .is(
              "largest fall of the ICL score between two probes a tenth of the planned steps"
                  + " apart");
  private static final Quantity PM_BEFORE =
      ALL.probability("pm.before", "prefix matching before").is("best head's score " + BEFORE);
  private static final Quantity PM_AFTER =
      ALL.probability("pm.after", "prefix matching at the end")
          .is("best head's score at the last probe");
  private static final Quantity PM_MAX =
      ALL.probability("pm.max", "prefix matching at any time")
          .is("best head's highest score at any probe");
  private static final Quantity PM_SECOND =
      ALL.probability("pm.second", "prefix matching of the second-best head at the end")
          .is("second-highest score of a head at the last probe; none where there is one head");
  private static final Quantity PREV_AFTER =
      ALL.probability("prev.after", "previous-token score of layer 0 at the end")
          .is("best head of layer 0, last probe");
  private static final Quantity EARLY_HALF =
      ALL.steps("early.half", "half-time of the loss early in the context")
          .is(
              "first step at which the loss at the ICL score's early index has done half of"
                  + " its fall from step 0 to its lowest");
  private static final Quantity ICL_HALF =
      ALL.steps("icl.half", "half-time of the ICL score")
          .is("step from which on three probes in a row have the ICL score" + HALF);
  private static final Quantity PM_HALF =
      ALL.steps("pm.half", "half-time of prefix matching")
          .is(
              "step from which on three probes in a row have the best head's prefix-matching score"
                  + HALF);
  private static final Quantity LOSS_AFTER =
      ALL.nats("loss.after", "loss at the end").is("evaluation loss at the last probe");

  /** Doses, read from the specification. */
  private static final Declarations DOSES = new Declarations("this project");

  private static final Quantity BIAS =
      DOSES
          .nats("dose.bias", "strength of the attention bias in training")
          .is("sum of the strengths of the run's attention-bias interventions, 0: none");
  private static final Quantity C =
      DOSES.pure("dose.c", "entropy parameter c of the bigram language").is("NaN on other data");
  private static final Quantity ENTROPY =
      DOSES
          .nats("language.entropy", "entropy of the language")
          .is(
              "of the next token under the tables that the language drew, in the long run, before"
                  + " anything repeats; exact; NaN on text");
  private static final Quantity REPEAT =
      DOSES
          .pure("dose.repeat", "repetition rate of the bigram language")
          .is("share of samples that start again; NaN on other data");
  private static final Quantity VOCAB =
      DOSES.number("dose.vocab", "vocabulary", "tokens").is("d_vocab of the model");
  private static final Quantity RATE =
      DOSES.pure("dose.rate", "learning rate").is("of AdamW after the warm-up");
  private static final Quantity STEP =
      DOSES.number("dose.step", "batch x context", "tokens").is("tokens that a step predicts");

  public SummaryAnalysis() {
    super(AnalysisKind.SUMMARY, 4, ALL, DOSES);
  }

  @Override
  public Findings of(Subject run) {
    Curves curves = run.curves();
    RunSummary s =
        RunSummary.of(
            run.spec().name(),
            0,
            run.spec().id(),
            curves,
            Formation.DEFAULT,
            run.spec().steps(),
            run.spec().probing().sequences(),
            Trainer.seconds(run.folder()));
    double step = s.formationStep() == null ? Double.NaN : s.formationStep();
    return new Findings()
        .put(FORMED, Double.isNaN(step) ? 0 : 1)
        .put(FORMATION_STEP, step)
        .put(FORMATION_STEP_ERROR, Double.isNaN(step) ? step : curves.every() / Math.sqrt(12))
        .put(
            FORMATION_TOKENS_ERROR,
            Double.isNaN(step)
                ? step
                : run.spec().tokensPerStep() * (curves.every() / Math.sqrt(12)))
        .put(FORMATION_TOKENS, Double.isNaN(step) ? step : run.spec().tokens((long) step))
        .put(FORMATION_CONSTANT, step * Math.sqrt(run.spec().tokensPerStep()))
        .put(ICL_BEFORE, s.iclBefore())
        .putAll(icl(run, s))
        .put(ICL_MOVE, s.iclMove())
        .put(PM_BEFORE, s.prefixMatchingBefore())
        .put(PM_AFTER, s.prefixMatching())
        .put(PM_MAX, s.prefixMatchingMax())
        .put(PM_SECOND, second(run.metrics().rows().getLast(), HeadId.all(run.model())))
        .put(PREV_AFTER, s.previousToken())
        .put(EARLY_HALF, Crossing.halfFall(curves.stepAxis(), early(run, curves)))
        .put(ICL_HALF, Crossing.halfWay(curves.stepAxis(), curves.icl()))
        .put(PM_HALF, Crossing.halfWay(curves.stepAxis(), curves.prefixMatching()))
        .put(LOSS_AFTER, curves.loss()[curves.last()])
        .putAll(doses(run.spec()));
  }

  /** At formation and at the end, from the checkpoints of the run. */
  private static Findings icl(Subject run, RunSummary summary) {
    IclEstimate end = at(run, summary.steps());
    OptionalLong formed = run.formed();
    IclEstimate then = at(run, formed.orElse(-1));
    return new Findings()
        .put(ICL_AFTER, Double.isNaN(end.score()) ? summary.iclAfter() : end.score())
        .put(ICL_AFTER_ERROR, end.error())
        .put(ICL_FORMED, then.score())
        .put(ICL_FORMED_ERROR, then.error())
        .put(ICL_FORMED_STEP, formed.isEmpty() ? Double.NaN : formed.getAsLong())
        .put(ICL_SEQUENCES, end.n());
  }

  /** The estimate of one step; of the curve's score alone where no checkpoint of it was kept. */
  private static IclEstimate at(Subject run, long step) {
    return Arrays.stream(run.steps()).anyMatch(saved -> saved == step)
        ? run.icl(step)
        : new IclEstimate(Double.NaN, Double.NaN, run.spec().probing().sequences());
  }

  static double second(MetricsRow row, List<HeadId> heads) {
    double[] scores =
        heads.stream().mapToDouble(head -> row.value("pm." + head)).sorted().toArray();
    return scores.length < 2 ? Double.NaN : scores[scores.length - 2];
  }

  private static double[] early(Subject run, Curves curves) {
    return Arrays.stream(curves.lossByIndex())
        .mapToDouble(loss -> loss.length == 0 ? Double.NaN : run.iclIndices().early(loss))
        .toArray();
  }

  private static Findings doses(RunSpec spec) {
    BigramRestarts language = spec.data() instanceof BigramRestarts r ? r : null;
    return new Findings()
        .put(BIAS, bias(spec))
        .put(C, language == null ? Double.NaN : language.c())
        .put(ENTROPY, spec.data().entropy())
        .put(REPEAT, language == null ? Double.NaN : language.repeatProbability())
        .put(VOCAB, (double) spec.model().dVocab())
        .put(RATE, spec.optimizer().rate())
        .put(STEP, (double) spec.tokensPerStep());
  }

  private static double bias(RunSpec spec) {
    double sum = 0;
    for (Intervention i : spec.interventions()) {
      sum += i instanceof Intervention.AttentionBias b ? b.strength() : 0;
    }
    return sum;
  }
}
