package refrain.model;

import refrain.base.RefrainException;

/**
 * Weights set by hand, so that what each head does is known: for teaching, and for testing
 * measures. No norms, shortformer positions, every number 0 unless set here.
 *
 * <p>The residual stream of all of them is four one-hot subspaces side by side, d_model = 3 V + T:
 *
 * <pre>
 * token     [0, V)             which token stands here (W_E)
 * position  [V, V + T)         where; in the inputs of Q and K only (W_pos)
 * previous  [V + T, 2 V + T)   which token stood before (written by the previous-token head)
 * output    [2 V + T, 3 V + T) which token comes next (read by W_U)
 * </pre>
 */
public final class HandBuilt {
  /** The score of a match, against 0 elsewhere: other keys get e^-40 of the attention. */
  private static final double SHARPNESS = 40;

  private final Parameters parameters;
  private final int position;
  private final int previous;
  private final int output;

  private HandBuilt(int layers, int heads, int vocab, int context, double logit) {
    if (vocab < 2 || context < 2) {
      throw RefrainException.badInput(
          "hand-built model: vocabulary "
              + vocab
              + " and context "
              + context
              + ", expected at least 2 of each");
    }
    this.position = vocab;
    this.previous = vocab + context;
    this.output = 2 * vocab + context;
    ModelSpec spec =
        ModelSpec.attentionOnly(layers, 3 * vocab + context, heads, context, vocab)
            .with(
                m -> m.dHead = Math.max(vocab, context),
                m -> m.norm = Norm.NONE,
                m -> m.finalNorm = false);
    this.parameters = Parameters.zeros(spec);
    for (int v = 0; v < vocab; v++) {
      set("embed.W_E", 1, v, v);
      set("unembed.W_U", logit, output + v, v);
    }
    for (int t = 0; t < context; t++) {
      set("pos_embed.W_pos", 1, t, position + t);
    }
  }

  /**
   * Two layers of two heads: L0H0 is a perfect previous-token head, L1H0 a perfect induction head
   * that reads it through its keys (K-composition). After A B ... A it puts the probability 1 - (V
   * - 1) e^-20 on B; after several earlier occurrences it averages over them. L0H1 and L1H1 attend
   * uniformly and write nothing.
   *
   * <p>L1H0 gives position 0 no attention beyond its own: nothing stands before it, so the
   * previous-token head wrote its own token there.
   */
  public static Parameters induction(int vocab, int context) {
    return induction(2, 1, vocab, context);
  }

  /**
   * The same with more heads: the first of layer 1 share the work, each of them a perfect induction
   * head that writes as large a part. The others attend uniformly and write nothing.
   *
   * @param heads in each layer
   * @param sharing of layer 1, at least one
   */
  public static Parameters induction(int heads, int sharing, int vocab, int context) {
    return induction(2, heads, sharing, vocab, context, SHARPNESS, 20).parameters;
  }

  private static HandBuilt induction(
      int layers, int heads, int sharing, int vocab, int context, double sharpness, double logit) {
    HandBuilt b = new HandBuilt(layers, heads, vocab, context, logit);
    double sharp = sharpness * Math.sqrt(b.parameters.spec().dHead());
    for (int t = 0; t < context; t++) {
      b.set("blocks.0.attn.W_Q", sharp, 0, b.position + t, t);
      if (t + 1 < context) {
        b.set("blocks.0.attn.W_K", 1, 0, b.position + t, t + 1);
      }
    }
    for (int v = 0; v < vocab; v++) {
      b.set("blocks.0.attn.W_V", 1, 0, v, v);
      b.set("blocks.0.attn.W_O", 1, 0, v, b.previous + v);
      for (int h = 0; h < sharing; h++) {
        b.set("blocks.1.attn.W_Q", sharp, h, v, v);
        b.set("blocks.1.attn.W_K", 1, h, b.previous + v, v);
        b.set("blocks.1.attn.W_K", -1, h, b.position, v);
        b.set("blocks.1.attn.W_V", 1, h, v, v);
        b.set("blocks.1.attn.W_O", 1.0 / sharing, h, v, b.output + v);
      }
    }
    return b;
  }

  /** How a second match uses what the first one found. */
  public enum Passed {
    /** It makes the same match again and reads what was found there: A, then B's own finding. */
    AS_VALUE,
    /** It looks for the token that was found, wherever it was said. */
    AS_QUERY
  }

  /**
   * Three layers of two heads that copy where two matches are needed: after B C ... A B ... A they
   * put C. L0H0 and L1H0 are the circuit of {@link #induction}; L2H0 uses what L1H0 found and
   * writes twice as much. As a query it finds every place behind B, those behind the later B as
   * well, and averages over them.
   */
  public static Parameters twoHops(Passed passed, int vocab, int context) {
    HandBuilt b = induction(3, 2, 1, vocab, context, SHARPNESS, 20);
    double sharp = SHARPNESS * Math.sqrt(b.parameters.spec().dHead());
    boolean value = passed == Passed.AS_VALUE;
    for (int v = 0; v < vocab; v++) {
      b.set("blocks.2.attn.W_Q", sharp, 0, value ? v : b.output + v, v);
      b.set("blocks.2.attn.W_K", 1, 0, b.previous + v, v);
      b.set("blocks.2.attn.W_K", -1, 0, b.position, v);
      b.set("blocks.2.attn.W_V", 1, 0, value ? b.output + v : v, v);
      b.set("blocks.2.attn.W_O", 2, 0, v, b.output + v);
    }
    return b.parameters;
  }

