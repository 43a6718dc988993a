package refrain.model;

import static refrain.tensor.Rows.ORIGIN;

import java.util.Arrays;
import refrain.model.Buffers.Layer;
import refrain.model.Packed.Weight;
import refrain.model.Plan.OutputEdit;
import refrain.tensor.Kernels;

/** One sequence's way back: adds its gradient to a shard's. Mirrors {@link FusedForward}. */
final class FusedBackward {
  private final Engine e;
  private final ModelSpec s;
  private final Kernels kernels;
  private final Buffers b;
  private final Buffers.Gradients g;
  private final float[] part;
  private final FusedEdges edges;
  private final int t;
  private final int d;

  FusedBackward(Engine engine, Buffers buffers, float[] part) {
    this.e = engine;
    this.s = engine.spec();
    this.kernels = engine.kernels();
    this.b = buffers;
    this.g = buffers.gradients();
    this.part = part;
    this.edges = new FusedEdges(engine, buffers);
    this.t = buffers.t;
    this.d = s.dModel();
  }

  /** Starts from the logits' gradient, which stands in {@code buffers.logits}. */
  void run(int sequence, int[] tokens) {
    unembed();
    for (int l = s.nLayers() - 1; l >= 0; l--) {
      block(sequence, l);
    }
    embed(tokens);
  }

  private void unembed() {
    Weight u = e.packed().wU;
    Arrays.fill(g.stream, 0);
    float[] dyF = s.hasFinalNorm() ? g.y : g.stream;
    if (s.tied()) {
      // W_E [d_vocab, d_model] += dlogits^T y
      kernels.gemm(
          s.dVocab(),
          d,
          t,
          b.logits,
          ORIGIN,
          1,
          b.ldV,
          b.yF,
          ORIGIN,
          b.ld,
          kernels.panel(),
          part,
          u.parameter.offset(),
          d);
    } else {
      unembedWeights(u.parameter.offset());
    }
    Arrays.fill(dyF, 0);
    kernels.gemm(
        t,
        d,
        s.dVocab(),
        b.logits,
        ORIGIN,
        b.ldV,
        1,
        u.backward.data,
        ORIGIN,
        u.backward.row,
        u.backward.panel,
        dyF,
        ORIGIN,
        b.ld);
    if (s.hasFinalNorm()) {
      norm(g.y, b.hatF, b.rF, e.slots().lnFinalW, e.slots().lnFinalB, g.stream);
    }
  }

  /**
   * W_U [d_model, d_vocab] += y^T dlogits, a panel of the vocabulary at a time: its columns, rows
   * of a whole vocabulary apart, are first put side by side.
   */
  private void unembedWeights(int offset) {
    int panel = kernels.panel();
    float[] columns = b.panel(panel);
    for (int j0 = 0; j0 < s.dVocab(); j0 += panel) {
      int width = Math.min(panel, s.dVocab() - j0);
      for (int i = 0; i < t; i++) {
        System.arraycopy(b.logits, ORIGIN + i * b.ldV + j0, columns, ORIGIN + i * panel, width);
      }
      kernels.gemm(
          d,
          width,
          t,
          b.yF,
          ORIGIN,
          1,
          b.ld,
          columns,
          ORIGIN,
          panel,
          panel,
          part,
          offset + j0,
          s.dVocab());
    }
  }

  private void block(int sequence, int l) {
    Layer y = b.layers[l];
    Engine.Slots.Block slots = e.slots().blocks[l];
    Packed.Block w = e.packed().blocks.get(l);
    if (s.hasMlp()) {
      if (s.parallelResidual()) {
        float[] whole = g.stream.clone();
        mlp(l);
        attentionOut(l, whole, w);
      } else {
        mlp(l);
        attentionOut(l, g.stream, w);
      }
    } else {
      attentionOut(l, g.stream, w);
    }
    int qWidth = s.nHeads() * s.dHead();
    int kvWidth = s.nKvHeads() * s.dHead();
    edit(HookKind.Z, l, g.z, b.ldQ, s.dHead(), qWidth);
    new FusedAttention(e, b, l).backward(sequence, g, part);
    edit(HookKind.Q, l, g.q, b.ldQ, s.dHead(), qWidth);
    edit(HookKind.K, l, g.k, b.ldKv, s.dHead(), kvWidth);
    edit(HookKind.V, l, g.v, b.ldKv, s.dHead(), kvWidth);
    if (!e.plan().edges(l).isEmpty()) {
      edges.backward(sequence, l, g, part);
    }
    Arrays.fill(g.y, 0);
    linear(y.qkIn, b.ld, w.wQ, slots.bQ(), g.q, b.ldQ, g.y, b.ld);
    linear(y.qkIn, b.ld, w.wK, slots.bK(), g.k, b.ldKv, g.y, b.ld);
    if (e.shortformer()) {
      positions();
    }
    linear(y.y1, b.ld, w.wV, slots.bV(), g.v, b.ldKv, g.y, b.ld);
    normOrAdd(g.y, y.hat1, y.r1, slots.ln1W(), slots.ln1B());
    edit(HookKind.RESID_PRE, l, g.stream, b.ld, d, d);
  }

