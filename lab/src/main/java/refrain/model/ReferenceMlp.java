package refrain.model;

import org.hipparchus.special.Erf;
import org.jspecify.annotations.Nullable;

/**
 * The MLP of one block.
 *
 * <pre>
 * x    [T, d_model]   the stream's norm, ln2
 * in   [T, d_mlp]     x W_in + b_in
 * pre  [T, d_mlp]     in; SwiGLU: x W_gate
 * post [T, d_mlp]     act(pre); SwiGLU: silu(pre) * in
 * out  [T, d_model]   post W_out + b_out
 * </pre>
 */
final class ReferenceMlp {
  private final Activation activation;
  private final ReferenceWeights.Tensor wIn;
  private final ReferenceWeights.@Nullable Tensor wGate;
  private final ReferenceWeights.Tensor wOut;
  private final ReferenceWeights.@Nullable Tensor bIn;
  private final ReferenceWeights.@Nullable Tensor bOut;
  private final double[][] x;
  private final double[][] in;
  final double[][] pre;
  final double[][] post;
  final double[][] out;

  ReferenceMlp(ReferencePass pass, int layer, double[][] x) {
    ModelSpec spec = pass.spec();
    String name = "blocks." + layer + ".mlp.";
    this.activation = spec.activation();
    this.wIn = pass.weights().get(name + "W_in");
    this.wGate = pass.weights().find(name + "W_gate");
    this.wOut = pass.weights().get(name + "W_out");
    this.bIn = pass.weights().find(name + "b_in");
    this.bOut = pass.weights().find(name + "b_out");
    this.x = x;
    this.in = ReferenceLinear.forward(x, wIn, bIn, spec.dMlp());
    this.pre = wGate == null ? in : ReferenceLinear.forward(x, wGate, null, spec.dMlp());
    this.post = new double[x.length][spec.dMlp()];
    for (int t = 0; t < x.length; t++) {
      for (int m = 0; m < spec.dMlp(); m++) {
        post[t][m] = value(activation, pre[t][m]) * (wGate == null ? 1 : in[t][m]);
      }
    }
    this.out = ReferenceLinear.forward(post, wOut, bOut, spec.dModel());
  }

  /**
   * Adds to the gradients of the weights; returns that of x.
   *
   * @param dOut [T, d_model]
   */
  double[][] backward(double[][] dOut) {
    double[][] dPost = ReferenceLinear.backward(post, wOut, bOut, dOut);
    double[][] dPre = new double[x.length][dPost[0].length];
    double[][] dIn = wGate == null ? dPre : new double[x.length][dPost[0].length];
    for (int t = 0; t < x.length; t++) {
      for (int m = 0; m < dPost[t].length; m++) {
        double slope = slope(activation, pre[t][m]);
        if (wGate == null) {
          dPre[t][m] = dPost[t][m] * slope;
        } else {
          dPre[t][m] = dPost[t][m] * slope * in[t][m];
          dIn[t][m] = dPost[t][m] * value(activation, pre[t][m]);
        }
      }
    }
    double[][] dx = ReferenceLinear.backward(x, wIn, bIn, dIn);
    if (wGate != null) {
      ReferencePass.add(dx, ReferenceLinear.backward(x, wGate, null, dPre));
    }
    return dx;
  }

  private static final double TANH_CUBIC = 0.044715;
  private static final double TANH_SCALE = Math.sqrt(2 / Math.PI);

  /** The non-linearity; for SwiGLU that of the gate, silu(x) = x / (1 + exp(-x)). */
  static double value(Activation kind, double x) {
    return switch (kind) {
      case RELU -> Math.max(0, x);
      case GELU -> x * normalCdf(x);
      case GELU_TANH -> 0.5 * x * (1 + StrictMath.tanh(inner(x)));
      case SWIGLU -> x * logistic(x);
    };
  }

  /** Its derivative; ReLU's is 0 at 0. */
  static double slope(Activation kind, double x) {
    return switch (kind) {
      case RELU -> x > 0 ? 1 : 0;
      case GELU -> normalCdf(x) + x * StrictMath.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
      case GELU_TANH -> {
        double tanh = StrictMath.tanh(inner(x));
        double dInner = TANH_SCALE * (1 + 3 * TANH_CUBIC * x * x);
        yield 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh * tanh) * dInner;
      }
      case SWIGLU -> logistic(x) * (1 + x * (1 - logistic(x)));
    };
  }

  private static double inner(double x) {
    return TANH_SCALE * (x + TANH_CUBIC * x * x * x);
  }

  private static double normalCdf(double x) {
    return 0.5 * Erf.erfc(-x / Math.sqrt(2));
  }

  static double logistic(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }
}
