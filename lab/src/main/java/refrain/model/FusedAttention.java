package refrain.model;

import static refrain.tensor.Rows.ORIGIN;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.model.Buffers.Layer;
import refrain.model.Plan.PatternEdit;
import refrain.model.Plan.ScoreEdit;
import refrain.tensor.Kernels;
import refrain.tensor.Rows;

/**
 * Attention of one layer and one sequence: rotary positions, smearing, scores, softmax, mix of
 * values, and the way back. Rows are handled in blocks of 16; nothing right of the block on the
 * diagonal is computed.
 */
final class FusedAttention {
  private static final int BLOCK = Buffers.BLOCK;

  private final Engine e;
  private final ModelSpec s;
  private final Kernels kernels;
  private final Buffers b;
  private final Layer y;
  private final int l;
  private final int t;
  private final int dh;
  private final float scale;

  FusedAttention(Engine engine, Buffers buffers, int layer) {
    this.e = engine;
    this.s = engine.spec();
    this.kernels = engine.kernels();
    this.b = buffers;
    this.l = layer;
    this.y = buffers.layers[layer];
    this.t = buffers.t;
    this.dh = s.dHead();
    this.scale = (float) (1 / Math.sqrt(dh));
  }

  void forward(int sequence) {
    if (s.rotaryDims() > 0) {
      rotate(y.q, y.rotQ, b.ldQ, s.nHeads(), 1);
      rotate(y.k, y.rotK, b.ldKv, s.nKvHeads(), 1);
    }
    if (s.smear().on(l)) {
      smear();
    }
    showHeads(sequence, HookKind.ROT_Q, y.rotQ, s.nHeads(), b.ldQ);
    showHeads(sequence, HookKind.ROT_K, y.keys, s.nKvHeads(), b.ldKv);
    boolean scores = e.wants(HookKind.ATTN_SCORES, l);
    float[] seen = scores ? Rows.allocate(s.nHeads() * t * b.ldT) : null;
    for (int h = 0; h < s.nHeads(); h++) {
      head(sequence, h, seen);
    }
    if (seen != null) {
      showPatterns(sequence, HookKind.ATTN_SCORES, seen, Double.NEGATIVE_INFINITY);
    }
    if (e.wants(HookKind.PATTERN, l)) {
      showPatterns(sequence, HookKind.PATTERN, y.pattern, 0);
    }
  }

  private void showPatterns(int sequence, HookKind kind, float[] x, double above) {
    int[] shape = {s.nHeads(), t, t};
    int[] strides = {t * b.ldT, b.ldT, 1};
    e.observer()
        .observe(sequence, HookPoint.of(kind, l), new ArrayView(x, ORIGIN, shape, strides, above));
  }

  private void showHeads(int sequence, HookKind kind, float[] x, int heads, int stride) {
    if (e.wants(kind, l)) {
      e.observer()
          .observe(
              sequence,
              HookPoint.of(kind, l),
              ArrayView.of(x, ORIGIN, new int[] {t, heads, dh}, stride, dh, 1));
    }
  }

  /** Turns feature i with i + dims/2; direction -1 turns back. Other features are copied. */
  private void rotate(float[] from, float[] to, int stride, int heads, int direction) {
    int half = s.rotaryDims() / 2;
    float[] cos = e.tables().cos;
    float[] sin = e.tables().sin;
    for (int i = 0; i < t; i++) {
      for (int h = 0; h < heads; h++) {
        int at = ORIGIN + i * stride + h * dh;
        for (int j = 0; j < half; j++) {
          float c = cos[i * half + j];
          float n = direction * sin[i * half + j];
          float x0 = from[at + j];
          float x1 = from[at + half + j];
          to[at + j] = x0 * c - x1 * n;
          to[at + half + j] = x1 * c + x0 * n;
        }
        System.arraycopy(from, at + 2 * half, to, at + 2 * half, dh - 2 * half);
      }
    }
  }

  private float mix(int kvHead) {
    float alpha = e.arena()[e.slots().blocks[l].alpha() + kvHead];
    return (float) (1 / (1 + Math.exp(-alpha)));
  }

  private void smear() {
    for (int g = 0; g < s.nKvHeads(); g++) {
      float m = mix(g);
      for (int j = 0; j < t; j++) {
        int at = ORIGIN + j * b.ldKv + g * dh;
        int from = ORIGIN + s.smear().source(j) * b.ldKv + g * dh;
        for (int c = 0; c < dh; c++) {
          y.keys[at + c] = m * y.rotK[at + c] + (1 - m) * y.rotK[from + c];
        }
      }
    }
  }

