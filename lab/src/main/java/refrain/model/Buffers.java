package refrain.model;

import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.tensor.Kernels;
import refrain.tensor.Mat;

/**
 * The activations of one sequence, all layers, kept from the forward pass for the backward pass.
 * One set a thread, used again for each sequence, so that it stays in cache. Rows are positions.
 */
final class Buffers {
  private static final int BLOCK = Kernels.BLOCK;

  /** T. */
  final int context;

  final Layer[] layers;

  /** [T, d_model] */
  final Mat embed;

  /** [T, d_model] the stream after the last block. */
  final Mat last;

  final Normed lnFinal;

  /** [T, d_vocab], and after the loss their gradient. */
  final Mat logits;

  /** [d_head, T] keys (or values) of one head, transposed. */
  final Mat turned;

  /** [T, d_model] all heads together. */
  final Mat out;

  /** [T, any width] rows of zeros, from which products start. */
  final Mat zeros;

  /** [T, panel] a panel of the vocabulary's columns. */
  final Mat panel;

  private final ModelSpec spec;
  private @Nullable Gradients gradients;

  /**
   * What a norm leaves of its input x [T, d_model]; without norms both matrices are x.
   *
   * @param hat [T, d_model] normalised, before w and b
   * @param r [T] 1 / scale
   * @param out [T, d_model]
   */
  record Normed(Mat hat, float[] r, Mat out) {}

  /**
   * One head's columns of an activation, [T, d_head], or its pattern, [T, T], and what the products
   * of attention take of it, block by block of 16 rows.
   */
  static final class Head {
    final Mat whole;

    /** The rows of each block; of a pattern, without what lies right of the diagonal. */
    final Mat[] block;

    /** The rows of each block and all after it; of a pattern, the block's columns of them. */
    final Mat[] below;

    private Head(Mat whole, boolean pattern) {
      this.whole = whole;
      int context = whole.rows;
      int blocks = (context + BLOCK - 1) / BLOCK;
      block = new Mat[blocks];
      below = new Mat[blocks];
      for (int b = 0; b < blocks; b++) {
        int i0 = b * BLOCK;
        int end = Math.min(context, i0 + BLOCK);
        block[b] = whole.part(i0, 0, end - i0, pattern ? end : whole.columns);
        int columns = pattern ? end - i0 : whole.columns;
        below[b] = whole.part(i0, pattern ? i0 : 0, context - i0, columns);
      }
    }
  }

  /** Heads side by side, [T, heads d_head]. */
  private static Head[] heads(Mat x, int heads) {
    int dHead = x.columns / heads;
    Head[] each = new Head[heads];
    for (int h = 0; h < heads; h++) {
      each[h] = new Head(x.part(0, h * dHead, x.rows, dHead), false);
    }
    return each;
  }

  /** Patterns under one another, [heads T, T]. */
  private static Head[] patterns(Mat x) {
    Head[] each = new Head[x.rows / x.columns];
    for (int h = 0; h < each.length; h++) {
      each[h] = new Head(x.part(h * x.columns, 0, x.columns, x.columns), true);
    }
    return each;
  }

  /** One block's activations; those that a model lacks share another's array or are empty. */
  final class Layer {
    /** [T, d_model] the stream at the block's start. */
    final Mat resid = Mat.allocate(context, spec.dModel());

    /** What W_V reads. */
    final Normed ln1;

    /** [T, d_model] what W_Q and W_K read. */
    final Mat qkIn;

    /** [T, head d_head] */
    final Mat q = Mat.allocate(context, spec.nHeads() * spec.dHead());

    /** [T, kv head d_head] */
    final Mat k = Mat.allocate(context, spec.nKvHeads() * spec.dHead());

    final Mat v = Mat.allocate(context, spec.nKvHeads() * spec.dHead());
    final Mat rotQ;
    final Mat rotK;

    /** [T, kv head d_head] after smearing. */
    final Mat keys;

    /** [head T, T] */
    final Mat pattern = Mat.allocate(spec.nHeads() * context, context);

    /** [T, head d_head] */
    final Mat z = Mat.allocate(context, spec.nHeads() * spec.dHead());