  /** What else than the circuit a model that knows how to copy has. */
  public enum Beside {
    /** Heads that attend uniformly and write nothing. */
    NOTHING,
    /** L1H1 is a second induction head, as good as L1H0; either of them alone would do. */
    SECOND,
    /**
     * L1H2 copies the tokens of the whole context, five times as large as the circuit writes, to
     * where nothing reads them.
     */
    DECOY,
    /**
     * L1H2 writes the same in every sequence and at every position: what takes a large logit, which
     * the embeddings of all tokens give to token 0, away again.
     */
    CONSTANT
  }

  /**
   * Two layers of three heads with the circuit of {@link #induction}, L0H0 and L1H0, and something
   * beside it.
   *
   * @param sharpness the score of a match, nats; 40 leaves nothing of attention elsewhere, and no
   *     gradient
   * @param logit of what is copied
   */
  public static Parameters circuit(
      Beside beside, int vocab, int context, double sharpness, double logit) {
    HandBuilt b =
        induction(2, 3, beside == Beside.SECOND ? 2 : 1, vocab, context, sharpness, logit);
    for (int v = 0; v < vocab; v++) {
      switch (beside) {
        case NOTHING -> {}
        case SECOND -> {
          b.set("blocks.1.attn.W_O", 1, 0, v, b.output + v);
          b.set("blocks.1.attn.W_O", 1, 1, v, b.output + v);
        }
        case DECOY -> {
          b.set("blocks.1.attn.W_V", 1, 2, v, v);
          b.set("blocks.1.attn.W_O", 5, 2, v, b.previous + v);
        }
        case CONSTANT -> {
          b.set("embed.W_E", 2, v, b.output);
          b.set("blocks.1.attn.W_V", 1, 2, v, 0);
          b.set("blocks.1.attn.W_O", -2, 2, 0, b.output);
        }
      }
    }
    return b.parameters;
  }

  /**
   * One layer of two heads, both attending uniformly: L0H0 raises the logits of the tokens it
   * attends to (its OV circuit is the identity), L0H1 lowers them by half as much.
   */
  public static Parameters copying(int vocab, int context) {
    HandBuilt b = new HandBuilt(1, 2, vocab, context, 1);
    for (int v = 0; v < vocab; v++) {
      for (int h = 0; h < 2; h++) {
        b.set("blocks.0.attn.W_V", 1, h, v, v);
        b.set("blocks.0.attn.W_O", h == 0 ? 1 : -.5, h, v, b.output + v);
      }
    }
    return b.parameters;
  }

  /**
   * One layer of two heads, of which L0H0 looks a fixed distance back whatever stands there, and
   * copies nothing; where nothing is so far back it attends uniformly. L0H1 always does.
   */
  public static Parameters lookingBack(int distance, int vocab, int context) {
    HandBuilt b = new HandBuilt(1, 2, vocab, context, 1);
    double sharp = SHARPNESS * Math.sqrt(b.parameters.spec().dHead());
    for (int t = distance; t < context; t++) {
      b.set("blocks.0.attn.W_Q", sharp, 0, b.position + t, t);
      b.set("blocks.0.attn.W_K", 1, 0, b.position + t - distance, t);
    }
    return b.parameters;
  }

  /**
   * One layer of one head that matches its token with keys. Smeared wholly from the position
   * before, a key is that of the token before, and the head is a perfect induction head; with keys
   * of their own positions it looks at the earlier occurrences of its token themselves.
   */
  public static Parameters matching(boolean smeared, int vocab, int context) {
    HandBuilt b = new HandBuilt(1, 1, vocab, context, 1);
    double sharp = SHARPNESS * Math.sqrt(b.parameters.spec().dHead());
    for (int v = 0; v < vocab; v++) {
      b.set("blocks.0.attn.W_Q", sharp, 0, v, v);
      b.set("blocks.0.attn.W_K", 1, 0, v, v);
    }
    if (!smeared) {
      return b.parameters;
    }
    Parameters from = b.parameters;
    Parameters to =
        Parameters.zeros(from.spec().with(m -> m.smear = Smear.from(Smear.From.PREVIOUS)));
    for (Parameter p : from.layout().all()) {
      Parameters.write(to.layout().get(p.name()), Parameters.read(p, from.arena()), to.arena());
    }
    to.arena()[to.layout().get("blocks.0.attn.alpha").offset()] = -40; // nothing of its own
    return to;
  }

  /**
   * One layer of one head that attends to every position up to its own alike, and writes nothing:
   * every loss is log V.
   */
  public static Parameters uniform(int vocab, int context) {
    return new HandBuilt(1, 1, vocab, context, 1).parameters;
  }

  private void set(String name, double value, int... index) {
    Parameter p = parameters.layout().get(name);
    int at = p.offset();
    for (int axis = 0; axis < index.length; axis++) {
      at += index[axis] * p.strides()[axis];
    }
    parameters.arena()[at] = (float) value;
  }
}
