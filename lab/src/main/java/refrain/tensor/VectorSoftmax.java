package refrain.tensor;

import static refrain.tensor.VectorGemm.L;
import static refrain.tensor.VectorGemm.S;
import static refrain.tensor.VectorMath.expOfNegative;
import static refrain.tensor.VectorMath.greater;
import static refrain.tensor.VectorMath.sum;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Attention's softmax on vectors, as in {@link Kernels#softmax} and {@link
 * Kernels#softmaxBackward}.
 *
 * <p>A row is short, and what its lanes have in common (greatest, sum) takes longer than its walk.
 * So all rows of a block take one step before any takes the next: while one waits, the others are
 * calculated. They are padded to the same length, so that nothing is masked. The steps are called
 * through an interface because C2 inlines what it can: all three in one method are more nodes than
 * it allows, and what is left over gets its vectors as objects (measured: 16 ns a vector instead of
 * 7).
 */
final class VectorSoftmax {
  private static final int BLOCK = Kernels.BLOCK;

  /** Row by row what to add to the block on the diagonal: 0 up to it and minus infinity after. */
  private static final float[] AFTER = new float[BLOCK * BLOCK];

  static {
    for (int r = 0; r < BLOCK; r++) {
      Arrays.fill(AFTER, r * BLOCK + r + 1, (r + 1) * BLOCK, Float.NEGATIVE_INFINITY);
    }
  }

  private VectorSoftmax() {}

  /** What is done to all rows of a block from row i0 on; a row's number goes from step to step. */
  private interface Step {
    void rows(Mat m, int i0, int rows, float[] of, float scale);
  }

  private static final Step[] STEPS = {
    VectorSoftmax::greatest, VectorSoftmax::exponentials, VectorSoftmax::divide
  };

  static void forward(Mat m, float scale) {
    Bounds.pattern(m);
    float[] of = new float[BLOCK];
    for (int i0 = 0; i0 < m.rows; i0 += BLOCK) {
      int rows = Math.min(BLOCK, m.rows - i0);
      for (Step step : STEPS) {
        step.rows(m, i0, rows, of, scale);
      }
    }
  }

  /** Closes each row after the diagonal and finds its greatest score. */
  private static void greatest(Mat m, int i0, int rows, float[] of, float scale) {
    float[] s = m.data;
    for (int r = 0; r < rows; r++) {
      int at = m.at(i0 + r);
      for (int j = 0; j < BLOCK; j += L) {
        FloatVector.fromArray(S, s, at + i0 + j)
            .add(FloatVector.fromArray(S, AFTER, r * BLOCK + j))
            .intoArray(s, at + i0 + j);
      }
      FloatVector most = FloatVector.fromArray(S, s, at);
      for (int j = L; j < i0 + BLOCK; j += L) {
        most = greater(most, FloatVector.fromArray(S, s, at + j));
      }
      of[r] = VectorMath.greatest(most);
    }
  }

  private static void exponentials(Mat m, int i0, int rows, float[] of, float scale) {
    float[] s = m.data;
    for (int r = 0; r < rows; r++) {
      int at = m.at(i0 + r);
      float max = of[r];
      FloatVector total = FloatVector.zero(S);
      for (int j = 0; j < i0 + BLOCK; j += L) {
        FloatVector e = expOfNegative(FloatVector.fromArray(S, s, at + j).sub(max).mul(scale));
        e.intoArray(s, at + j);
        total = e.add(total);
      }
      of[r] = sum(total);
    }
  }

  private static void divide(Mat m, int i0, int rows, float[] of, float scale) {
    float[] s = m.data;
    for (int r = 0; r < rows; r++) {
      int at = m.at(i0 + r);
      float by = 1 / of[r];
      for (int j = 0; j < i0 + BLOCK; j += L) {
        FloatVector.fromArray(S, s, at + j).mul(by).intoArray(s, at + j);
      }
    }
  }

  /** Right of the diagonal p is 0 and makes what stands in dp 0 too. */
  static void backward(Mat p, Mat dp, float scale) {
    Bounds.pattern(p);
    Bounds.pattern(dp);
    if (p.rows != dp.rows) {
      throw new IllegalArgumentException("%s and %s, expected one size".formatted(p, dp));
    }
    for (int i0 = 0; i0 < p.rows; i0 += BLOCK) {
      int end = i0 + BLOCK;
      int rows = Math.min(end, p.rows);
      int i = i0;
      for (; i + 4 <= rows; i += 4) {
        fourBack(p.data, p.at(i), p.row, dp.data, dp.at(i), dp.row, end, scale);
      }
      for (; i < rows; i++) {
        oneBack(p.data, p.at(i), dp.data, dp.at(i), end, scale);
      }
    }
  }

  private static void fourBack(
      float[] p, int p0, int pRow, float[] d, int d0, int dRow, int n, float scale) {
    int p1 = p0 + pRow;
    int p2 = p1 + pRow;
    int p3 = p2 + pRow;
    int d1 = d0 + dRow;
    int d2 = d1 + dRow;
    int d3 = d2 + dRow;
    FloatVector t0 = FloatVector.zero(S);
    FloatVector t1 = FloatVector.zero(S);
    FloatVector t2 = FloatVector.zero(S);
    FloatVector t3 = FloatVector.zero(S);
    for (int j = 0; j < n; j += L) {
      t0 = FloatVector.fromArray(S, p, p0 + j).fma(FloatVector.fromArray(S, d, d0 + j), t0);
      t1 = FloatVector.fromArray(S, p, p1 + j).fma(FloatVector.fromArray(S, d, d1 + j), t1);
      t2 = FloatVector.fromArray(S, p, p2 + j).fma(FloatVector.fromArray(S, d, d2 + j), t2);
      t3 = FloatVector.fromArray(S, p, p3 + j).fma(FloatVector.fromArray(S, d, d3 + j), t3);
    }
    float dot0 = sum(t0);
    float dot1 = sum(t1);
    float dot2 = sum(t2);
    float dot3 = sum(t3);
    for (int j = 0; j < n; j += L) {
      through(p, p0 + j, d, d0 + j, dot0, scale);
      through(p, p1 + j, d, d1 + j, dot1, scale);
      through(p, p2 + j, d, d2 + j, dot2, scale);
      through(p, p3 + j, d, d3 + j, dot3, scale);
    }
  }

  private static void oneBack(float[] p, int pOff, float[] d, int dOff, int n, float scale) {
    FloatVector t = FloatVector.zero(S);
    for (int j = 0; j < n; j += L) {
      t = FloatVector.fromArray(S, p, pOff + j).fma(FloatVector.fromArray(S, d, dOff + j), t);
    }
    float dot = sum(t);
    for (int j = 0; j < n; j += L) {
      through(p, pOff + j, d, dOff + j, dot, scale);
    }
  }

  /** One vector: d &lt;- scale p (d - dot). */
  private static void through(float[] p, int pOff, float[] d, int dOff, float dot, float scale) {
    FloatVector.fromArray(S, d, dOff)
        .sub(dot)
        .mul(FloatVector.fromArray(S, p, pOff))
        .mul(scale)
        .intoArray(d, dOff);
  }
}
