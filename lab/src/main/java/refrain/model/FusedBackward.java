package refrain.model;

import refrain.model.Buffers.Layer;
import refrain.model.Packed.Weight;
import refrain.model.Plan.OutputEdit;
import refrain.tensor.Kernels;
import refrain.tensor.Mat;

/** One sequence's way back: adds its gradient to a shard's. Mirrors {@link FusedForward}. */
final class FusedBackward {
  private final FusedCall call;
  private final ModelSpec spec;
  private final Kernels kernels;
  private final Buffers buffers;
  private final Buffers.Gradients grad;
  private final Packed.Shard shard;
  private final float[] part;
  private final FusedEdges edges;
  private final int sequence;

  FusedBackward(FusedCall call, Buffers buffers, int sequence, Packed.Shard shard) {
    this.call = call;
    this.spec = call.spec();
    this.kernels = call.kernels();
    this.buffers = buffers;
    this.grad = buffers.gradients();
    this.shard = shard;
    this.part = shard.gradient;
    this.edges = new FusedEdges(call, buffers);
    this.sequence = sequence;
  }

  /** Starts from the logits' gradient, which stands in {@code buffers.logits}. */
  void run(int[] tokens) {
    unembed();
    for (int l = spec.nLayers() - 1; l >= 0; l--) {
      block(l);
    }
    embed(tokens);
  }

  private void unembed() {
    Weight u = call.packed().wU;
    Mat logits = buffers.logits;
    Mat dy = spec.hasFinalNorm() ? grad.y : grad.stream;
    if (spec.tied()) {
      // W_E [d_vocab, d_model] += dlogits^T y
      kernels.gemm(
          logits.transposed(), buffers.lnFinal.out(), shard.start(u, shard.of(u)), shard.of(u));
    } else {
      unembedWeights();
    }
    kernels.gemm(logits, u.backward(), buffers.zeros, dy);
    if (spec.hasFinalNorm()) {
      grad.stream.clear();
      call.normBack(dy, call.packed().lnFinal, buffers.lnFinal, grad.stream, part);
    }
  }

  /**
   * W_U [d_model, d_vocab] += y^T dlogits, a panel of the vocabulary at a time: its columns, rows
   * of a whole vocabulary apart, are first put side by side.
   */
  private void unembedWeights() {
    Mat logits = buffers.logits;
    Mat side = buffers.panel;
    int first = 0;
    for (Mat columns : shard.unembedding) {
      for (int i = 0; i < logits.rows; i++) {
        System.arraycopy(logits.data, logits.at(i) + first, side.data, side.at(i), columns.columns);
      }
      Mat start = shard.start(call.packed().wU, columns);
      kernels.gemm(buffers.lnFinal.out().transposed(), side, start, columns);
      first += columns.columns;
    }
  }

  private void block(int l) {
    Layer kept = buffers.layers[l];
    Packed.Block w = call.packed().blocks.get(l);
    Mat dOut = spec.parallelResidual() ? grad.stream.copy() : grad.stream;
    if (spec.hasMlp()) {
      mlp(l);
    }
    attentionOut(l, dOut);
    edit(HookKind.Z, l, grad.z);
    new FusedAttention(call, buffers, l).backward(sequence, grad, part);
    edit(HookKind.Q, l, grad.q);
    edit(HookKind.K, l, grad.k);
    edit(HookKind.V, l, grad.v);
    if (!call.plan().readers(l).isEmpty()) {
      edges.backward(sequence, l, grad, shard);
    }
    linear(kept.qkIn, w.wQ(), grad.q, buffers.zeros, grad.y);
    linear(kept.qkIn, w.wK(), grad.k, grad.y, grad.y);
    if (call.shortformer()) {
      call.positionsBack(grad.y, part);
    }
    linear(kept.ln1.out(), w.wV(), grad.v, grad.y, grad.y);
    call.normBack(grad.y, w.ln1(), kept.ln1, grad.stream, part);
    edit(HookKind.RESID_PRE, l, grad.stream);
  }

  /** From the gradient of the attention's output to dz, through W_O. */
  private void attentionOut(int l, Mat dOut) {
    grad.out.set(dOut);
    edit(HookKind.ATTN_OUT, l, grad.out);
    Weight wO = call.packed().blocks.get(l).wO();
    linear(buffers.layers[l].z, wO, grad.out, buffers.zeros, grad.z);
    edges.addHeadGradients(l, grad, shard);
  }

  private void mlp(int l) {
    Layer kept = buffers.layers[l];
    Packed.Block w = call.packed().blocks.get(l);
    grad.out.set(grad.stream);
    edges.addMlpGradient(l, grad.out);
    edit(HookKind.MLP_OUT, l, grad.out);
    linear(kept.post, w.wOut(), grad.out, buffers.zeros, grad.pre);
    float[] pre = kept.pre.data;
    float[] up = kept.up.data;
    float[] dPre = grad.pre.data;
    int n = spec.dMlp();
    for (int i = 0; i < kept.pre.rows; i++) {
      int at = kept.pre.at(i);
      switch (spec.activation()) {
        case RELU -> {
          for (int j = at; j < at + n; j++) {
            if (pre[j] <= 0) {
              dPre[j] = 0;
            }
          }
        }
        case GELU -> kernels.geluBackward(pre, at, dPre, at, n);
        case GELU_TANH -> kernels.geluTanhBackward(pre, at, dPre, at, n);
        case SWIGLU ->
            kernels.swigluBackward(pre, at, up, at, dPre, at, dPre, at, grad.up.data, at, n);
      }
    }
    boolean gated = spec.activation().gated();
    linear(kept.ln2.out(), w.wIn(), gated ? grad.up : grad.pre, buffers.zeros, grad.y);
    if (gated) {
      linear(kept.ln2.out(), w.wGate(), grad.pre, grad.y, grad.y);
    }
    call.normBack(grad.y, w.ln2(), kept.ln2, grad.stream, part);
  }

  /** For y = x W + bias: dW += x^T dy, dbias += sum of dy, dx = start + dy W^T. */
  private void linear(Mat x, Weight w, Mat dy, Mat start, Mat dx) {
    kernels.gemm(x.transposed(), dy, shard.start(w, shard.of(w)), shard.of(w));
    int bias = w.bias;
    for (int i = 0; i < dy.rows && bias >= 0; i++) {
      kernels.add(dy.data, dy.at(i), part, bias, dy.columns);
    }
    kernels.gemm(dy, w.backward(), start, dx);
  }

  private void embed(int[] tokens) {
    Mat dx = grad.stream;
    if (spec.positions() instanceof Positions.Learned) {
      call.positionsBack(dx, part);
    }
    edges.addEmbedGradient(dx);
    edit(HookKind.EMBED, -1, dx);
    for (int i = 0; i < dx.rows; i++) {
      int row = call.packed().wE + tokens[i] * dx.columns;
      kernels.add(dx.data, dx.at(i), part, row, dx.columns);
    }
  }

  /** Back through the plan's edits at this place, last first. */
  private void edit(HookKind kind, int layer, Mat dx) {
    for (OutputEdit edit : call.plan().outputs(kind, layer).reversed()) {
      PlanIndex.back(edit, dx, spec.dHead());
    }
  }
}
