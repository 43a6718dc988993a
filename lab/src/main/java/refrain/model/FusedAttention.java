package refrain.model;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.model.Buffers.Head;
import refrain.model.Buffers.Layer;
import refrain.model.Plan.PatternEdit;
import refrain.model.Plan.ScoreEdit;
import refrain.tensor.Kernels;
import refrain.tensor.Mat;

/**
 * Attention of one layer and one sequence: rotary positions, smearing, scores, softmax, mix of
 * values, and the way back. Rows are handled in blocks of 16; nothing right of the block on the
 * diagonal is computed.
 */
final class FusedAttention {
  private final FusedCall call;
  private final ModelSpec spec;
  private final Kernels kernels;
  private final Buffers buffers;
  private final Layer kept;
  private final int layer;
  private final int context;
  private final int dHead;
  private final float scale;

  FusedAttention(FusedCall call, Buffers buffers, int layer) {
    this.call = call;
    this.spec = call.spec();
    this.kernels = call.kernels();
    this.buffers = buffers;
    this.layer = layer;
    this.kept = buffers.layers[layer];
    this.context = buffers.context;
    this.dHead = spec.dHead();
    this.scale = (float) (1 / Math.sqrt(dHead));
  }

  void forward(int sequence) {
    boolean scored = call.scored(layer);
    if (scored && spec.rotaryDims() > 0) {
      rotate(kept.q, kept.rotQ, 1);
      rotate(kept.k, kept.rotK, 1);
    }
    if (scored && spec.smear().on(layer)) {
      smear();
    }
    call.show(sequence, HookKind.ROT_Q, layer, kept.rotQ);
    call.show(sequence, HookKind.ROT_K, layer, kept.keys);
    Mat seen = call.wants(HookKind.ATTN_SCORES, layer) ? kept.pattern.like() : null;
    for (int h = 0; h < spec.nHeads(); h++) {
      head(sequence, h, seen);
    }
    if (seen != null) {
      View scores = ArrayView.squares(seen, Double.NEGATIVE_INFINITY);
      call.show(sequence, HookKind.ATTN_SCORES, layer, scores);
    }
    if (call.wants(HookKind.PATTERN, layer)) {
      call.show(sequence, HookKind.PATTERN, layer, ArrayView.squares(kept.pattern, 0));
    }
  }

  /** Turns feature i with i + dims/2; direction -1 turns back. Other features are copied. */
  private void rotate(Mat from, Mat to, int direction) {
    int half = spec.rotaryDims() / 2;
    float[] cos = call.tables().cos;
    float[] sin = call.tables().sin;
    for (int i = 0; i < context; i++) {
      for (int at = from.at(i); at < from.at(i) + from.columns; at += dHead) {
        for (int c = 0; c < half; c++) {
          float x = cos[i * half + c];
          float y = direction * sin[i * half + c];
          float x0 = from.data[at + c];
          float x1 = from.data[at + half + c];
          to.data[at + c] = x0 * x - x1 * y;
          to.data[at + half + c] = x1 * x + x0 * y;
        }
        System.arraycopy(from.data, at + 2 * half, to.data, at + 2 * half, dHead - 2 * half);
      }
    }
  }

  private float mix(int kvHead) {
    float alpha = call.arena()[call.packed().blocks.get(layer).alpha() + kvHead];
    return (float) (1 / (1 + Math.exp(-alpha)));
  }

  private void smear() {
    float[] turned = kept.rotK.data;
    for (int kv = 0; kv < spec.nKvHeads(); kv++) {
      float m = mix(kv);
      for (int j = 0; j < context; j++) {
        int at = kept.keys.at(j) + kv * dHead;
        int from = kept.keys.at(spec.smear().source(j)) + kv * dHead;
        for (int c = 0; c < dHead; c++) {
          kept.keys.data[at + c] = m * turned[at + c] + (1 - m) * turned[from + c];
        }
      }
    }
  }

  private void head(int sequence, int h, @Nullable Mat seen) {
    int kv = h / spec.group();
    Head pattern = kept.patternHeads[h];
    if (seen != null || !call.plan().replaced(layer, h)) {
      score(sequence, h, seen);
    }
    for (PatternEdit edit : call.plan().patterns(layer, h)) {
      replace(edit, sequence, pattern.whole);
    }
    Mat[] z = kept.zHeads[h].block;
    for (int b = 0; b < z.length; b++) {
      kernels.gemm(pattern.block[b], kept.vHeads[kv].whole, buffers.zeros, z[b]);
    }
  }

  /** The pattern that queries and keys give. */
  private void score(int sequence, int h, @Nullable Mat seen) {
    Head pattern = kept.patternHeads[h];
    buffers.turned.setTransposed(kept.keyHeads[h / spec.group()].whole);
    rowsTimesTurned(kept.rotQHeads[h], pattern);
    List<ScoreEdit> biases = call.plan().scores(layer, h);
    float slope = call.slope(h);
    float factor = scale;
    if (slope != 0 || spec.window(layer) > 0 || !biases.isEmpty() || seen != null) {
      biased(sequence, pattern.whole, slope, biases);
      factor = 1;
      if (seen != null) {
        int from = pattern.whole.origin;
        System.arraycopy(kept.pattern.data, from, seen.data, from, context * seen.row);
      }
    }
    kernels.softmax(pattern.whole, factor);
  }

