package refrain.model;

import org.jspecify.annotations.Nullable;

/** The parameters as a {@link Decoder} uses them: norms and products with one position's vector. */
final class DecoderWeights {
  private final Parameters parameters;
  private final float[] arena;

  DecoderWeights(Parameters parameters) {
    this.parameters = parameters;
    this.arena = parameters.arena();
  }

  ModelSpec spec() {
    return parameters.spec();
  }

  /** A copy of one row of a table, such as a token's embedding. */
  float[] row(String name, int row) {
    Parameter p = parameters.layout().get(name);
    float[] copy = new float[p.shape()[1]];
    System.arraycopy(arena, p.offset() + row * copy.length, copy, 0, copy.length);
    return copy;
  }

  /** Element i of a vector. */
  float at(String name, int i) {
    return arena[parameters.layout().get(name).at(i)];
  }

  /**
   * x W + b. The tensors of attention count as matrices: W_Q, W_K and W_V lie as [d_model, heads *
   * d_head], W_O as [heads * d_head, d_model].
   *
   * @param bias its name; left out where it is null or the model has none of that name
   * @param x [rows]
   * @return [size / rows]
   */
  float[] linear(String name, @Nullable String bias, float[] x) {
    Parameter w = parameters.layout().get(name);
    float[] y = new float[w.size() / x.length];
    if (bias != null && parameters.layout().has(bias)) {
      System.arraycopy(arena, parameters.layout().get(bias).offset(), y, 0, y.length);
    }
    for (int i = 0; i < x.length; i++) {
      int row = w.offset() + i * y.length;
      for (int o = 0; o < y.length; o++) {
        y[o] += x[i] * arena[row + o];
      }
    }
    return y;
  }

  /** W x: the tied unembedding. */
  float[] transposed(String name, float[] x) {
    Parameter w = parameters.layout().get(name);
    float[] y = new float[w.size() / x.length];
    for (int o = 0; o < y.length; o++) {
      int row = w.offset() + o * x.length;
      for (int i = 0; i < x.length; i++) {
        y[o] += x[i] * arena[row + i];
      }
    }
    return y;
  }

  /** The norm of that name; with {@link Norm#NONE} x itself. */
  float[] norm(String name, float[] x) {
    ModelSpec spec = spec();
    if (spec.norm() == Norm.NONE) {
      return x;
    }
    double mean = 0;
    if (spec.norm() == Norm.LAYER) {
      for (float v : x) {
        mean += v;
      }
      mean /= x.length;
    }
    double square = 0;
    for (float v : x) {
      square += (v - mean) * (v - mean);
    }
    double scale = Math.sqrt(square / x.length + spec.normEps());
    int w = parameters.layout().get(name + ".w").offset();
    boolean shifted = parameters.layout().has(name + ".b");
    int b = shifted ? parameters.layout().get(name + ".b").offset() : 0;
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (float) ((x[i] - mean) / scale) * arena[w + i] + (shifted ? arena[b + i] : 0);
    }
    return y;
  }

  /** into += x. */
  static void add(float[] into, float[] x) {
    for (int i = 0; i < into.length; i++) {
      into[i] += x[i];
    }
  }
}
