package refrain.model;

/** Which linear maps have an additive bias. */
public enum Biases {
  NONE,
  /** b_in and b_out of the MLP only. */
  MLP,
  /** b_Q, b_K and b_V only. */
  QKV,
  /** b_Q, b_K, b_V, b_O, b_in and b_out: GPT-2 and Pythia. */
  ALL;

  public boolean onQkv() {
    return this == QKV || this == ALL;
  }

  public boolean onAttentionOutput() {
    return this == ALL;
  }

  public boolean onMlp() {
    return this == MLP || this == ALL;
  }
}
