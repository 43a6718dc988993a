package refrain.probe;

import refrain.probe.Definition.Better;

/**
 * Previous-token score: the mean over i &gt;= 1 of the attention from i to i - 1 (Olsson et al.
 * 2022, "Head activation evaluators": on text of the training distribution). Also available on the
 * repeated random tokens, where nothing of the language can help: under the key prev.repeated.
 *
 * @param stimulus what the model reads
 */
public record PreviousToken(Stimulus stimulus) implements HeadMeasure {

  @Override
  public Definition definition() {
    boolean text = stimulus == Stimulus.EVALUATION;
    return new Definition(
        text ? "prev" : "prev.repeated",
        "previous-token score",
        "probability",
        Better.HIGHER,
        "mean over i >= 1 of the attention from i to i - 1, on "
            + (text ? "sequences of the evaluation set" : "repeated random tokens"),
        "Olsson et al. 2022, Head activation evaluators: previous-token attention");
  }

  @Override
  public double of(HeadReading head) {
    double sum = 0;
    for (int i = 1; i < head.context(); i++) {
      sum += head.attention(i, i - 1);
    }
    return head.context() < 2 ? Double.NaN : sum / (head.context() - 1);
  }
}
