package refrain.model;

import static refrain.tensor.Rows.ORIGIN;

import java.util.Arrays;
import refrain.model.Buffers.Layer;
import refrain.model.Packed.Weight;
import refrain.model.Plan.OutputEdit;
import refrain.tensor.Kernels;
import refrain.tensor.Rows;

/**
 * One sequence's way forward, sub-layer by sub-layer, leaving in {@link Buffers} what the way back
 * needs. [T, n] stands for T rows of n columns at the buffer's stride.
 */
final class FusedForward {
  private final Engine e;
  private final ModelSpec s;
  private final Kernels kernels;
  private final Buffers b;
  private final int t;
  private final int d;
  private int sequence;

  FusedForward(Engine engine, Buffers buffers) {
    this.e = engine;
    this.s = engine.spec();
    this.kernels = engine.kernels();
    this.b = buffers;
    this.t = buffers.t;
    this.d = s.dModel();
  }

  /** Embedding to final norm. */
  void run(int index, int[] tokens) {
    sequence = index;
    embed(tokens);
    for (int l = 0; l < s.nLayers(); l++) {
      block(l);
    }
    if (s.hasFinalNorm()) {
      norm(b.last, e.slots().lnFinalW, e.slots().lnFinalB, b.hatF, b.rF, b.yF);
      showScale(HookKind.FINAL_SCALE, -1, b.rF);
      show(HookKind.FINAL_NORMALIZED, -1, b.yF, d, b.ld);
    }
  }

  /** x_0 = W_E[token] (+ W_pos or sinusoid). [T, d_model] */
  private void embed(int[] tokens) {
    for (int i = 0; i < t; i++) {
      System.arraycopy(e.arena(), e.slots().wE + tokens[i] * d, b.embed, ORIGIN + i * b.ld, d);
    }
    edit(HookKind.EMBED, -1, b.embed, b.ld, d, d);
    float[] x = b.stream(0);
    System.arraycopy(b.embed, 0, x, 0, x.length);
    float[] sinusoid = e.tables().sinusoid;
    if (sinusoid != null) {
      addRows(x, sinusoid, 0);
    } else if (s.positions() instanceof Positions.Learned) {
      addRows(x, e.arena(), e.slots().wPos);
    }
    if (e.wants(HookKind.POS_EMBED, -1)) {
      float[] rows = Rows.allocate(t * d);
      if (sinusoid != null) {
        System.arraycopy(sinusoid, 0, rows, ORIGIN, t * d);
      } else {
        System.arraycopy(e.arena(), e.slots().wPos, rows, ORIGIN, t * d);
      }
      show(HookKind.POS_EMBED, -1, rows, d, d);
    }
  }

  private void addRows(float[] x, float[] table, int offset) {
    for (int i = 0; i < t; i++) {
      for (int j = 0; j < d; j++) {
        x[ORIGIN + i * b.ld + j] += table[offset + i * d + j];
      }
    }
  }

  private void block(int l) {
    Layer y = b.layers[l];
    Engine.Slots.Block slots = e.slots().blocks[l];
    edit(HookKind.RESID_PRE, l, y.resid, b.ld, d, d);
    if (s.norm() != Norm.NONE) {
      norm(y.resid, slots.ln1W(), slots.ln1B(), y.hat1, y.r1, y.y1);
      showScale(HookKind.LN1_SCALE, l, y.r1);
      show(HookKind.LN1_NORMALIZED, l, y.y1, d, b.ld);
    }
    if (e.shortformer()) {
      System.arraycopy(y.y1, 0, y.qkIn, 0, y.y1.length);
      addRows(y.qkIn, e.arena(), e.slots().wPos);
    }
    Packed.Block w = e.packed().blocks.get(l);
    linear(y.qkIn, b.ld, w.wQ, slots.bQ(), y.q, b.ldQ);
    linear(y.qkIn, b.ld, w.wK, slots.bK(), y.k, b.ldKv);
    linear(y.y1, b.ld, w.wV, slots.bV(), y.v, b.ldKv);
    if (!e.plan().edges(l).isEmpty()) {
      new FusedEdges(e, b).forward(sequence, l);
    }
    int qWidth = s.nHeads() * s.dHead();
    int kvWidth = s.nKvHeads() * s.dHead();
    edit(HookKind.Q, l, y.q, b.ldQ, s.dHead(), qWidth);
    edit(HookKind.K, l, y.k, b.ldKv, s.dHead(), kvWidth);
    edit(HookKind.V, l, y.v, b.ldKv, s.dHead(), kvWidth);
    new FusedAttention(e, b, l).forward(sequence);
    edit(HookKind.Z, l, y.z, b.ldQ, s.dHead(), qWidth);
    showResult(l);
    linear(y.z, b.ldQ, w.wO, slots.bO(), b.out, b.ld);
    edit(HookKind.ATTN_OUT, l, b.out, b.ld, d, d);
    float[] next = b.stream(l + 1);
    boolean sequential = s.hasMlp() && !s.parallelResidual();
    add(y.resid, b.out, sequential ? y.mid : next);
    if (!s.hasMlp()) {
      showPost(l, next);
      return;
    }
    show(HookKind.RESID_MID, l, y.mid, d, b.ld);
    mlp(l);
    add(sequential ? y.mid : next, y.mlpOut, next);
    showPost(l, next);
  }

