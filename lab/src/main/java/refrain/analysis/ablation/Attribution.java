package refrain.analysis.ablation;

/**
 * Before-and-after attribution (Olsson et al. 2022, Argument 3): how much an ablation changes the
 * losses along the direction in which the phase change changed them.
 *
 * <p>d = loss at the window's end - loss at its start, v = d / |d|; the attribution is (loss
 * ablated - loss intact) . v, here divided by |d| once more: -1 undoes all that the window brought,
 * whatever the number of tokens. The paper's vectors hold one token of each of 10,000 examples;
 * ours hold every token of the batch.
 *
 * @param change d, losses [batch, T] in nats
 */
record Attribution(float[][] change) {
  /** (ablated - intact) . d / |d|^2; NaN where the window changed nothing. */
  double of(float[][] intact, float[][] ablated) {
    double along = 0;
    double squared = 0;
    for (int b = 0; b < change.length; b++) {
      for (int t = 0; t < change[b].length; t++) {
        double d = change[b][t];
        along += ((double) ablated[b][t] - intact[b][t]) * d;
        squared += d * d;
      }
    }
    return along / squared;
  }
}