  /** [T, d_head] columns of one head become [d_head, T]. */
  private void turn(float[] x, int stride, int column) {
    float[] turned = b.turned;
    for (int j0 = 0; j0 < t; j0 += BLOCK) {
      int end = Math.min(t, j0 + BLOCK);
      for (int c = 0; c < dh; c++) {
        int to = ORIGIN + c * b.ldT;
        for (int j = j0; j < end; j++) {
          turned[to + j] = x[ORIGIN + j * stride + column + c];
        }
      }
    }
  }

  private void head(int sequence, int h, float @Nullable [] seen) {
    int kv = h / s.group() * dh;
    int p0 = ORIGIN + h * t * b.ldT;
    turn(y.keys, b.ldKv, kv);
    rowsTimesTurned(y.rotQ, h * dh, y.pattern, p0);
    List<ScoreEdit> biases = e.plan().scores(l, h);
    float slope = e.slope(h);
    float factor = scale;
    if (slope != 0 || !biases.isEmpty() || seen != null) {
      biased(sequence, p0, slope, biases);
      factor = 1;
      if (seen != null) {
        System.arraycopy(y.pattern, p0, seen, p0, t * b.ldT);
      }
    }
    for (int i = 0; i < t; i++) {
      kernels.softmax(y.pattern, p0 + i * b.ldT, i + 1, blockEnd(i), factor);
    }
    for (PatternEdit edit : e.plan().patterns(l, h)) {
      replace(edit, sequence, p0);
    }
    for (int i0 = 0; i0 < t; i0 += BLOCK) {
      int rows = Math.min(BLOCK, t - i0);
      zero(y.z, b.ldQ, h * dh, i0, rows, dh);
      kernels.gemm(
          rows,
          dh,
          Math.min(t, i0 + BLOCK),
          y.pattern,
          p0 + i0 * b.ldT,
          b.ldT,
          1,
          y.v,
          ORIGIN + kv,
          b.ldKv,
          kernels.panel(),
          y.z,
          ORIGIN + i0 * b.ldQ + h * dh,
          b.ldQ);
    }
  }

  /** Row i's scores fill the columns up to here. */
  private static int blockEnd(int i) {
    return i / BLOCK * BLOCK + BLOCK;
  }

  private static void zero(float[] x, int stride, int column, int first, int rows, int width) {
    for (int i = first; i < first + rows; i++) {
      int at = ORIGIN + i * stride + column;
      Arrays.fill(x, at, at + width, 0);
    }
  }

  /** to[i, j] = sum over c of x[i, column + c] turned[c, j], up to the diagonal's block. */
  private void rowsTimesTurned(float[] x, int column, float[] to, int offset) {
    for (int i0 = 0; i0 < t; i0 += BLOCK) {
      int rows = Math.min(BLOCK, t - i0);
      int n = i0 + BLOCK;
      for (int i = i0; i < i0 + rows; i++) {
        Arrays.fill(to, offset + i * b.ldT, offset + i * b.ldT + n, 0);
      }
      kernels.gemm(
          rows,
          n,
          dh,
          x,
          ORIGIN + i0 * b.ldQ + column,
          b.ldQ,
          1,
          b.turned,
          ORIGIN,
          b.ldT,
          kernels.panel(),
          to,
          offset + i0 * b.ldT,
          b.ldT);
    }
  }

  private void biased(int sequence, int p0, float slope, List<ScoreEdit> biases) {
    for (int i = 0; i < t; i++) {
      int row = p0 + i * b.ldT;
      for (int j = 0; j <= i; j++) {
        y.pattern[row + j] = y.pattern[row + j] * scale - slope * (i - j);
      }
    }
    for (ScoreEdit edit : biases) {
      float[] bias = edit.bias().of(sequence);
      for (int i = 0; i < t; i++) {
        for (int j = 0; j <= i; j++) {
          y.pattern[p0 + i * b.ldT + j] += bias[i * t + j];
        }
      }
    }
  }

  private void replace(PatternEdit edit, int sequence, int p0) {
    float[] template = edit.template().of(sequence);
    float w = edit.weight();
    for (int i = 0; i < t; i++) {
      for (int j = 0; j <= i; j++) {
        int at = p0 + i * b.ldT + j;
        y.pattern[at] = (1 - w) * y.pattern[at] + w * template[i * t + j];
      }
    }
  }