  /** mlpOut = act(y2 W_in + b_in) W_out + b_out, y2 = ln2(mid). */
  private void mlp(int l) {
    Layer y = b.layers[l];
    Engine.Slots.Block slots = e.slots().blocks[l];
    Packed.Block w = e.packed().blocks.get(l);
    if (s.norm() != Norm.NONE) {
      norm(y.mid, slots.ln2W(), slots.ln2B(), y.hat2, y.r2, y.y2);
      showScale(HookKind.LN2_SCALE, l, y.r2);
      show(HookKind.LN2_NORMALIZED, l, y.y2, d, b.ld);
    }
    boolean gated = s.activation().gated();
    linear(y.y2, b.ld, w.wIn(), slots.bIn(), y.up, b.ldMlp);
    if (gated) {
      linear(y.y2, b.ld, w.wGate(), -1, y.pre, b.ldMlp);
    }
    show(HookKind.MLP_PRE, l, y.pre, s.dMlp(), b.ldMlp);
    for (int i = 0; i < t; i++) {
      int at = ORIGIN + i * b.ldMlp;
      switch (s.activation()) {
        case RELU -> {
          for (int j = at; j < at + s.dMlp(); j++) {
            y.post[j] = Math.max(0, y.pre[j]);
          }
        }
        case GELU -> kernels.gelu(y.pre, at, y.post, at, s.dMlp());
        case GELU_TANH -> kernels.geluTanh(y.pre, at, y.post, at, s.dMlp());
        case SWIGLU -> kernels.swiglu(y.pre, at, y.up, at, y.post, at, s.dMlp());
      }
    }
    show(HookKind.MLP_POST, l, y.post, s.dMlp(), b.ldMlp);
    linear(y.post, b.ldMlp, w.wOut(), slots.bOut(), y.mlpOut, b.ld);
    edit(HookKind.MLP_OUT, l, y.mlpOut, b.ld, d, d);
  }

  /** y = x W + bias, [T, rows] x [rows, columns]; bias -1: none. */
  private void linear(float[] x, int ldX, Weight w, int bias, float[] y, int ldY) {
    int n = w.columns();
    for (int i = 0; i < t; i++) {
      if (bias < 0) {
        Arrays.fill(y, ORIGIN + i * ldY, ORIGIN + i * ldY + n, 0);
      } else {
        System.arraycopy(e.arena(), bias, y, ORIGIN + i * ldY, n);
      }
    }
    kernels.gemm(
        t,
        n,
        w.rows(),
        x,
        ORIGIN,
        ldX,
        1,
        w.forward.data,
        ORIGIN,
        w.forward.row,
        w.forward.panel,
        y,
        ORIGIN,
        ldY);
  }

  private void norm(float[] x, int w, int bias, float[] hat, float[] r, float[] y) {
    float eps = (float) s.normEps();
    for (int i = 0; i < t; i++) {
      int at = ORIGIN + i * b.ld;
      r[i] =
          s.norm() == Norm.LAYER
              ? kernels.layerNorm(x, at, e.arena(), w, e.arena(), bias, hat, at, y, at, d, eps)
              : kernels.rmsNorm(x, at, e.arena(), w, hat, at, y, at, d, eps);
    }
  }

