package refrain.model;

/**
 * The places in a forward pass that can be read, in the order in which they are computed, under
 * TransformerLens' names. Shapes are per sequence; T is the context.
 */
public enum HookKind {
  /** [T, d_model] the token embedding. */
  EMBED("hook_embed", Scope.MODEL, true),
  /** [T, d_model] what positions add: to the residual stream, or to the inputs of Q and K. */
  POS_EMBED("hook_pos_embed", Scope.MODEL, false),
  /** [T, d_model] the residual stream at the block's start. */
  RESID_PRE("hook_resid_pre", Scope.BLOCK, true),
  /** [T] the standard deviation (or root mean square) that ln1 divides by. */
  LN1_SCALE("ln1.hook_scale", Scope.BLOCK, false),
  /** [T, d_model] what ln1 gives. */
  LN1_NORMALIZED("ln1.hook_normalized", Scope.BLOCK, false),
  /** [T, head, d_head] queries before rotary positions. */
  Q("attn.hook_q", Scope.BLOCK, true),
  /** [T, kv head, d_head] keys before rotary positions and smearing. */
  K("attn.hook_k", Scope.BLOCK, true),
  /** [T, kv head, d_head] values. */
  V("attn.hook_v", Scope.BLOCK, true),
  /** [T, head, d_head] queries as they meet the keys. */
  ROT_Q("attn.hook_rot_q", Scope.BLOCK, false),
  /** [T, kv head, d_head] keys as they meet the queries: after rotary positions and smearing. */
  ROT_K("attn.hook_rot_k", Scope.BLOCK, false),
  /** [head, T query, T key] scores before the softmax, biases in, -infinity above the diagonal. */
  ATTN_SCORES("attn.hook_attn_scores", Scope.BLOCK, false),
  /** [head, T query, T key] attention, after any edit of it. */
  PATTERN("attn.hook_pattern", Scope.BLOCK, false),
  /** [T, head, d_head] the pattern's mix of values. */
  Z("attn.hook_z", Scope.BLOCK, true),
  /** [T, head, d_model] each head's own output, z_h W_O[h]. */
  RESULT("attn.hook_result", Scope.BLOCK, false),
  /** [T, d_model] all heads together, bias in. */
  ATTN_OUT("hook_attn_out", Scope.BLOCK, true),
  /** [T, d_model] the residual stream between attention and MLP. */
  RESID_MID("hook_resid_mid", Scope.BLOCK, false),
  /** [T] what ln2 divides by. */
  LN2_SCALE("ln2.hook_scale", Scope.BLOCK, false),
  /** [T, d_model] what ln2 gives. */
  LN2_NORMALIZED("ln2.hook_normalized", Scope.BLOCK, false),
  /** [T, d_mlp] before the non-linearity (SwiGLU: the gate, x W_gate). */
  MLP_PRE("mlp.hook_pre", Scope.BLOCK, false),
  /** [T, d_mlp] after the non-linearity (SwiGLU: after the product). */
  MLP_POST("mlp.hook_post", Scope.BLOCK, false),
  /** [T, d_model] the MLP's output, bias in. */
  MLP_OUT("hook_mlp_out", Scope.BLOCK, true),
  /** [T, d_model] the residual stream at the block's end. */
  RESID_POST("hook_resid_post", Scope.BLOCK, false),
  /** [T] what the final norm divides by. */
  FINAL_SCALE("ln_final.hook_scale", Scope.MODEL, false),
  /** [T, d_model] what the final norm gives. */
  FINAL_NORMALIZED("ln_final.hook_normalized", Scope.MODEL, false),
  /** [T, d_vocab] the logits. */
  LOGITS("logits", Scope.MODEL, false);

  /** Whether there is one such place, or one in every block. */
  enum Scope {
    MODEL,
    BLOCK
  }

  private final String suffix;
  private final Scope scope;
  private final boolean editable;

  HookKind(String suffix, Scope scope, boolean editable) {
    this.suffix = suffix;
    this.scope = scope;
    this.editable = editable;
  }

  public boolean inBlock() {
    return scope == Scope.BLOCK;
  }

  boolean afterBlocks() {
    return !inBlock() && compareTo(RESID_POST) > 0;
  }

  /** Whether {@link Plan.OutputEdit} may stand here. */
  public boolean editable() {
    return editable;
  }

  /** Whether the activation has one row per query head or key head. */
  public boolean perHead() {
    return switch (this) {
      case Q, K, V, ROT_Q, ROT_K, ATTN_SCORES, PATTERN, Z, RESULT -> true;
      default -> false;
    };
  }

  String suffix() {
    return suffix;
  }

  /** Whether models of this kind have such a place. */
  boolean in(ModelSpec spec) {
    return switch (this) {
      case POS_EMBED ->
          !(spec.positions() instanceof Positions.None
              || spec.positions() instanceof Positions.Rotary
              || spec.positions() instanceof Positions.Alibi);
      case LN1_SCALE, LN1_NORMALIZED -> spec.norm() != Norm.NONE;
      case LN2_SCALE, LN2_NORMALIZED -> spec.norm() != Norm.NONE && spec.hasMlp();
      case MLP_PRE, MLP_POST, MLP_OUT -> spec.hasMlp();
      case RESID_MID -> spec.hasMlp() && !spec.parallelResidual();
      case FINAL_SCALE, FINAL_NORMALIZED -> spec.hasFinalNorm();
      default -> true;
    };
  }
}
