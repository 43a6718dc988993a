package refrain.model;

/** The non-linearity of the MLP. */
public enum Activation {
  RELU,
  /** x Phi(x), with the exact error function. */
  GELU,
  /** The tanh approximation of GELU: 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))). */
  GELU_TANH,
  /** silu(x W_gate) * (x W_in + b_in): the one gated kind. */
  SWIGLU;

  public boolean gated() {
    return this == SWIGLU;
  }
}
