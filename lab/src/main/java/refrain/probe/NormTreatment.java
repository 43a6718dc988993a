package refrain.probe;

/**
 * What measures of weights do about the norms between them. The division by the standard deviation
 * is left out in both: it is a positive factor at each position, which no product of weights can
 * know.
 */
public enum NormTreatment {
  /** The weights as they are. */
  RAW,
  /**
   * Each weight that reads the residual stream through a norm has the norm's linear part folded in
   * (Elhage et al. 2021, "Handling layer normalization"): W becomes diag(w) W, and under layer norm
   * the mean over d_model is taken off first, (I - 1 1^T / d_model) diag(w) W.
   */
  FOLDED
}
