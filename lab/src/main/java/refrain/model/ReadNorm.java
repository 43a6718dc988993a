package refrain.model;

import refrain.model.Buffers.Normed;
import refrain.model.Packed.NormAt;
import refrain.tensor.Kernels;
import refrain.tensor.Mat;

/**
 * A norm whose parameters were read on their own.
 *
 * @param theta its weights; then its biases, where it has them
 */
record ReadNorm(ModelSpec spec, float[] theta) {
  /**
   * Reads one.
   *
   * @param name such as {@code blocks.0.ln1}
   */
  static ReadNorm of(WeightSource weights, String name) {
    int d = weights.spec().dModel();
    boolean shifted = weights.spec().norm() == Norm.LAYER;
    float[] theta = new float[shifted ? 2 * d : d];
    weights.columns(name + ".w", 1, 0, d, theta, 0);
    if (shifted) {
      weights.columns(name + ".b", 1, 0, d, theta, d);
    }
    return new ReadNorm(weights.spec(), theta);
  }

  /** As {@link FusedCall#norm} does. */
  void norm(Kernels kernels, Mat x, Normed to) {
    NormAt at = new NormAt(0, theta.length > spec.dModel() ? spec.dModel() : -1);
    FusedCall.norm(kernels, spec, x, theta, at, to);
  }
}
