package refrain.train;

import refrain.model.ModelSpec;
import refrain.model.Positions;

/**
 * The three models whose training steps are timed: attention-only, 2 layers, layer norm, learned
 * positions, untied; 4,096 tokens a step each.
 */
public enum BenchShape {
  /** A toy: two heads, a context of 128. */
  T(64, 2, 128, 64, 32),
  /** Small: the scale of the code runs. */
  S(128, 4, 256, 512, 16),
  /** Medium: bound by its matrix products. */
  M(256, 8, 256, 4096, 16);

  private static final int LAYERS = 2;

  private final int dModel;
  private final int heads;
  private final int context;
  private final int vocabulary;
  private final int batch;

  BenchShape(int dModel, int heads, int context, int vocabulary, int batch) {
    this.dModel = dModel;
    this.heads = heads;
    this.context = context;
    this.vocabulary = vocabulary;
    this.batch = batch;
  }

  public ModelSpec model() {
    return ModelSpec.attentionOnly(LAYERS, dModel, heads, context, vocabulary)
        .with(m -> m.positions = new Positions.Learned(0.02));
  }

  /** Sequences in a step. */
  public int batch() {
    return batch;
  }

  /** Positions of a sequence that are predicted. */
  public int context() {
    return context;
  }

  public int vocabulary() {
    return vocabulary;
  }

  /** Predicted positions of a step. */
  public int tokens() {
    return batch * context;
  }

  /**
   * Floating-point operations that a step cannot do without, a multiplication and its addition
   * counted as two. The dense products cost 2 for each weight and token forward and 4 backward
   * (gradients of the input and of the weight). Attention has 2 products forward (scores, mix of
   * values) and 4 backward, each 2 d_model for every pair of positions i &gt;= j. Everything else
   * (norms, softmax, cross entropy, AdamW) counts as nothing.
   */
  public double flops() {
    double weights = LAYERS * 4.0 * dModel * dModel + (double) dModel * vocabulary;
    double pairs = context * (context + 1) / 2.0;
    return 6 * weights * tokens() + 6 * 2.0 * dModel * pairs * LAYERS * batch;
  }
}
