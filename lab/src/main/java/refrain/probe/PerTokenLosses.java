package refrain.probe;

import java.util.Arrays;
import refrain.data.Rng;
import refrain.probe.Definition.Better;

/**
 * Per-token losses, the paper's random-token-per-example reduction: one fixed index for each
 * example of the evaluation set, drawn once and the same at every snapshot and for every model, so
 * that the vectors of many snapshots can be compared and projected together (Olsson et al. 2022,
 * "Per-token loss analysis").
 *
 * <p>Writes the series loss.perExample, [examples], in nats.
 *
 * @param seed fixes the indices
 */
public record PerTokenLosses(long seed) implements LossMeasure {

  /** The index of each example: uniform in 0..T-1. */
  public int[] indices(int examples, int context) {
    Rng rng = Rng.of(seed).split("per-token losses");
    int[] indices = new int[examples];
    Arrays.setAll(indices, i -> rng.nextInt(context));
    return indices;
  }

  @Override
  public Definition definition() {
    return new Definition(
        "loss.perExample",
        "per-token losses",
        "nats",
        Better.LOWER,
        "the loss at one random index of each example of the evaluation set, indices fixed by seed "
            + seed,
        "Olsson et al. 2022, Per-token loss analysis");
  }

  @Override
  public void report(Readings readings, Measurements out) {
    float[][] losses = readings.losses(Stimulus.EVALUATION);
    int[] indices = indices(losses.length, losses[0].length);
    double[] vector = new double[losses.length];
    Arrays.setAll(vector, i -> losses[i][indices[i]]);
    out.put("loss.perExample", vector);
  }
}
