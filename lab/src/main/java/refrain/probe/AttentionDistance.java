package refrain.probe;

import refrain.probe.Definition.Better;

/**
 * Attention distance: the mean over positions i of sum over j &lt;= i of p (i - j), p the attention
 * from i to j; tokens. On the evaluation set.
 */
public record AttentionDistance() implements HeadMeasure {

  @Override
  public Definition definition() {
    return new Definition(
        "distance",
        "attention distance",
        "tokens",
        Better.NEITHER,
        "mean over positions i of sum over j <= i of p[i, j] (i - j), on sequences of the"
            + " evaluation set",
        "Mean lag of each row of the attention pattern");
  }

  @Override
  public double of(HeadReading head) {
    double sum = 0;
    for (int i = 0; i < head.context(); i++) {
      for (int j = 0; j < i; j++) {
        sum += head.attention(i, j) * (i - j);
      }
    }
    return sum / head.context();
  }
}