  /**
   * From dz to dq, dk, dv (before rotary positions), adding dalpha to the shard.
   *
   * @param part the shard's gradient
   */
  void backward(int sequence, Buffers.Gradients g, float[] part) {
    Arrays.fill(g.q, 0);
    Arrays.fill(g.keys, 0);
    Arrays.fill(g.v, 0);
    for (int h = 0; h < s.nHeads(); h++) {
      headBackward(sequence, h, g);
    }
    if (s.smear().on(l)) {
      smearBackward(g, part);
    } else {
      System.arraycopy(g.keys, 0, g.k, 0, g.k.length);
    }
    if (s.rotaryDims() > 0) {
      rotate(g.q, g.q, b.ldQ, s.nHeads(), -1);
      rotate(g.k, g.k, b.ldKv, s.nKvHeads(), -1);
    }
  }

  private void headBackward(int sequence, int h, Buffers.Gradients g) {
    int kv = h / s.group() * dh;
    int p0 = ORIGIN + h * t * b.ldT;
    turn(y.v, b.ldKv, kv);
    rowsTimesTurned(g.z, h * dh, g.pattern, ORIGIN);
    columnsTimesRows(y.pattern, p0, g.z, h * dh, g.v, kv);
    float through = 1;
    List<PatternEdit> edits = e.plan().patterns(l, h);
    for (PatternEdit edit : edits) {
      through *= 1 - edit.weight();
    }
    if (through == 0) {
      return;
    }
    if (!edits.isEmpty()) {
      softmaxAgain(sequence, h, kv);
    }
    for (int i = 0; i < t; i++) {
      kernels.softmaxBackward(
          y.pattern,
          p0 + i * b.ldT,
          g.pattern,
          ORIGIN + i * b.ldT,
          i + 1,
          blockEnd(i),
          scale * through);
    }
    for (int i0 = 0; i0 < t; i0 += BLOCK) {
      kernels.gemm(
          Math.min(BLOCK, t - i0),
          dh,
          Math.min(t, i0 + BLOCK),
          g.pattern,
          ORIGIN + i0 * b.ldT,
          b.ldT,
          1,
          y.keys,
          ORIGIN + kv,
          b.ldKv,
          kernels.panel(),
          g.q,
          ORIGIN + i0 * b.ldQ + h * dh,
          b.ldQ);
    }
    columnsTimesRows(g.pattern, ORIGIN, y.rotQ, h * dh, g.keys, kv);
  }

  /** An edited pattern is not what softmax gave: compute that once more. */
  private void softmaxAgain(int sequence, int h, int kv) {
    int p0 = ORIGIN + h * t * b.ldT;
    turn(y.keys, b.ldKv, kv);
    rowsTimesTurned(y.rotQ, h * dh, y.pattern, p0);
    biased(sequence, p0, e.slope(h), e.plan().scores(l, h));
    for (int i = 0; i < t; i++) {
      kernels.softmax(y.pattern, p0 + i * b.ldT, i + 1, blockEnd(i), 1);
    }
  }

  /** to[j, c] += sum over i >= j of pattern[i, j] x[i, c]. */
  private void columnsTimesRows(
      float[] pattern, int p0, float[] x, int column, float[] to, int toColumn) {
    for (int j0 = 0; j0 < t; j0 += BLOCK) {
      kernels.gemm(
          Math.min(BLOCK, t - j0),
          dh,
          t - j0,
          pattern,
          p0 + j0 * b.ldT + j0,
          1,
          b.ldT,
          x,
          ORIGIN + j0 * b.ldQ + column,
          b.ldQ,
          kernels.panel(),
          to,
          ORIGIN + j0 * b.ldKv + toColumn,
          b.ldKv);
    }
  }

  private void smearBackward(Buffers.Gradients g, float[] part) {
    Arrays.fill(g.k, 0);
    for (int head = 0; head < s.nKvHeads(); head++) {
      float m = mix(head);
      double dm = 0;
      for (int j = 0; j < t; j++) {
        int at = ORIGIN + j * b.ldKv + head * dh;
        int from = ORIGIN + s.smear().source(j) * b.ldKv + head * dh;
        for (int c = 0; c < dh; c++) {
          float dkey = g.keys[at + c];
          g.k[at + c] += m * dkey;
          g.k[from + c] += (1 - m) * dkey;
          dm += dkey * (y.rotK[at + c] - y.rotK[from + c]);
        }
      }
      part[e.slots().blocks[l].alpha() + head] += (float) (dm * m * (1 - m));
    }
  }
}
