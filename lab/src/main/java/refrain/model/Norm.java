package refrain.model;

/** What normalises the residual stream before each sub-layer and before the unembedding. */
public enum Norm {
  NONE,
  /** (x - mean) / sqrt(variance + eps) * w + b, over d_model. */
  LAYER,
  /** x / sqrt(mean(x^2) + eps) * w, over d_model. */
  RMS
}
