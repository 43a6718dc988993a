package refrain.model;

import org.jspecify.annotations.Nullable;

/** A linear map of each position: out[t, o] = sum over i of x[t, i] W[i, o], + b[o]. */
final class ReferenceLinear {
  private ReferenceLinear() {}

  /**
   * @param x [T, width]
   * @param w [width, outputs]
   * @param b [outputs], or null
   * @return [T, outputs]
   */
  static double[][] forward(
      double[][] x, ReferenceWeights.Tensor w, ReferenceWeights.@Nullable Tensor b, int outputs) {
    double[][] out = new double[x.length][outputs];
    for (int t = 0; t < x.length; t++) {
      for (int o = 0; o < outputs; o++) {
        double sum = b == null ? 0 : b.at(o);
        for (int i = 0; i < x[t].length; i++) {
          sum += x[t][i] * w.at(i, o);
        }
        out[t][o] = sum;
      }
    }
    return out;
  }

  /**
   * Adds to the gradients of W and b; returns that of x.
   *
   * @param dOut [T, outputs]
   */
  static double[][] backward(
      double[][] x,
      ReferenceWeights.Tensor w,
      ReferenceWeights.@Nullable Tensor b,
      double[][] dOut) {
    double[][] dx = new double[x.length][x[0].length];
    backward(x, w, b, dOut, dx);
    return dx;
  }

  /** The same, and adds to the gradient of x. */
  static void backward(
      double[][] x,
      ReferenceWeights.Tensor w,
      ReferenceWeights.@Nullable Tensor b,
      double[][] dOut,
      double[][] dx) {
    for (int t = 0; t < x.length; t++) {
      for (int o = 0; o < dOut[t].length; o++) {
        if (b != null) {
          b.addGradient(dOut[t][o], o);
        }
        for (int i = 0; i < x[t].length; i++) {
          w.addGradient(x[t][i] * dOut[t][o], i, o);
          dx[t][i] += w.at(i, o) * dOut[t][o];
        }
      }
    }
  }
}