  private void add(float[] x, float[] y, float[] sum) {
    for (int i = 0; i < t; i++) {
      for (int j = ORIGIN + i * b.ld; j < ORIGIN + i * b.ld + d; j++) {
        sum[j] = x[j] + y[j];
      }
    }
  }

  private void logits() {
    Weight u = e.packed().wU;
    for (int i = 0; i < t; i++) {
      Arrays.fill(b.logits, ORIGIN + i * b.ldV, ORIGIN + i * b.ldV + s.dVocab(), 0);
    }
    kernels.gemm(
        t,
        s.dVocab(),
        d,
        b.yF,
        ORIGIN,
        b.ld,
        1,
        u.forward.data,
        ORIGIN,
        u.forward.row,
        u.forward.panel,
        b.logits,
        ORIGIN,
        b.ldV);
    show(HookKind.LOGITS, -1, b.logits, s.dVocab(), b.ldV);
  }

  /** Cross entropy of each target, nats. */
  void losses(int[] tokens, float[] losses) {
    logits();
    for (int i = 0; i < t; i++) {
      losses[i] = kernels.crossEntropy(b.logits, ORIGIN + i * b.ldV, s.dVocab(), tokens[i + 1]);
    }
  }

  /** The same, and the logits become the gradient of the weighted sum of the losses. */
  void lossesAndGradient(int[] tokens, float[] weights, float[] losses) {
    logits();
    for (int i = 0; i < t; i++) {
      losses[i] =
          kernels.crossEntropyGradient(
              b.logits, ORIGIN + i * b.ldV, s.dVocab(), tokens[i + 1], weights[i]);
    }
  }

  /** Applies what the plan has for this place, then shows it. */
  private void edit(HookKind kind, int layer, float[] x, int stride, int headWidth, int width) {
    for (OutputEdit edit : e.plan().outputs(kind, layer)) {
      PlanIndex.apply(edit, sequence, x, stride, headWidth, width, t);
    }
    if (kind == HookKind.Q || kind == HookKind.Z) {
      showHeads(kind, layer, x, s.nHeads(), stride);
    } else if (kind == HookKind.K || kind == HookKind.V) {
      showHeads(kind, layer, x, s.nKvHeads(), stride);
    } else {
      show(kind, layer, x, width, stride);
    }
  }

  private void show(HookKind kind, int layer, float[] x, int width, int stride) {
    if (e.wants(kind, layer)) {
      e.observer()
          .observe(
              sequence,
              new HookPoint(kind, layer),
              ArrayView.of(x, ORIGIN, new int[] {t, width}, stride, 1));
    }
  }

  private void showHeads(HookKind kind, int layer, float[] x, int heads, int stride) {
    if (e.wants(kind, layer)) {
      e.observer()
          .observe(
              sequence,
              new HookPoint(kind, layer),
              ArrayView.of(x, ORIGIN, new int[] {t, heads, s.dHead()}, stride, s.dHead(), 1));
    }
  }

  private void showPost(int l, float[] x) {
    show(HookKind.RESID_POST, l, x, d, b.ld);
  }

  /** Buffers hold 1/scale. */
  private void showScale(HookKind kind, int layer, float[] r) {
    if (e.wants(kind, layer)) {
      float[] scale = new float[t];
      for (int i = 0; i < t; i++) {
        scale[i] = 1 / r[i];
      }
      e.observer()
          .observe(sequence, new HookPoint(kind, layer), ArrayView.of(scale, 0, new int[] {t}, 1));
    }
  }

  /** Each head's own output is computed only when somebody looks. */
  private void showResult(int l) {
    if (!e.wants(HookKind.RESULT, l)) {
      return;
    }
    float[] result = new float[t * s.nHeads() * d];
    int wO = e.packed().blocks.get(l).wO.parameter.offset();
    for (int h = 0; h < s.nHeads(); h++) {
      FusedEdges.headResult(e, b, l, h, wO, result, h * d, s.nHeads() * d);
    }
    e.observer()
        .observe(
            sequence,
            HookPoint.of(HookKind.RESULT, l),
            ArrayView.of(result, 0, new int[] {t, s.nHeads(), d}, s.nHeads() * d, d, 1));
  }
}
