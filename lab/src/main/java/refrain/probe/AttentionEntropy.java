package refrain.probe;

import refrain.probe.Definition.Better;

/**
 * Attention entropy: the mean over positions i of - sum over j &lt;= i of p ln p, p the attention
 * from i to j; nats, from 0 (one position) to ln(i + 1) (uniform). On the evaluation set.
 */
public record AttentionEntropy() implements HeadMeasure {

  @Override
  public Definition definition() {
    return new Definition(
        "entropy",
        "attention entropy",
        "nats",
        Better.NEITHER,
        "mean over positions i of - sum over j <= i of p[i, j] ln p[i, j], on sequences of the"
            + " evaluation set",
        "Shannon entropy of each row of the attention pattern");
  }

  @Override
  public double of(HeadReading head) {
    double sum = 0;
    for (int i = 0; i < head.context(); i++) {
      for (int j = 0; j <= i; j++) {
        double p = head.attention(i, j);
        if (p > 0) {
          sum -= p * Math.log(p);
        }
      }
    }
    return sum / head.context();
  }
}
