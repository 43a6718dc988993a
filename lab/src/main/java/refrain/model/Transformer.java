package refrain.model;

import refrain.data.Batch;

/** A decoder-only transformer's arithmetic: the forward pass and the gradient. */
public interface Transformer extends AutoCloseable {
  /**
   * Losses of a batch.
   *
   * @param parameters laid out for the model that this computes
   * @param batch context at most n_ctx
   * @param plan what is edited, {@link Plan#NONE} for nothing
   * @param observer what is read, {@link Observer#NONE} for nothing
   * @return per-token losses [batch, T] in nats, cross entropy of the target at each position
   */
  float[][] forward(Parameters parameters, Batch batch, Plan plan, Observer observer);

  /**
   * Makes a pass to be edited further, many times.
   *
   * @param plan the pass's own edits
   */
  default KeptPass keep(Parameters parameters, Batch batch, Plan plan) {
    float[][] losses = forward(parameters, batch, plan, Observer.NONE);
    return new KeptPass() {
      @Override
      public float[][] losses() {
        return losses;
      }

      @Override
      public float[][] under(Plan more) {
        return forward(parameters, batch, plan.then(more), Observer.NONE);
      }
    };
  }

  /**
   * Losses of a batch and the gradient of their weighted mean.
   *
   * @param gradient overwritten; laid out like {@code parameters.arena()}
   * @return per-token losses [batch, T] in nats
   */
  float[][] gradient(Parameters parameters, Batch batch, Plan plan, float[] gradient);

  /** The weighted mean of per-token losses, in nats: the training loss. */
  static double mean(float[][] losses, Batch batch) {
    double sum = 0;
    double weight = 0;
    for (int b = 0; b < losses.length; b++) {
      for (int t = 0; t < losses[b].length; t++) {
        double w = batch.weights() == null ? 1 : batch.weights()[b][t];
        sum += w * losses[b][t];
        weight += w;
      }
    }
    return sum / weight;
  }

  @Override
  void close();
}
