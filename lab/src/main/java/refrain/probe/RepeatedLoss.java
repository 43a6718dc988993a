package refrain.probe;

import refrain.probe.Definition.Better;

/**
 * Loss on repeated random tokens, in nats: repeat.first, the mean over the targets of the first
 * block, which nothing can predict; repeat.again, the mean over the targets of all later blocks but
 * the very first token of the second, which nothing can predict either; and repeat, their
 * difference.
 *
 * @param sequences what the model reads
 */
public record RepeatedLoss(RepeatedSequences sequences) implements LossMeasure {

  @Override
  public Definition definition() {
    return new Definition(
        "repeat",
        "repeated-sequence loss",
        "nats",
        Better.LOWER,
        "mean loss of later blocks (repeat.again, without the first token of the second block)"
            + " minus"
            + " mean loss of the first block (repeat.first); "
            + sequences.describe(),
        "Olsson et al. 2022, Head activation evaluators (the sequence); Elhage et al. 2021,"
            + " induction heads on repeated random tokens");
  }

  @Override
  public Stimulus stimulus() {
    return Stimulus.REPEATED;
  }

  @Override
  public void report(Readings readings, Measurements out) {
    Means means = means(readings.losses(Stimulus.REPEATED), sequences);
    out.put("repeat", means.difference);
    out.put("repeat.first", means.first);
    out.put("repeat.again", means.again);
  }

  /**
   * Mean losses, nats.
   *
   * @param first of the first block
   * @param again of the later blocks, where they can be predicted
   * @param difference the second minus the first
   */
  public record Means(double first, double again, double difference) {}

  /**
   * Of losses [sequence, T]. The loss at position t is that of the token at t + 1; the first token
   * of a sequence is the target of none.
   */
  public static Means means(float[][] all, RepeatedSequences sequences) {
    double first = 0;
    double again = 0;
    for (int s = 0; s < all.length; s++) {
      first += mean(all[s], 0, sequences.again(s) - 1);
      again += mean(all[s], sequences.again(s), all[s].length);
    }
    int n = all.length;
    return new Means(first / n, again / n, (again - first) / n);
  }

  private static double mean(float[] losses, int from, int to) {
    double sum = 0;
    for (int t = from; t < to; t++) {
      sum += losses[t];
    }
    return sum / (to - from);
  }
}
