package refrain.model;

/**
 * A forward pass over a batch that is kept, for passes that are edited further: those of which the
 * first edit stands high in the model take over what lies below it. Of use while the parameters and
 * the batch stay as they were. Not for use by several threads at once.
 */
public interface KeptPass {
  /** Per-token losses of the pass itself, [batch, T] in nats; not to be written into. */
  float[][] losses();

  /**
   * Losses under the pass's own plan and then another: the bits of {@link Transformer#forward}
   * under {@link Plan#then}.
   *
   * @param more what is edited beside, after the edits of the pass
   * @return per-token losses [batch, T] in nats
   */
  float[][] under(Plan more);
}
