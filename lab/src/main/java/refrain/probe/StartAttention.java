package refrain.probe;

import refrain.probe.Definition.Better;

/**
 * Attention to the start: on repeated random tokens, the mean over i &gt;= 1 of the attention from
 * i to position 0, where a head looks that has nothing to look for (Xiao et al. 2023, "Efficient
 * Streaming Language Models with Attention Sinks", section 3.1).
 */
public record StartAttention() implements HeadMeasure {

  @Override
  public Definition definition() {
    return new Definition(
        "start",
        "attention to the start",
        "probability",
        Better.NEITHER,
        "mean over i >= 1 of the attention from i to position 0, on repeated random tokens",
        "Xiao et al. 2023, section 3.1");
  }

  @Override
  public Stimulus stimulus() {
    return Stimulus.REPEATED;
  }

  @Override
  public double of(HeadReading head) {
    double sum = 0;
    for (int i = 1; i < head.context(); i++) {
      sum += head.attention(i, 0);
    }
    return head.context() < 2 ? Double.NaN : sum / (head.context() - 1);
  }
}
