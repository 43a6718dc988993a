package refrain.analysis;

import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.data.BigramRestarts;
import refrain.intervene.Intervention;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;
import refrain.train.Formation;
import refrain.train.Trainer;

/** A run in a few numbers, {@link RunSummary}, under the names that claims use. */
final class SummaryAnalysis implements Analysis {
  private static final String BEFORE =
      "a tenth of the planned steps before heads formed, or half of the steps where none formed";

  @Override
  public int version() {
    return 1;
  }

  @Override
  public List<Definition> definitions() {
    return List.of(
        define("formed", "formed heads", "1", "1 when induction heads formed, 0 when not"),
        define(
            "formation.step",
            "formation step",
            "steps",
            "first probe from which on the best head's prefix-matching score stays at or above .2"
                + " and three times uniform attention's for three probes"),
        define("formation.tokens", "formation, tokens", "tokens", "tokens read by that step"),
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
            "dose.bias",
            "strength of the attention bias in training",
            "nats",
            "sum of the strengths of the run's attention-bias interventions, 0: none"),
        define("dose.c", "entropy parameter c of the bigram language", "1", "NaN on other data"),
        define("loss.after", "loss at the end", "nats", "evaluation loss at the last probe"));
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
    return new Findings()
        .put("formed", step == null ? 0.0 : 1.0)
        .put("formation.step", step == null ? Double.NaN : step)
        .put(
            "formation.tokens",
            step == null ? Double.NaN : (double) step * run.spec().tokensPerStep())
        .put("icl.before", s.iclBefore())
        .put("icl.after", s.iclAfter())
        .put("icl.move", s.iclMove())
        .put("pm.before", s.prefixMatchingBefore())
        .put("pm.after", s.prefixMatching())
        .put("pm.max", s.prefixMatchingMax())
        .put("prev.after", s.previousToken())
        .put("dose.bias", bias(run))
        .put("dose.c", run.spec().data() instanceof BigramRestarts r ? r.c() : Double.NaN)
        .put("loss.after", curves.loss()[curves.last()]);
  }

  private static double bias(Subject run) {
    double sum = 0;
    for (Intervention i : run.spec().interventions()) {
      sum += i instanceof Intervention.AttentionBias b ? b.strength() : 0;
    }
    return sum;
  }
}
