package refrain.analysis.summary;

import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.data.BigramRestarts;
import refrain.intervene.Intervention;
import refrain.train.RunSpec;

/** How much a run was given of what Argument 2 perturbs, read from its specification. */
final class Doses {
  static final Declarations ALL = new Declarations("this project");

  private static final Quantity BIAS =
      ALL.nats("dose.bias", "strength of the attention bias in training")
          .is("sum of the strengths of the run's attention-bias interventions, 0: none");
  private static final Quantity C =
      ALL.pure("dose.c", "entropy parameter c of the bigram language").is("NaN on other data");
  private static final Quantity REPEAT =
      ALL.pure("dose.repeat", "repetition rate of the bigram language")
          .is("share of samples that start again; NaN on other data");
  private static final Quantity VOCAB =
      ALL.number("dose.vocab", "vocabulary", "tokens").is("d_vocab of the model");
  private static final Quantity RATE =
      ALL.pure("dose.rate", "learning rate").is("of AdamW after the warm-up");
  private static final Quantity STEP =
      ALL.number("dose.step", "batch x context", "tokens").is("tokens that a step predicts");

  private Doses() {}

  static Findings of(RunSpec spec) {
    BigramRestarts language = spec.data() instanceof BigramRestarts r ? r : null;
    return new Findings()
        .put(BIAS, bias(spec))
        .put(C, language == null ? Double.NaN : language.c())
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