  /** to[i, j] = sum over c of x[i, c] turned[c, j], up to the diagonal's block. */
  private void rowsTimesTurned(Head x, Head to) {
    for (int b = 0; b < to.block.length; b++) {
      kernels.gemm(x.block[b], buffers.turned, buffers.zeros, to.block[b]);
    }
  }

  private void biased(int sequence, Mat scores, float slope, List<ScoreEdit> biases) {
    for (int i = 0; i < context; i++) {
      int row = scores.at(i);
      for (int j = 0; j <= i; j++) {
        scores.data[row + j] = scores.data[row + j] * scale - slope * (i - j);
      }
    }
    int window = spec.window(layer);
    for (int i = window; i < context && window > 0; i++) {
      int row = scores.at(i);
      Arrays.fill(scores.data, row, row + i + 1 - window, Float.NEGATIVE_INFINITY);
    }
    for (ScoreEdit edit : biases) {
      float[] bias = edit.bias().of(sequence);
      for (int i = 0; i < context; i++) {
        for (int j = 0; j <= i; j++) {
          scores.data[scores.at(i) + j] += bias[i * context + j];
        }
      }
    }
  }

  private void replace(PatternEdit edit, int sequence, Mat pattern) {
    float[] template = edit.template().of(sequence);
    float w = edit.weight();
    for (int i = 0; i < context; i++) {
      int row = pattern.at(i);
      if (edit.whole()) {
        System.arraycopy(template, i * context, pattern.data, row, i + 1);
        Arrays.fill(
            pattern.data, row + i + 1, row + i / Kernels.BLOCK * Kernels.BLOCK + Kernels.BLOCK, 0);
      } else {
        for (int j = 0; j <= i; j++) {
          pattern.data[row + j] = (1 - w) * pattern.data[row + j] + w * template[i * context + j];
        }
      }
    }
  }

  /**
   * From dz to dq, dk, dv (before rotary positions), adding dalpha to the shard.
   *
   * @param part the shard's gradient
   */
  void backward(int sequence, Buffers.Gradients grad, float[] part) {
    for (int h = 0; h < spec.nHeads(); h++) {
      headBackward(sequence, h, grad);
    }
    if (spec.smear().on(layer)) {
      smearBackward(grad, part);
    } else if (grad.k != grad.keys) {
      grad.k.set(grad.keys);
    }
    if (spec.rotaryDims() > 0) {
      rotate(grad.q, grad.q, -1);
      rotate(grad.k, grad.k, -1);
    }
  }

  private void headBackward(int sequence, int h, Buffers.Gradients grad) {
    int kv = h / spec.group();
    boolean first = h % spec.group() == 0;
    Mat pattern = kept.patternHeads[h].whole;
    buffers.turned.setTransposed(kept.vHeads[kv].whole);
    rowsTimesTurned(grad.zHeads[h], grad.pattern);
    columnsTimesRows(kept.patternHeads[h], grad.zHeads[h], grad.vHeads[kv], first);
    float through = 1;
    List<PatternEdit> edits = call.plan().patterns(layer, h);
    for (PatternEdit edit : edits) {
      through *= 1 - edit.weight();
    }
    if (through == 0) {
      grad.qHeads[h].whole.clear();
      if (first) {
        grad.keyHeads[kv].whole.clear();
      }
      return;
    }
    if (!edits.isEmpty()) {
      // An edited pattern is not what softmax gave: compute that once more.
      buffers.turned.setTransposed(kept.keyHeads[kv].whole);
      rowsTimesTurned(kept.rotQHeads[h], kept.patternHeads[h]);
      biased(sequence, pattern, call.slope(h), call.plan().scores(layer, h));
      kernels.softmax(pattern, 1);
    }
    kernels.softmaxBackward(pattern, grad.pattern.whole, scale * through);
    Mat[] dq = grad.qHeads[h].block;
    for (int b = 0; b < dq.length; b++) {
      kernels.gemm(grad.pattern.block[b], kept.keyHeads[kv].whole, buffers.zeros, dq[b]);
    }
    columnsTimesRows(grad.pattern, kept.rotQHeads[h], grad.keyHeads[kv], first);
  }

  /**
   * to[j, c] = sum over i >= j of pattern[i, j] x[i, c], added to what the heads before left there
   * that read the same keys and values.
   */
  private void columnsTimesRows(Head pattern, Head x, Head to, boolean first) {
    for (int b = 0; b < to.block.length; b++) {
      Mat start = first ? buffers.zeros : to.block[b];
      kernels.gemm(pattern.below[b].transposed(), x.below[b], start, to.block[b]);
    }
  }

  private void smearBackward(Buffers.Gradients grad, float[] part) {
    grad.k.clear();
    float[] turned = kept.rotK.data;
    for (int kv = 0; kv < spec.nKvHeads(); kv++) {
      float m = mix(kv);
      double dm = 0;
      for (int j = 0; j < context; j++) {
        int at = grad.keys.at(j) + kv * dHead;
        int from = grad.keys.at(spec.smear().source(j)) + kv * dHead;
        for (int c = 0; c < dHead; c++) {
          float dKey = grad.keys.data[at + c];
          grad.k.data[at + c] += m * dKey;
          grad.k.data[from + c] += (1 - m) * dKey;
          dm += dKey * (turned[at + c] - turned[from + c]);
        }
      }
      part[call.packed().blocks.get(layer).alpha() + kv] += (float) (dm * m * (1 - m));
    }
  }
}