    final Head[] rotQHeads;
    final Head[] keyHeads;
    final Head[] vHeads = heads(v, spec.nKvHeads());
    final Head[] patternHeads = patterns(pattern);
    final Head[] zHeads = heads(z, spec.nHeads());

    /** [T, d_model] what the MLP's norm reads. */
    final Mat mid;

    final Normed ln2;

    /** [T, d_mlp] what the non-linearity reads. */
    final Mat pre;

    /** [T, d_mlp] x W_in; the same as pre unless gated. */
    final Mat up;

    final Mat post;

    /** [T, d_model] */
    final Mat mlpOut;

    private Layer(int layer) {
      ln1 = normed(resid, spec.norm() != Norm.NONE);
      qkIn = spec.positions() instanceof Positions.Shortformer ? resid.like() : ln1.out();
      boolean rotary = spec.rotaryDims() > 0;
      rotQ = rotary ? q.like() : q;
      rotK = rotary ? k.like() : k;
      keys = spec.smear().on(layer) ? k.like() : rotK;
      rotQHeads = heads(rotQ, spec.nHeads());
      keyHeads = heads(keys, spec.nKvHeads());
      int rows = spec.hasMlp() ? context : 0;
      mid = spec.parallelResidual() ? resid : Mat.allocate(rows, spec.dModel());
      ln2 = normed(mid, spec.norm() != Norm.NONE);
      pre = Mat.allocate(rows, spec.dMlp());
      up = spec.activation().gated() ? pre.like() : pre;
      post = pre.like();
      mlpOut = Mat.allocate(rows, spec.dModel());
    }

    Mat of(Plan.Input input) {
      return switch (input) {
        case Q -> q;
        case K -> k;
        case V -> v;
      };
    }
  }

  /** Gradients on the way back, allocated at the first backward pass. */
  final class Gradients {
    final Mat stream = embed.like();
    final Mat out = embed.like();
    final Mat y = embed.like();
    final Mat q = layers[0].q.like();
    final Mat k = layers[0].k.like();
    final Mat v = layers[0].k.like();

    /** Before smearing; k itself where nothing is smeared. */
    final Mat keys = smeared() ? layers[0].k.like() : k;

    final Mat z = layers[0].q.like();
    final Mat pre = layers[0].pre.like();
    final Mat up = layers[0].pre.like();
    final Head[] qHeads = heads(q, spec.nHeads());
    final Head[] keyHeads = heads(keys, spec.nKvHeads());
    final Head[] vHeads = heads(v, spec.nKvHeads());
    final Head[] zHeads = heads(z, spec.nHeads());

    /** [T, T] of one head. */
    final Head pattern = patterns(Mat.allocate(context, context))[0];

    Mat of(Plan.Input input) {
      return switch (input) {
        case Q -> q;
        case K -> k;
        case V -> v;
      };
    }
  }

  Buffers(ModelSpec spec, int context, int panelWidth) {
    this.spec = spec;
    this.context = context;
    embed = Mat.allocate(context, spec.dModel());
    last = embed.like();
    lnFinal = normed(last, spec.hasFinalNorm());
    logits = Mat.allocate(context, spec.dVocab());
    turned = Mat.allocate(spec.dHead(), context);
    out = embed.like();
    int features = Math.max(spec.nHeads() * spec.dHead(), Math.max(spec.dModel(), spec.dMlp()));
    zeros = Mat.zeros(context, Math.max(spec.dVocab(), Math.max(features, context)));
    panel = Mat.packed(context, panelWidth, panelWidth);
    layers = new Layer[spec.nLayers()];
    for (int l = 0; l < layers.length; l++) {
      layers[l] = new Layer(l);
    }
  }

  private boolean smeared() {
    return IntStream.range(0, layers.length).anyMatch(spec.smear()::on);
  }

  /** Room for what a norm of x leaves, or x itself. */
  static Normed normed(Mat x, boolean norm) {
    return norm
        ? new Normed(x.like(), new float[x.rows], x.like())
        : new Normed(x, new float[0], x);
  }

  Gradients gradients() {
    Gradients made = gradients;
    if (made == null) {
      made = new Gradients();
      gradients = made;
    }
    return made;
  }

  /** The residual stream at the start of block l, or after the last one. */
  Mat stream(int l) {
    return l < layers.length ? layers[l].resid : last;
  }
}
