package refrain.model;

import org.jspecify.annotations.Nullable;
import refrain.tensor.Rows;

/**
 * The activations of one sequence, all layers, kept from the forward pass for the backward pass.
 * One set a thread, used again for each sequence, so that it stays in cache.
 *
 * <p>Rows are positions. Row strides are an odd number of 64-byte lines: with a power of two, the
 * column walks of the products would fall into a few sets of the cache.
 */
final class Buffers {
  /** Rows of attention handled together: scores right of the diagonal block are never computed. */
  static final int BLOCK = 16;

  final int t;
  final int ld;
  final int ldQ;
  final int ldKv;
  final int ldT;
  final int ldMlp;
  final int ldV;
  final Layer[] layers;
  final float[] embed;
  final float[] last;
  final float[] hatF;
  final float[] rF;
  final float[] yF;
  final float[] logits;

  /** [d_head, T] keys (or values) of one head, transposed. */
  final float[] turned;

  final float[] out;

  /** One block's activations; those that a model lacks share another's array or are empty. */
  final class Layer {
    /** [T, d_model] the stream at the block's start. */
    final float[] resid = Rows.allocate(t * ld);

    /** [T, d_model] normalised, before w and b. */
    final float[] hat1;

    /** [T] 1 / scale. */
    final float[] r1 = new float[t];

    /** [T, d_model] what W_V reads. */
    final float[] y1;

    /** [T, d_model] what W_Q and W_K read. */
    final float[] qkIn;

    /** [T, head, d_head] */
    final float[] q = Rows.allocate(t * ldQ);

    final float[] k = Rows.allocate(t * ldKv);
    final float[] v = Rows.allocate(t * ldKv);
    final float[] rotQ;
    final float[] rotK;

    /** [T, kv head, d_head] after smearing. */
    final float[] keys;

    /** [head, T, T] */
    final float[] pattern;

    final float[] z = Rows.allocate(t * ldQ);

    /** [T, d_model] what the MLP's norm reads. */
    final float[] mid;

    final float[] hat2;
    final float[] r2;
    final float[] y2;

    /** [T, d_mlp] what the non-linearity reads. */
    final float[] pre;

    /** [T, d_mlp] x W_in; the same as pre unless gated. */
    final float[] up;

    final float[] post;
    final float[] mlpOut;

    Layer(ModelSpec s, int l) {
      boolean norm = s.norm() != Norm.NONE;
      hat1 = norm ? Rows.allocate(t * ld) : resid;
      y1 = norm ? Rows.allocate(t * ld) : resid;
      qkIn = s.positions() instanceof Positions.Shortformer ? Rows.allocate(t * ld) : y1;
      boolean rotary = s.rotaryDims() > 0;
      rotQ = rotary ? Rows.allocate(t * ldQ) : q;
      rotK = rotary ? Rows.allocate(t * ldKv) : k;
      keys = s.smear().on(l) ? Rows.allocate(t * ldKv) : rotK;
      pattern = Rows.allocate(s.nHeads() * t * ldT);
      int rows = s.hasMlp() ? t : 0;
      mid = s.parallelResidual() ? resid : Rows.allocate(rows * ld);
      hat2 = norm ? Rows.allocate(rows * ld) : mid;
      r2 = new float[rows];
      y2 = norm ? Rows.allocate(rows * ld) : mid;
      pre = Rows.allocate(rows * ldMlp);
      up = s.activation().gated() ? Rows.allocate(rows * ldMlp) : pre;
      post = Rows.allocate(rows * ldMlp);
      mlpOut = Rows.allocate(rows * ld);
    }
  }

  /** Gradients on the way back, allocated at the first backward pass. */
  final class Gradients {
    final float[] stream = Rows.allocate(t * ld);
    final float[] out = Rows.allocate(t * ld);
    final float[] y = Rows.allocate(t * ld);
    final float[] y2 = Rows.allocate(t * ld);
    final float[] q = Rows.allocate(t * ldQ);
    final float[] k = Rows.allocate(t * ldKv);
    final float[] v = Rows.allocate(t * ldKv);
    final float[] keys = Rows.allocate(t * ldKv);
    final float[] z = Rows.allocate(t * ldQ);
    final float[] pattern = Rows.allocate(t * ldT);
    final float[] pre = Rows.allocate(t * ldMlp);
    final float[] up = Rows.allocate(t * ldMlp);
  }

  private @Nullable Gradients gradients;
  private float @Nullable [] panel;

  Buffers(ModelSpec s, int t) {
    this.t = t;
    this.ld = stride(s.dModel());
    this.ldQ = stride(s.nHeads() * s.dHead());
    this.ldKv = stride(s.nKvHeads() * s.dHead());
    this.ldT = stride(t);
    this.ldMlp = s.hasMlp() ? stride(s.dMlp()) : 0;
    this.ldV = stride(s.dVocab());
    embed = Rows.allocate(t * ld);
    last = Rows.allocate(t * ld);
    hatF = s.hasFinalNorm() ? Rows.allocate(t * ld) : embed;
    rF = new float[t];
    yF = s.hasFinalNorm() ? Rows.allocate(t * ld) : last;
    logits = Rows.allocate(t * ldV);
    turned = Rows.allocate(s.dHead() * ldT);
    out = Rows.allocate(t * ld);
    layers = new Layer[s.nLayers()];
    for (int l = 0; l < layers.length; l++) {
      layers[l] = new Layer(s, l);
    }
  }

  Gradients gradients() {
    Gradients g = gradients;
    if (g == null) {
      g = new Gradients();
      gradients = g;
    }
    return g;
  }

  /** [T, width] scratch for one panel of the vocabulary. */
  float[] panel(int width) {
    float[] p = panel;
    if (p == null) {
      p = Rows.allocate(t * width);
      panel = p;
    }
    return p;
  }

  /** The residual stream at the start of block l, or after the last one. */
  float[] stream(int l) {
    return l < layers.length ? layers[l].resid : last;
  }

  private static int stride(int n) {
    int lines = (n + 15) / 16;
    return 16 * (lines % 2 == 0 ? lines + 1 : lines);
  }
}
