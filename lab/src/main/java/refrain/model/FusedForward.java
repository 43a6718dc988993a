package refrain.model;

import refrain.model.Buffers.Layer;
import refrain.model.Buffers.Normed;
import refrain.model.Packed.Weight;
import refrain.model.Plan.OutputEdit;
import refrain.tensor.Mat;

/**
 * One sequence's way forward, sub-layer by sub-layer, leaving in {@link Buffers} what the way back
 * needs.
 */
record FusedForward(FusedCall call, Buffers buffers, int sequence) {
  private ModelSpec spec() {
    return call.spec();
  }

  /** Embedding to logits. */
  void run(int[] tokens) {
    embed(tokens);
    blocks(0);
  }

  /** From the middle of the model on, with buffers that hold what lies below. */
  void run(FusedKept.Start start) {
    if (start.afterMix()) {
      write(start.layer());
    }
    blocks(start.afterMix() ? start.layer() + 1 : start.layer());
  }

  /** The blocks from one on, to the logits. */
  private void blocks(int first) {
    for (int l = first; l < spec().nLayers(); l++) {
      mix(l);
      write(l);
    }
    if (spec().hasFinalNorm()) {
      call.norm(buffers.last, call.packed().lnFinal, buffers.lnFinal);
      showNorm(HookKind.FINAL_SCALE, HookKind.FINAL_NORMALIZED, -1, buffers.lnFinal);
    }
    linear(buffers.lnFinal.out(), call.packed().wU, buffers.logits);
    show(HookKind.LOGITS, -1, buffers.logits);
  }

  /** x_0 = W_E[token] (+ W_pos or sinusoid). */
  private void embed(int[] tokens) {
    Mat embed = buffers.embed;
    int d = spec().dModel();
    for (int i = 0; i < embed.rows; i++) {
      System.arraycopy(call.arena(), call.packed().wE + tokens[i] * d, embed.data, embed.at(i), d);
    }
    edit(HookKind.EMBED, -1, embed);
    Mat x = buffers.stream(0);
    x.set(embed);
    float[] sinusoid = call.tables().sinusoid;
    float[] table = sinusoid == null ? call.arena() : sinusoid;
    int offset = sinusoid == null ? call.packed().wPos : 0;
    if (sinusoid != null || spec().positions() instanceof Positions.Learned) {
      call.addRows(table, offset, x);
    }
    if (offset >= 0) {
      show(HookKind.POS_EMBED, -1, Mat.of(table, offset, x.rows, d, d));
    }
  }

  /** The block's attention, up to the mix of values z. */
  private void mix(int l) {
    Layer kept = buffers.layers[l];
    Packed.Block w = call.packed().blocks.get(l);
    edit(HookKind.RESID_PRE, l, kept.resid);
    call.norm(kept.resid, w.ln1(), kept.ln1);
    showNorm(HookKind.LN1_SCALE, HookKind.LN1_NORMALIZED, l, kept.ln1);
    if (call.scored(l)) {
      if (call.shortformer()) {
        kept.qkIn.set(kept.ln1.out());
        call.addPositions(kept.qkIn);
      }
      linear(kept.qkIn, w.wQ(), kept.q);
      linear(kept.qkIn, w.wK(), kept.k);
    }
    linear(kept.ln1.out(), w.wV(), kept.v);
    if (!call.plan().readers(l).isEmpty()) {
      new FusedEdges(call, buffers).forward(sequence, l);
    }
    edit(HookKind.Q, l, kept.q);
    edit(HookKind.K, l, kept.k);
    edit(HookKind.V, l, kept.v);
    new FusedAttention(call, buffers, l).forward(sequence);
  }

  /** What the block writes into the stream, from z on. */
  private void write(int l) {
    Layer kept = buffers.layers[l];
    Packed.Block w = call.packed().blocks.get(l);
    edit(HookKind.Z, l, kept.z);
    showResult(l);
    linear(kept.z, w.wO(), buffers.out);
    edit(HookKind.ATTN_OUT, l, buffers.out);
    Mat next = buffers.stream(l + 1);
    boolean sequential = spec().hasMlp() && !spec().parallelResidual();
    Mat withAttention = sequential ? kept.mid : next;
    FusedCall.add(kept.resid, buffers.out, withAttention);
    if (spec().hasMlp()) {
      show(HookKind.RESID_MID, l, kept.mid);
      mlp(l);
      FusedCall.add(withAttention, kept.mlpOut, next);
    }
    show(HookKind.RESID_POST, l, next);
  }

