package refrain.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.tensor.Mat;
import refrain.tensor.Workers;

/**
 * The weight matrices of a model as the kernels want a right-hand side: in panels, both as they are
 * (for the forward pass) and transposed (for the backward pass). Packed anew for each step, which
 * costs two copies of the weights and saves every product from walking with a large stride.
 */
final class Packed {

  /** A weight matrix, its parameter and its two packed forms. */
  static final class Weight {
    final Parameter parameter;

    /** Where the map's bias lies in the arena; -1: it has none. */
    final int bias;

    final Mat forward;
    private final int index;
    private final int rows;
    private final int columns;
    private final boolean flipped;
    private final int panel;
    private @Nullable Mat backward;

    /** For x W with W [rows, columns]; flipped: for x W^T (the tied unembedding). */
    private Weight(
        Layout layout, String name, int index, int rows, int columns, boolean flipped, int panel) {
      this.parameter = layout.get(name);
      this.bias = layout.at(name.replace("W_", "b_"));
      this.index = index;
      this.rows = rows;
      this.columns = columns;
      this.flipped = flipped;
      this.panel = panel;
      this.forward = packed(flipped);
    }

    private Mat packed(boolean turned) {
      return Mat.packed(turned ? columns : rows, turned ? rows : columns, panel);
    }

    /** For gradients; made where the first one is taken. */
    Mat backward() {
      Mat known = backward;
      if (known == null) {
        known = packed(!flipped);
        backward = known;
      }
      return known;
    }

    /** Where the matrix lies in an array laid out like the arena. */
    private Mat in(float[] arena) {
      return Mat.of(arena, parameter.offset(), rows, columns, columns);
    }

    private void pack(float[] arena, boolean withBackward) {
      Mat from = in(arena);
      if (flipped) {
        forward.packTransposed(from);
      } else {
        forward.pack(from);
      }
      if (withBackward && flipped) {
        backward().pack(from);
      } else if (withBackward) {
        backward().packTransposed(from);
      }
    }
  }

  /** Where a norm's w and b lie in the arena; -1 where a model lacks them. */
  record NormAt(int w, int b) {}

  /**
   * The parameters of one block.
   *
   * @param alpha where the smear's lie in the arena; -1: none
   * @param mlp W_in, W_out, and W_gate where there is one; empty without an MLP
   */
  record Block(
      NormAt ln1,
      Weight wQ,
      Weight wK,
      Weight wV,
      int alpha,
      Weight wO,
      NormAt ln2,
      List<Weight> mlp) {
    Weight of(Plan.Input input) {
      return switch (input) {
        case Q -> wQ;
        case K -> wK;
        case V -> wV;
      };
    }

    Weight wIn() {
      return mlp.get(0);
    }

    Weight wOut() {
      return mlp.get(1);
    }

    Weight wGate() {
      return mlp.get(2);
    }
  }

  /** The gradient of a shard of the batch, and the matrices in it that products add to. */
  final class Shard {
    final float[] gradient;

    /** Panels of W_U's columns, as wide as the kernels'; none where it is tied. */
    final List<Mat> unembedding = new ArrayList<>();

    private final List<Mat> matrices = new ArrayList<>();
    private final List<Mat> inOrder;
    private final List<Mat> zeros = new ArrayList<>();
    private boolean fresh;

    private Shard(int length) {
      gradient = new float[length];
      for (Weight weight : all) {
        matrices.add(weight.in(gradient));
        zeros.add(Mat.zeros(weight.rows, weight.columns));
      }
      inOrder = matrices.stream().sorted(Comparator.comparingInt(m -> m.origin)).toList();
      Mat whole = of(wU);
      for (int j = 0; j < whole.columns && !wU.flipped; j += panel) {
        unembedding.add(whole.part(0, j, whole.rows, Math.min(panel, whole.columns - j)));
      }
    }

    Mat of(Weight weight) {
      return matrices.get(weight.index);
    }

    /** What the product that adds to a matrix, or to a part of it, starts from. */
    Mat start(Weight weight, Mat part) {
      return fresh ? zeros.get(weight.index) : part;
    }

    /**
     * Makes the gradient 0 before the first sequence. Where nothing but products adds to matrices,
     * those are left as they are, since the first product overwrites each: at size M that saves a
     * walk over 50 MB a step.
     */
    void begin(boolean productsOnly) {
      fresh = productsOnly;
      int from = 0;
      for (Mat matrix : inOrder) {
        Arrays.fill(gradient, from, matrix.origin, 0);
        from = productsOnly ? matrix.origin + matrix.rows * matrix.row : matrix.origin;
      }
      Arrays.fill(gradient, from, gradient.length, 0);
    }

    /** The next sequence adds to what is there. */
    void goOn() {
      fresh = false;
    }
  }

  final List<Block> blocks = new ArrayList<>();
  final NormAt lnFinal;
  final Weight wU;

  /** Where the tables lie in the arena; -1 where a model has none. */
  final int wE;

  final int wPos;
  private final List<Weight> all = new ArrayList<>();
  private final Layout layout;
  private final int panel;

  Packed(ModelSpec spec, Layout layout, int panel) {
    this.layout = layout;
    this.panel = panel;
    this.wE = layout.at("embed.W_E");
    this.wPos = layout.at("pos_embed.W_pos");
    this.lnFinal = norm("ln_final");
    int d = spec.dModel();
    int q = spec.nHeads() * spec.dHead();
    int kv = spec.nKvHeads() * spec.dHead();
    for (int l = 0; l < spec.nLayers(); l++) {
      String block = "blocks." + l + ".";
      List<Weight> mlp = new ArrayList<>();
      if (spec.hasMlp()) {
        mlp.add(weight(block + "mlp.W_in", d, spec.dMlp(), false));
        mlp.add(weight(block + "mlp.W_out", spec.dMlp(), d, false));
        if (spec.activation().gated()) {
          mlp.add(weight(block + "mlp.W_gate", d, spec.dMlp(), false));
        }
      }
      blocks.add(
          new Block(
              norm(block + "ln1"),
              weight(block + "attn.W_Q", d, q, false),
              weight(block + "attn.W_K", d, kv, false),
              weight(block + "attn.W_V", d, kv, false),
              layout.at(block + "attn.alpha"),
              weight(block + "attn.W_O", q, d, false),
              norm(block + "ln2"),
              mlp));
    }
    wU =
        spec.tied()
            ? weight("embed.W_E", spec.dVocab(), d, true)
            : weight("unembed.W_U", d, spec.dVocab(), false);
  }

  private Weight weight(String name, int rows, int columns, boolean flipped) {
    Weight w = new Weight(layout, name, all.size(), rows, columns, flipped, panel);
    all.add(w);
    return w;
  }

  private NormAt norm(String name) {
    return new NormAt(layout.at(name + ".w"), layout.at(name + ".b"));
  }

  Shard shard() {
    return new Shard(layout.length());
  }

  void pack(float[] arena, boolean withBackward, Workers workers) {
    workers.run(all.size(), (task, worker) -> all.get(task).pack(arena, withBackward));
  }
}
