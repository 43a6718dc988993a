package refrain.model;

/**
 * Hears of what a {@link PromptPass} computes on its way; of one tree from one thread at a time.
 */
public interface PromptWatcher {
  PromptWatcher NONE = new PromptWatcher() {};

  /** Whether the attention of a layer is wanted. */
  default boolean wantsAttention(int layer) {
    return false;
  }

  /**
   * A row's attention.
   *
   * @param arm which of the pass' sets of heads is off
   * @param p the weights of positions 0 to the row's own stand from {@code at} on
   */
  default void attention(int arm, int tree, int layer, int head, int row, float[] p, int at) {}

  /** Whether the heads' mixes of values are wanted of a layer. */
  default boolean wantsMixes(int layer) {
    return false;
  }

  /**
   * The mix of values z of all heads of a row, before heads are taken off.
   *
   * @param z d_head values of each head stand from {@code at} on
   */
  default void mixes(int arm, int tree, int layer, int row, float[] z, int at) {}
}