  /** mlpOut = act(y W_in + b_in) W_out + b_out, y = ln2(mid). */
  private void mlp(int l) {
    Layer kept = buffers.layers[l];
    Packed.Block w = call.packed().blocks.get(l);
    call.norm(kept.mid, w.ln2(), kept.ln2);
    showNorm(HookKind.LN2_SCALE, HookKind.LN2_NORMALIZED, l, kept.ln2);
    linear(kept.ln2.out(), w.wIn(), kept.up);
    if (spec().activation().gated()) {
      linear(kept.ln2.out(), w.wGate(), kept.pre);
    }
    show(HookKind.MLP_PRE, l, kept.pre);
    FusedCall.activate(call.kernels(), spec().activation(), kept.pre, kept.up, kept.post);
    show(HookKind.MLP_POST, l, kept.post);
    linear(kept.post, w.wOut(), kept.mlpOut);
    edit(HookKind.MLP_OUT, l, kept.mlpOut);
  }

  /** y = x W + bias. */
  private void linear(Mat x, Weight w, Mat y) {
    Mat start = w.bias < 0 ? buffers.zeros : Mat.of(call.arena(), w.bias, y.rows, y.columns, 0);
    call.kernels().gemm(x, w.forward, start, y);
  }

  /** Cross entropy of each target, nats. */
  void losses(int[] tokens, float[] losses) {
    Mat logits = buffers.logits;
    for (int i = 0; i < logits.rows; i++) {
      losses[i] =
          call.kernels().crossEntropy(logits.data, logits.at(i), logits.columns, tokens[i + 1]);
    }
  }

  /**
   * The same, and the logits become the gradient of the weighted sum of the losses.
   *
   * @param weights [T]
   */
  void lossesAndGradient(int[] tokens, double[] weights, float[] losses) {
    Mat logits = buffers.logits;
    for (int i = 0; i < logits.rows; i++) {
      losses[i] =
          call.kernels()
              .crossEntropyGradient(
                  logits.data, logits.at(i), logits.columns, tokens[i + 1], (float) weights[i]);
    }
  }

  /** Applies what the plan has for this place, then shows it. */
  private void edit(HookKind kind, int layer, Mat x) {
    for (OutputEdit edit : call.plan().outputs(kind, layer)) {
      PlanIndex.apply(edit, sequence, x, spec().dHead());
    }
    show(kind, layer, x);
  }

  private void show(HookKind kind, int layer, Mat x) {
    call.show(sequence, kind, layer, x);
  }

  /** A norm keeps 1/scale. */
  private void showNorm(HookKind scale, HookKind normalized, int layer, Normed of) {
    if (spec().norm() == Norm.NONE) {
      return;
    }
    if (call.wants(scale, layer)) {
      float[] inverse = new float[of.r().length];
      for (int i = 0; i < inverse.length; i++) {
        inverse[i] = 1 / of.r()[i];
      }
      View view = ArrayView.of(inverse, 0, new int[] {inverse.length}, 1);
      call.show(sequence, scale, layer, view);
    }
    show(normalized, layer, of.out());
  }

  /** Each head's own output is computed only when somebody looks. */
  private void showResult(int l) {
    if (!call.wants(HookKind.RESULT, l)) {
      return;
    }
    int d = spec().dModel();
    Mat result = Mat.allocate(buffers.context, spec().nHeads() * d);
    for (int h = 0; h < spec().nHeads(); h++) {
      Mat own = result.part(0, h * d, result.rows, d);
      FusedEdges.addHeadResult(call, buffers, new HeadId(l, h), own);
    }
    call.show(sequence, HookKind.RESULT, l, ArrayView.of(result, d));
  }
}
