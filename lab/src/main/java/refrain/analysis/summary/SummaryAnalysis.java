package refrain.analysis.summary;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Curves;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.RunSummary;
import refrain.analysis.Subject;
import refrain.model.HeadId;
import refrain.stats.Crossing;
import refrain.store.MetricsRow;
import refrain.train.Formation;
import refrain.train.Trainer;

/**
 * A run in a few numbers, {@link RunSummary}, and its {@link Doses}, under the names that claims
 * use.
 */
public final class SummaryAnalysis extends Analysis {
  static final Declarations ALL = new Declarations("Olsson et al. 2022");

  private static final String BEFORE =
      "a tenth of the planned steps before heads formed, or half of the steps where none formed";
  private static final String HALF =
      " beyond half of its way from the first probe to the mean of the last five, interpolated; it"
          + " asks for no shape";

  private static final Quantity FORMED =
      ALL.pure("formed", "formed heads").is("1 when induction heads formed, 0 when not");
  private static final Quantity FORMATION_STEP =
      ALL.steps("formation.step", "formation step")
          .is(
              "first probe from which on the best head's prefix-matching score stays at or"
                  + " above .2 and three times uniform attention's for three probes");
  private static final Quantity FORMATION_TOKENS =
      ALL.number("formation.tokens", "formation, tokens", "tokens").is("tokens read by that step");
  private static final Quantity FORMATION_CONSTANT =
      ALL.number("formation.constant", "T of tokens = T sqrt(batch x context)", "root tokens")
          .is("formation tokens / sqrt(tokens that a step predicts)");
  private static final Quantity ICL_BEFORE =
      ALL.nats("icl.before", "ICL score before").is("ICL score " + BEFORE);
  private static final Quantity ICL_AFTER =
      ALL.nats("icl.after", "ICL score at the end").is("ICL score at the last probe");
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

  public SummaryAnalysis() {
    super(AnalysisKind.SUMMARY, 4, ALL, Doses.ALL);
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
            Trainer.seconds(run.folder()));
    @Nullable Integer step = s.formationStep();
    return new Findings()
        .put(FORMED, step == null ? 0.0 : 1.0)
        .put(FORMATION_STEP, step == null ? Double.NaN : step)
        .put(
            FORMATION_TOKENS,
            step == null ? Double.NaN : (double) step * run.spec().tokensPerStep())
        .put(
            FORMATION_CONSTANT,
            step == null ? Double.NaN : step * Math.sqrt(run.spec().tokensPerStep()))
        .put(ICL_BEFORE, s.iclBefore())
        .put(ICL_AFTER, s.iclAfter())
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
        .putAll(Doses.of(run.spec()));
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
}
