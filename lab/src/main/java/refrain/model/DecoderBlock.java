package refrain.model;

import org.jspecify.annotations.Nullable;

/**
 * One block of a {@link Decoder}, with the keys and values of the positions read so far.
 *
 * <pre>
 * turned [n_ctx][kv heads * d_head]  keys after rotary positions: what smearing mixes in
 * keys   [n_ctx][kv heads * d_head]  keys as queries meet them: smeared
 * values [n_ctx][kv heads * d_head]
 * </pre>
 */
final class DecoderBlock {
  private final DecoderWeights weights;
  private final ModelSpec spec;
  private final int layer;
  private final String name;
  private final float[][] turned;
  private final float[][] keys;
  private final float[][] values;

  DecoderBlock(DecoderWeights weights, int layer) {
    this.weights = weights;
    this.spec = weights.spec();
    this.layer = layer;
    this.name = "blocks." + layer + ".";
    this.turned = new float[spec.nCtx()][];
    this.keys = new float[spec.nCtx()][];
    this.values = new float[spec.nCtx()][];
  }

  /**
   * Adds the block's outputs to the stream.
   *
   * @param x [d_model] the stream at this position
   * @param atQueriesAndKeys [d_model] added to the inputs of Q and K; null: nothing
   */
  void read(float[] x, float @Nullable [] atQueriesAndKeys, int position) {
    float[] attention = attention(weights.norm(name + "ln1", x), atQueriesAndKeys, position);
    if (!spec.hasMlp()) {
      DecoderWeights.add(x, attention);
    } else if (spec.parallelResidual()) {
      float[] mlp = mlp(weights.norm(name + "ln2", x));
      DecoderWeights.add(x, attention);
      DecoderWeights.add(x, mlp);
    } else {
      DecoderWeights.add(x, attention);
      DecoderWeights.add(x, mlp(weights.norm(name + "ln2", x)));
    }
  }

  private float[] attention(float[] y, float @Nullable [] positions, int t) {
    float[] qk = y;
    if (positions != null) {
      qk = y.clone();
      DecoderWeights.add(qk, positions);
    }
    float[] q = weights.linear(name + "attn.W_Q", name + "attn.b_Q", qk);
    rotate(q, t);
    turned[t] = weights.linear(name + "attn.W_K", name + "attn.b_K", qk);
    rotate(turned[t], t);
    keys[t] = smeared(t);
    values[t] = weights.linear(name + "attn.W_V", name + "attn.b_V", y);

    float[] z = new float[q.length];
    for (int h = 0; h < spec.nHeads(); h++) {
      mix(h, q, z, t);
    }
    return weights.linear(name + "attn.W_O", name + "attn.b_O", z);
  }

  /**
   * One head's softmax over the positions up to t that its layer sees, and its mix of their values.
   */
  private void mix(int h, float[] q, float[] z, int t) {
    int dHead = spec.dHead();
    int own = h * dHead;
    int shared = h / spec.group() * dHead;
    int first = spec.window(layer) == 0 ? 0 : Math.max(0, t + 1 - spec.window(layer));
    double[] p = new double[t + 1];
    double max = Double.NEGATIVE_INFINITY;
    for (int j = first; j <= t; j++) {
      double dot = 0;
      for (int c = 0; c < dHead; c++) {
        dot += q[own + c] * keys[j][shared + c];
      }
      p[j] = dot / Math.sqrt(dHead) + ReferencePositions.alibi(spec, h, t, j);
      max = Math.max(max, p[j]);
    }
    double sum = 0;
    for (int j = first; j <= t; j++) {
      p[j] = StrictMath.exp(p[j] - max);
      sum += p[j];
    }
    for (int j = first; j <= t; j++) {
      float weight = (float) (p[j] / sum);
      for (int c = 0; c < dHead; c++) {
        z[own + c] += weight * values[j][shared + c];
      }
    }
  }

  private float[] smeared(int t) {
    if (!spec.smear().on(layer)) {
      return turned[t];
    }
    int from = spec.smear().source(t);
    float[] k = new float[turned[t].length];
    for (int i = 0; i < k.length; i++) {
      double m = ReferenceMlp.logistic(weights.at(name + "attn.alpha", i / spec.dHead()));
      k[i] = (float) (m * turned[t][i] + (1 - m) * turned[from][i]);
    }
    return k;
  }

  private void rotate(float[] x, int t) {
    if (!(spec.positions() instanceof Positions.Rotary rotary)) {
      return;
    }
    int dims = spec.rotaryDims();
    int half = dims / 2;
    for (int i = 0; i < half; i++) {
      double angle = t * rotary.angle(i, dims);
      float cos = (float) StrictMath.cos(angle);
      float sin = (float) StrictMath.sin(angle);
      for (int from = i; from < x.length; from += spec.dHead()) {
        float a = x[from];
        float b = x[from + half];
        x[from] = a * cos - b * sin;
        x[from + half] = a * sin + b * cos;
      }
    }
  }

  private float[] mlp(float[] y) {
    float[] in = weights.linear(name + "mlp.W_in", name + "mlp.b_in", y);
    boolean gated = spec.activation().gated();
    float[] pre = gated ? weights.linear(name + "mlp.W_gate", null, y) : in;
    float[] post = new float[in.length];
    for (int i = 0; i < post.length; i++) {
      double value = ReferenceMlp.value(spec.activation(), pre[i]);
      post[i] = (float) (gated ? value * in[i] : value);
    }
    return weights.linear(name + "mlp.W_out", name + "mlp.b_out", post);
  }
}
