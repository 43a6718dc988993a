package refrain.model;

import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.model.Buffers.Normed;
import refrain.model.Packed.NormAt;
import refrain.tensor.Kernels;
import refrain.tensor.Mat;

/**
 * What the parts of the fused engine share during one call: the model, its parameters, the packed
 * weights, the kernels, the plan; and what more than one of them computes. Read-only.
 */
record FusedCall(
    ModelSpec spec,
    Kernels kernels,
    Packed packed,
    float[] arena,
    PlanIndex plan,
    Observer observer,
    Tables tables) {

  /** Fixed tables of positions. */
  static final class Tables {
    /** [n_ctx, d_model], or null. */
    final float @Nullable [] sinusoid;

    /** [n_ctx, dims/2] cosines and sines, or empty. */
    final float[] cos;

    final float[] sin;

    Tables(ModelSpec spec) {
      boolean sines = spec.positions() instanceof Positions.Sinusoidal;
      sinusoid = sines ? sinusoid(spec.nCtx(), spec.dModel()) : null;
      int half = spec.rotaryDims() / 2;
      cos = new float[spec.nCtx() * half];
      sin = new float[spec.nCtx() * half];
      if (spec.positions() instanceof Positions.Rotary(double base, int d, List<Double> divisors)) {
        for (int t = 0; t < spec.nCtx(); t++) {
          for (int i = 0; i < half; i++) {
            double angle = t * Math.pow(base, -(double) i / half);
            angle = divisors.isEmpty() ? angle : angle / divisors.get(i);
            cos[t * half + i] = (float) Math.cos(angle);
            sin[t * half + i] = (float) Math.sin(angle);
          }
        }
      }
    }

    private static float[] sinusoid(int nCtx, int dModel) {
      float[] table = new float[nCtx * dModel];
      for (int t = 0; t < nCtx; t++) {
        for (int i = 0; i < dModel; i++) {
          double angle = t / Math.pow(10000, (i - i % 2) / (double) dModel);
          table[t * dModel + i] = (float) (i % 2 == 0 ? Math.sin(angle) : Math.cos(angle));
        }
      }
      return table;
    }
  }

  boolean shortformer() {
    return spec.positions() instanceof Positions.Shortformer;
  }

  /** ALiBi's slope of a head; 0 under any other scheme. */
  float slope(int head) {
    return spec.positions() instanceof Positions.Alibi
        ? (float) Math.pow(2, -8.0 * (head + 1) / spec.nHeads())
        : 0;
  }

  /** The norm with these parameters; nothing without norms, where {@code to} holds x itself. */
  void norm(Mat x, NormAt at, Normed to) {
    norm(kernels, spec, x, arena, at, to);
  }

  /** The same with parameters that lie in any array. */
  static void norm(Kernels kernels, ModelSpec spec, Mat x, float[] theta, NormAt at, Normed to) {
    float eps = (float) spec.normEps();
    switch (spec.norm()) {
      case LAYER -> kernels.layerNorm(x, theta, at.w(), at.b(), eps, to.hat(), to.r(), to.out());
      case RMS -> kernels.rmsNorm(x, theta, at.w(), eps, to.hat(), to.r(), to.out());
      case NONE -> {}
    }
  }

  /**
   * The MLP's non-linearity, [rows, d_mlp].
   *
   * @param pre what it reads: the gate's map where there is one
   * @param up the map beside the gate
   * @param post may be either
   */
  static void activate(Kernels kernels, Activation activation, Mat pre, Mat up, Mat post) {
    float[] x = pre.data;
    float[] y = post.data;
    for (int i = 0; i < pre.rows; i++) {
      int at = pre.at(i);
      int to = post.at(i);
      switch (activation) {
        case RELU -> {
          for (int j = 0; j < pre.columns; j++) {
            y[to + j] = Math.max(0, x[at + j]);
          }
        }
        case GELU -> kernels.gelu(x, at, y, to, pre.columns);
        case GELU_TANH -> kernels.geluTanh(x, at, y, to, pre.columns);
        case SWIGLU -> kernels.swiglu(x, at, up.data, up.at(i), y, to, pre.columns);
      }
    }
  }

  /** The way back through {@link #norm}: adds to dx and to the parameters' gradient. */
  void normBack(Mat dy, NormAt at, Normed of, Mat dx, float[] part) {
    switch (spec.norm()) {
      case LAYER ->
          kernels.layerNormBackward(dy, of.hat(), of.r(), arena, at.w(), at.b(), dx, part);
      case RMS -> kernels.rmsNormBackward(dy, of.hat(), of.r(), arena, at.w(), dx, part);
      case NONE -> add(dx, dy, dx);
    }
  }

  /** Adds the rows of W_pos to those of x. */
  void addPositions(Mat x) {
    addRows(arena, packed.wPos, x);
  }

  /** Adds the rows of a table that starts at this place to those of x. */
  void addRows(float[] table, int offset, Mat x) {
    for (int i = 0; i < x.rows; i++) {
      kernels.add(table, offset + i * x.columns, x.data, x.at(i), x.columns);
    }
  }

  /** The way back through {@link #addPositions}: W_pos gets what x gets. */
  void positionsBack(Mat dx, float[] part) {
    for (int i = 0; i < dx.rows; i++) {
      kernels.add(dx.data, dx.at(i), part, packed.wPos + i * dx.columns, dx.columns);
    }
  }

  /** sum &lt;- x + y, all of one shape. */
  static void add(Mat x, Mat y, Mat sum) {
    for (int i = 0; i < x.rows; i++) {
      for (int j = x.at(i); j < x.at(i) + x.columns; j++) {
        sum.data[j] = x.data[j] + y.data[j];
      }
    }
  }

  /** Whether anything depends on a layer's queries and keys: not where all patterns are given. */
  boolean scored(int layer) {
    for (int h = 0; h < spec.nHeads(); h++) {
      if (!plan.replaced(layer, h)) {
        return true;
      }
    }
    return wants(HookKind.Q, layer)
        || wants(HookKind.K, layer)
        || wants(HookKind.ROT_Q, layer)
        || wants(HookKind.ROT_K, layer)
        || wants(HookKind.ATTN_SCORES, layer);
  }

  boolean wants(HookKind kind, int layer) {
    return observer.wants().contains(new HookPoint(kind, layer));
  }

  /** Shows an activation to whoever wants it: [T, width], split into heads where it has heads. */
  void show(int sequence, HookKind kind, int layer, Mat x) {
    if (wants(kind, layer)) {
      show(sequence, kind, layer, kind.perHead() ? ArrayView.of(x, spec.dHead()) : ArrayView.of(x));
    }
  }

  void show(int sequence, HookKind kind, int layer, View view) {
    observer.observe(sequence, new HookPoint(kind, layer), view);
  }
}