  /** From the stream's gradient to dz, through W_O. */
  private void attentionOut(int l, float[] dout, Packed.Block w) {
    Layer y = b.layers[l];
    System.arraycopy(dout, 0, g.out, 0, g.out.length);
    edit(HookKind.ATTN_OUT, l, g.out, b.ld, d, d);
    Arrays.fill(g.z, 0);
    linear(y.z, b.ldQ, w.wO, e.slots().blocks[l].bO(), g.out, b.ld, g.z, b.ldQ);
    edges.addHeadGradients(l, g, part);
  }

  private void mlp(int l) {
    Layer y = b.layers[l];
    Engine.Slots.Block slots = e.slots().blocks[l];
    Packed.Block w = e.packed().blocks.get(l);
    System.arraycopy(g.stream, 0, g.out, 0, g.out.length);
    edges.addMlpGradient(l, g.out);
    edit(HookKind.MLP_OUT, l, g.out, b.ld, d, d);
    Arrays.fill(g.pre, 0);
    linear(y.post, b.ldMlp, w.wOut(), slots.bOut(), g.out, b.ld, g.pre, b.ldMlp);
    for (int i = 0; i < t; i++) {
      int at = ORIGIN + i * b.ldMlp;
      switch (s.activation()) {
        case RELU -> {
          for (int j = at; j < at + s.dMlp(); j++) {
            if (y.pre[j] <= 0) {
              g.pre[j] = 0;
            }
          }
        }
        case GELU -> kernels.geluBackward(y.pre, at, g.pre, at, s.dMlp());
        case GELU_TANH -> kernels.geluTanhBackward(y.pre, at, g.pre, at, s.dMlp());
        case SWIGLU ->
            kernels.swigluBackward(y.pre, at, y.up, at, g.pre, at, g.pre, at, g.up, at, s.dMlp());
      }
    }
    Arrays.fill(g.y2, 0);
    boolean gated = s.activation().gated();
    linear(y.y2, b.ld, w.wIn(), slots.bIn(), gated ? g.up : g.pre, b.ldMlp, g.y2, b.ld);
    if (gated) {
      linear(y.y2, b.ld, w.wGate(), -1, g.pre, b.ldMlp, g.y2, b.ld);
    }
    normOrAdd(g.y2, y.hat2, y.r2, slots.ln2W(), slots.ln2B());
  }

  /** For y = x W + bias: dW += x^T dy, dbias += sum of dy, dx += dy W^T. */
  private void linear(
      float[] x, int ldX, Weight w, int bias, float[] dy, int ldY, float[] dx, int ldDx) {
    int n = w.columns();
    kernels.gemm(
        w.rows(),
        n,
        t,
        x,
        ORIGIN,
        1,
        ldX,
        dy,
        ORIGIN,
        ldY,
        kernels.panel(),
        part,
        w.parameter.offset(),
        n);
    if (bias >= 0) {
      for (int i = 0; i < t; i++) {
        for (int j = 0; j < n; j++) {
          part[bias + j] += dy[ORIGIN + i * ldY + j];
        }
      }
    }
    kernels.gemm(
        t,
        w.rows(),
        n,
        dy,
        ORIGIN,
        ldY,
        1,
        w.backward.data,
        ORIGIN,
        w.backward.row,
        w.backward.panel,
        dx,
        ORIGIN,
        ldDx);
  }

  private void normOrAdd(float[] dy, float[] hat, float[] r, int w, int bias) {
    if (s.norm() != Norm.NONE) {
      norm(dy, hat, r, w, bias, g.stream);
      return;
    }
    for (int i = 0; i < t; i++) {
      for (int j = ORIGIN + i * b.ld; j < ORIGIN + i * b.ld + d; j++) {
        g.stream[j] += dy[j];
      }
    }
  }

  private void norm(float[] dy, float[] hat, float[] r, int w, int bias, float[] dx) {
    for (int i = 0; i < t; i++) {
      int at = ORIGIN + i * b.ld;
      if (s.norm() == Norm.LAYER) {
        kernels.layerNormBackward(
            dy, at, hat, at, r[i], e.arena(), w, dx, at, part, w, part, bias, d);
      } else {
        kernels.rmsNormBackward(dy, at, hat, at, r[i], e.arena(), w, dx, at, part, w, d);
      }
    }
  }

  /** W_pos gets what the inputs of Q and K get. */
  private void positions() {
    addRows(g.y, e.slots().wPos);
  }

  private void addRows(float[] dx, int offset) {
    for (int i = 0; i < t; i++) {
      for (int j = 0; j < d; j++) {
        part[offset + i * d + j] += dx[ORIGIN + i * b.ld + j];
      }
    }
  }

  private void embed(int[] tokens) {
    if (s.positions() instanceof Positions.Learned) {
      addRows(g.stream, e.slots().wPos);
    }
    edges.addEmbedGradient(g.stream);
    edit(HookKind.EMBED, -1, g.stream, b.ld, d, d);
    for (int i = 0; i < t; i++) {
      int at = e.slots().wE + tokens[i] * d;
      for (int j = 0; j < d; j++) {
        part[at + j] += g.stream[ORIGIN + i * b.ld + j];
      }
    }
  }

  /** Back through the plan's edits at this place, last first. */
  private void edit(HookKind kind, int layer, float[] dx, int stride, int headWidth, int width) {
    for (OutputEdit edit : e.plan().outputs(kind, layer).reversed()) {
      PlanIndex.back(edit, dx, stride, headWidth, width, t);
    }
  }
}
