package refrain.analysis;

import java.util.List;
import refrain.data.BigramRestarts;
import refrain.intervene.Intervention;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;
import refrain.train.RunSpec;

/** How much a run was given of what Argument 2 perturbs, read from its specification. */
final class Doses {
  private Doses() {}

  static List<Definition> definitions() {
    return List.of(
        define(
            "dose.bias",
            "strength of the attention bias in training",
            "nats",
            "sum of the strengths of the run's attention-bias interventions, 0: none"),
        define("dose.c", "entropy parameter c of the bigram language", "1", "NaN on other data"),
        define(
            "dose.repeat",
            "repetition rate of the bigram language",
            "1",
            "share of samples that start again; NaN on other data"),
        define("dose.vocab", "vocabulary", "tokens", "d_vocab of the model"),
        define("dose.rate", "learning rate", "1", "of AdamW after the warm-up"),
        define("dose.step", "batch x context", "tokens", "tokens that a step predicts"));
  }

  private static Definition define(String key, String title, String unit, String formula) {
    return new Definition(key, title, unit, Better.NEITHER, formula, "this project");
  }

  static void put(RunSpec spec, Findings findings) {
    BigramRestarts language = spec.data() instanceof BigramRestarts r ? r : null;
    findings
        .put("dose.bias", bias(spec))
        .put("dose.c", language == null ? Double.NaN : language.c())
        .put("dose.repeat", language == null ? Double.NaN : language.repeatProbability())
        .put("dose.vocab", (double) spec.model().dVocab())
        .put("dose.rate", spec.optimizer().rate())
        .put("dose.step", (double) spec.tokensPerStep());
  }

  private static double bias(RunSpec spec) {
    double sum = 0;
    for (Intervention i : spec.interventions()) {
      sum += i instanceof Intervention.AttentionBias b ? b.strength() : 0;
    }
    return sum;
  }
}
