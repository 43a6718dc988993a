package refrain.model;

import org.jspecify.annotations.Nullable;

/**
 * The norm, position by position.
 *
 * <pre>
 * LAYER  hat = (x - mean(x)) / scale, scale = sqrt(variance(x) + eps), out = hat * w + b
 * RMS    hat = x / scale,             scale = sqrt(mean(x^2) + eps),   out = hat * w
 * NONE   out = x
 * </pre>
 */
final class ReferenceNorm {
  private final Norm kind;
  private final ReferenceWeights.@Nullable Tensor w;
  private final ReferenceWeights.@Nullable Tensor b;

  /** [T] */
  final double[] scale;

  /** [T, d_model] */
  final double[][] out;

  private final double[][] hat;

  /**
   * @param name ln_final or blocks.0.ln1
   * @param x [T, d_model]
   */
  ReferenceNorm(ReferencePass pass, String name, double[][] x) {
    this.kind = pass.spec().norm();
    this.w = pass.weights().find(name + ".w");
    this.b = pass.weights().find(name + ".b");
    this.scale = new double[x.length];
    this.hat = new double[x.length][];
    this.out = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      normalise(x[t], pass.spec().normEps(), t);
    }
  }

  /** Shows scale and out; without a norm there is no such place. */
  void show(ReferencePass pass, HookKind scaleKind, HookKind normalized, int layer) {
    if (kind != Norm.NONE) {
      pass.show(scaleKind, layer, scale);
      pass.show(normalized, layer, out);
    }
  }

  private void normalise(double[] x, double eps, int t) {
    int d = x.length;
    double mean = 0;
    if (kind == Norm.LAYER) {
      for (double v : x) {
        mean += v / d;
      }
    }
    double square = 0;
    for (double v : x) {
      square += (v - mean) * (v - mean) / d;
    }
    scale[t] = kind == Norm.NONE ? 1 : Math.sqrt(square + eps);
    hat[t] = new double[d];
    out[t] = new double[d];
    for (int i = 0; i < d; i++) {
      hat[t][i] = (x[i] - mean) / scale[t];
      out[t][i] = hat[t][i] * (w == null ? 1 : w.at(i)) + (b == null ? 0 : b.at(i));
    }
  }

  /**
   * Adds to the gradients of w and b; returns that of x.
   *
   * @param dOut [T, d_model]
   */
  double[][] backward(double[][] dOut) {
    double[][] dx = new double[dOut.length][];
    for (int t = 0; t < dOut.length; t++) {
      dx[t] = backward(dOut[t], t);
    }
    return dx;
  }

  private double[] backward(double[] dOut, int t) {
    int d = dOut.length;
    double[] dHat = new double[d];
    double mean = 0;
    double along = 0;
    for (int i = 0; i < d; i++) {
      if (w != null) {
        w.addGradient(dOut[i] * hat[t][i], i);
      }
      if (b != null) {
        b.addGradient(dOut[i], i);
      }
      dHat[i] = dOut[i] * (w == null ? 1 : w.at(i));
      mean += dHat[i] / d;
      along += dHat[i] * hat[t][i] / d;
    }
    // The scale (and the mean) depend on x too: what points along hat (and along 1) is lost.
    double[] dx = new double[d];
    for (int i = 0; i < d; i++) {
      dx[i] =
          switch (kind) {
            case NONE -> dHat[i];
            case RMS -> (dHat[i] - along * hat[t][i]) / scale[t];
            case LAYER -> (dHat[i] - mean - along * hat[t][i]) / scale[t];
          };
    }
    return dx;
  }
}
