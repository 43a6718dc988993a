package refrain.model;

import org.jspecify.annotations.Nullable;
import refrain.tensor.Kernels;

/**
 * What the parts of the fused engine share during one call: the model, where its parameters lie,
 * the packed weights, the kernels, the plan. Read-only.
 */
record Engine(
    ModelSpec spec,
    Kernels kernels,
    Packed packed,
    float[] arena,
    Slots slots,
    PlanIndex plan,
    Observer observer,
    Tables tables) {

  /** Offsets of the vectors in the arena, looked up once; -1 where a model lacks one. */
  static final class Slots {
    final int wE;
    final int wPos;
    final int lnFinalW;
    final int lnFinalB;
    final Block[] blocks;

    /** Offsets of one block. */
    record Block(
        int ln1W,
        int ln1B,
        int ln2W,
        int ln2B,
        int bQ,
        int bK,
        int bV,
        int bO,
        int alpha,
        int bIn,
        int bOut) {}

    Slots(ModelSpec s, Layout layout) {
      wE = layout.get("embed.W_E").offset();
      wPos = at(layout, "pos_embed.W_pos");
      lnFinalW = at(layout, "ln_final.w");
      lnFinalB = at(layout, "ln_final.b");
      blocks = new Block[s.nLayers()];
      for (int l = 0; l < blocks.length; l++) {
        String b = "blocks." + l + ".";
        blocks[l] =
            new Block(
                at(layout, b + "ln1.w"),
                at(layout, b + "ln1.b"),
                at(layout, b + "ln2.w"),
                at(layout, b + "ln2.b"),
                at(layout, b + "attn.b_Q"),
                at(layout, b + "attn.b_K"),
                at(layout, b + "attn.b_V"),
                at(layout, b + "attn.b_O"),
                at(layout, b + "attn.alpha"),
                at(layout, b + "mlp.b_in"),
                at(layout, b + "mlp.b_out"));
      }
    }

    private static int at(Layout layout, String name) {
      return layout.has(name) ? layout.get(name).offset() : -1;
    }
  }

  /** Fixed tables of positions. */
  static final class Tables {
    /** [n_ctx, d_model], or null. */
    final float @Nullable [] sinusoid;

    /** [n_ctx, dims/2] cosines and sines, or empty. */
    final float[] cos;

    final float[] sin;

    Tables(ModelSpec s) {
      sinusoid =
          s.positions() instanceof Positions.Sinusoidal ? sinusoid(s.nCtx(), s.dModel()) : null;
      int half = s.rotaryDims() / 2;
      cos = new float[s.nCtx() * half];
      sin = new float[s.nCtx() * half];
      if (s.positions() instanceof Positions.Rotary(double base, int dims)) {
        for (int t = 0; t < s.nCtx(); t++) {
          for (int i = 0; i < half; i++) {
            double angle = t * Math.pow(base, -(double) i / half);
            cos[t * half + i] = (float) Math.cos(angle);
            sin[t * half + i] = (float) Math.sin(angle);
          }
        }
      }
    }

    private static float[] sinusoid(int nCtx, int d) {
      float[] table = new float[nCtx * d];
      for (int t = 0; t < nCtx; t++) {
        for (int i = 0; i < d; i++) {
          double angle = t / Math.pow(10000, (i - i % 2) / (double) d);
          table[t * d + i] = (float) (i % 2 == 0 ? Math.sin(angle) : Math.cos(angle));
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

  boolean wants(HookKind kind, int layer) {
    return observer.wants().contains(new HookPoint(kind, layer));
  }
}
