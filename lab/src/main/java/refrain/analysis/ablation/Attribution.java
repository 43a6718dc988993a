package refrain.analysis.ablation;

import java.util.List;
import refrain.analysis.Subject;
import refrain.data.Batch;

/**
 * Before-and-after attribution (Olsson et al. 2022, Argument 3): how much an ablation changes the
 * losses along the direction in which the phase change changed them.
 *
 * <p>d = loss at the window's end - loss at its start, v = d / |d|; the attribution is (loss
 * ablated - loss intact) . v, here divided by |d| once more: -1 undoes all that the window brought,
 * whatever the number of tokens. The paper's vectors hold one token of each of 10,000 examples;
 * ours hold every token of the batch.
 */
final class Attribution {
  private final float[][] start;
  private final float[][] end;
  private final double squared;

  /**
   * @param start losses [batch, T] at the window's start, nats
   * @param end of the same batch at its end
   */
  Attribution(float[][] start, float[][] end) {
    this.start = start;
    this.end = end;
    this.squared = dot(start, end);
  }

  /** Along the change of a run's losses over the window. */
  static Attribution of(Subject run, Batch batch, ChangeWindow window) {
    return new Attribution(
        run.state(window.start()).losses(batch, List.of()),
        run.state(window.end()).losses(batch, List.of()));
  }

  /** (ablated - intact) . d / |d|^2; NaN where the window changed nothing. */
  double of(float[][] intact, float[][] ablated) {
    return dot(intact, ablated) / squared;
  }

  /** (to - from) . d. */
  private double dot(float[][] from, float[][] to) {
    double sum = 0;
    for (int b = 0; b < start.length; b++) {
      for (int t = 0; t < start[b].length; t++) {
        sum += ((double) to[b][t] - from[b][t]) * ((double) end[b][t] - start[b][t]);
      }
    }
    return sum;
  }
}
