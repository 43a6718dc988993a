package refrain.train.bench;

/** What a training step spends its time on, in the order of tables. */
public enum Work {
  DENSE_FORWARD("projections forward", true),
  DENSE_INPUTS("projections, gradient of inputs", true),
  DENSE_WEIGHTS("projections, gradient of weights", true),
  UNEMBED_FORWARD("unembedding forward", true),
  UNEMBED_INPUTS("unembedding, gradient of inputs", true),
  UNEMBED_WEIGHTS("unembedding, gradient of weights", true),
  SCORES("attention scores", true),
  MIX("attention mix of values", true),
  PATTERN_GRADIENT("attention, gradient of pattern", true),
  QUERY_GRADIENT("attention, gradient of queries", true),
  KEY_VALUE_GRADIENT("attention, gradient of keys, values", true),
  SOFTMAX("softmax", false),
  SOFTMAX_BACKWARD("softmax, backward", false),
  CROSS_ENTROPY("cross-entropy and its gradient", false),
  NORM("norms", false),
  NORM_BACKWARD("norms, backward", false),
  ACTIVATION("activations and their gradients", false),
  OPTIMIZER("optimiser", false),
  /** Packing of weights, copies, sums, embeddings, and adding up the shards. */
  REST("the rest", false);

  private final String words;
  private final boolean product;

  Work(String words, boolean product) {
    this.words = words;
    this.product = product;
  }

  /** Whether it is a matrix product. */
  public boolean product() {
    return product;
  }

  /** Whether it is a product of attention, whose sizes change from block to block. */
  boolean attention() {
    return compareTo(SCORES) >= 0 && compareTo(KEY_VALUE_GRADIENT) <= 0;
  }

  @Override
  public String toString() {
    return words;
  }
}
