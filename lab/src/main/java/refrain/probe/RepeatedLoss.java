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
    double first = 0;
    double again = 0;
    float[][] all = readings.losses(Stimulus.REPEATED);
    for (float[] losses : all) {
      first += mean(losses, 0, sequences.block());
      again += mean(losses, sequences.block() + 1, losses.length);
    }
    int n = all.length;
    out.put("repeat", (again - first) / n);
    out.put("repeat.first", first / n);
    out.put("repeat.again", again / n);
  }

  private static double mean(float[] losses, int from, int to) {
    double sum = 0;
    for (int t = from; t < to; t++) {
      sum += losses[t];
    }
    return sum / (to - from);
  }
}
