package refrain.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;
import refrain.train.Formation;
import refrain.train.Trainer;

/**
 * A run in a few numbers, {@link RunSummary}, and its {@link Doses}, under the names that claims
 * use.
 */
final class SummaryAnalysis implements Analysis {
  private static final String BEFORE =
      "a tenth of the planned steps before heads formed, or half of the steps where none formed";

  @Override
  public int version() {
    return 4;
  }

  @Override
  public List<Definition> definitions() {
    List<Definition> all = new ArrayList<>(own());
    all.addAll(Doses.definitions());
    return all;
  }

  private static List<Definition> own() {
    return List.of(
        define("formed", "formed heads", "1", "1 when induction heads formed, 0 when not"),
        define(
            "formation.step",
            "formation step",
            "steps",
            "first probe from which on the best head's prefix-matching score stays at or above .2"
                + " and three times uniform attention's for three probes"),
        define("formation.tokens", "formation, tokens", "tokens", "tokens read by that step"),
        define(
            "formation.constant",
            "T of tokens = T sqrt(batch x context)",
            "root tokens",
            "formation tokens / sqrt(tokens that a step predicts)"),
        define("icl.before", "ICL score before", "nats", "ICL score " + BEFORE),
        define("icl.after", "ICL score at the end", "nats", "ICL score at the last probe"),
        define(
            "icl.move",
            "fall of the ICL score within a tenth of training",
            "nats",
            "largest fall of the ICL score between two probes a tenth of the planned steps apart"),
        define("pm.before", "prefix matching before", "probability", "best head's score " + BEFORE),
        define("pm.after", "prefix matching at the end", "probability", "best head, last probe"),
        define("pm.max", "prefix matching at any time", "probability", "best head, any probe"),
        define(
            "prev.after",
            "previous-token score of layer 0 at the end",
            "probability",
            "best head of layer 0, last probe"),
        define(
            "early.half",
            "half-time of the loss early in the context",
            "steps",
            "first step at which the loss at the ICL score's early index has done half of its fall"
                + " from step 0 to its lowest"),
        define("icl.half", "half-time of the ICL score", "steps", half("the ICL score")),
        define(
            "pm.half",
            "half-time of prefix matching",
            "steps",
            half("the best head's prefix-matching score")),
        define("loss.after", "loss at the end", "nats", "evaluation loss at the last probe"));
  }

  private static String half(String curve) {
    return "step from which on three probes in a row have "
        + curve
        + " beyond half of its way from the first probe to the mean of the last five, interpolated;"
        + " it asks for no shape";
  }

  private static Definition define(String key, String title, String unit, String formula) {
    return new Definition(key, title, unit, Better.NEITHER, formula, "Olsson et al. 2022");
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
    Findings findings = new Findings();
    findings
        .put("formed", step == null ? 0.0 : 1.0)
        .put("formation.step", step == null ? Double.NaN : step)
        .put(
            "formation.tokens",
            step == null ? Double.NaN : (double) step * run.spec().tokensPerStep())
        .put(
            "formation.constant",
            step == null ? Double.NaN : step * Math.sqrt(run.spec().tokensPerStep()))
        .put("icl.before", s.iclBefore())
        .put("icl.after", s.iclAfter())
        .put("icl.move", s.iclMove())
        .put("pm.before", s.prefixMatchingBefore())
        .put("pm.after", s.prefixMatching())
        .put("pm.max", s.prefixMatchingMax())
        .put("prev.after", s.previousToken())
        .put("early.half", EarlyLoss.half(curves.steps(), early(run, curves)))
        .put("icl.half", Crossing.halfWay(curves.stepAxis(), curves.icl()))
        .put("pm.half", Crossing.halfWay(curves.stepAxis(), curves.prefixMatching()))
        .put("loss.after", curves.loss()[curves.last()]);
    Doses.put(run.spec(), findings);
    return findings;
  }

  private static double[] early(Subject run, Curves curves) {
    return Arrays.stream(curves.lossByIndex())
        .mapToDouble(loss -> loss.length == 0 ? Double.NaN : run.iclIndices().early(loss))
        .toArray();
  }
}
