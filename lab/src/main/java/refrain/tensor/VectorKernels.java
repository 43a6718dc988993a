package refrain.tensor;

import static refrain.tensor.VectorGemm.L;
import static refrain.tensor.VectorGemm.S;
import static refrain.tensor.VectorMath.exp;
import static refrain.tensor.VectorMath.expOfNegative;
import static refrain.tensor.VectorMath.greater;
import static refrain.tensor.VectorMath.greatest;
import static refrain.tensor.VectorMath.sum;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The vector twin. Each row is walked in whole vectors, then its rest under a mask.
 *
 * <p>Sums start from a vector made in the method: one from a static field is an object, and a loop
 * that begins with an object keeps making them (measured: 60 MB a step, a sixth of its time).
 */
public final class VectorKernels implements Kernels {
  private static final float SQRT_2_OVER_PI = (float) Math.sqrt(2 / Math.PI);
  private static final float SQRT_HALF = (float) Math.sqrt(0.5);
  private static final float DENSITY_AT_0 = (float) (1 / Math.sqrt(2 * Math.PI));

  @Override
  public int lanes() {
    return L;
  }

  @Override
  public String describe() {
    return "Vector API, " + L + " lanes";
  }

  @Override
  public void gemm(Mat a, Mat b, Mat start, Mat c) {
    VectorGemm.gemm(a, b, start, c);
  }

  private static float max(float[] x, int off, int n) {
    FloatVector max = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
    int i = 0;
    for (int end = S.loopBound(n); i < end; i += L) {
      max = greater(max, FloatVector.fromArray(S, x, off + i));
    }
    float result = greatest(max);
    for (; i < n; i++) {
      result = Math.max(result, x[off + i]);
    }
    return result;
  }

  private static void scale(float[] x, int off, int n, float by) {
    int i = 0;
    for (int end = S.loopBound(n); i < end; i += L) {
      FloatVector.fromArray(S, x, off + i).mul(by).intoArray(x, off + i);
    }
    for (; i < n; i++) {
      x[off + i] *= by;
    }
  }

  /** x &lt;- e^(x - max); returns the sum. */
  private static float exponentials(float[] x, int off, int n, float max) {
    FloatVector total = FloatVector.zero(S);
    int i = 0;
    for (int end = S.loopBound(n); i < end; i += L) {
      FloatVector e = expOfNegative(FloatVector.fromArray(S, x, off + i).sub(max));
      e.intoArray(x, off + i);
      total = total.add(e);
    }
    float result = sum(total);
    if (i < n) {
      VectorMask<Float> in = S.indexInRange(i, n);
      FloatVector e = expOfNegative(FloatVector.fromArray(S, x, off + i, in).sub(max));
      e.intoArray(x, off + i, in);
      result += sum(FloatVector.zero(S).blend(e, in));
    }
    return result;
  }

  @Override
  public void softmax(Mat scores, float scale) {
    VectorSoftmax.forward(scores, scale);
  }

  @Override
  public void softmaxBackward(Mat p, Mat dp, float scale) {
    VectorSoftmax.backward(p, dp, scale);
  }

  @Override
  public float crossEntropy(float[] x, int off, int n, int target) {
    Bounds.row(x, off, n);
    float max = max(x, off, n);
    FloatVector total = FloatVector.zero(S);
    int i = 0;
    for (int end = S.loopBound(n); i < end; i += L) {
      total = total.add(expOfNegative(FloatVector.fromArray(S, x, off + i).sub(max)));
    }
    float result = sum(total);
    if (i < n) {
      VectorMask<Float> in = S.indexInRange(i, n);
      FloatVector e = expOfNegative(FloatVector.fromArray(S, x, off + i, in).sub(max));
      result += sum(FloatVector.zero(S).blend(e, in));
    }
    return (float) (Math.log(result) + max - x[off + target]);
  }

  @Override
  public float crossEntropyGradient(float[] x, int off, int n, int target, float weight) {
    Bounds.row(x, off, n);
    float max = max(x, off, n);
    float atTarget = x[off + target];
    float total = exponentials(x, off, n, max);
    scale(x, off, n, weight / total);
    x[off + target] -= weight;
    return (float) (Math.log(total) + max - atTarget);
  }

  /**
   * Mean and variance in one walk, of x - x[0]: sums of squares about a value that is in the row
   * lose nothing where the mean is far from 0.
   */
  @Override
  public void layerNorm(Mat x, float[] theta, int w, int b, float eps, Mat hat, float[] r, Mat y) {
    Bounds.alike(x, hat);
    Bounds.alike(x, y);
    Bounds.row(theta, w, x.columns);
    Bounds.row(theta, b, x.columns);
    int n = x.columns;
    for (int row = 0; row < x.rows; row++) {
      int at = x.at(row);
      int whole = S.loopBound(n);
      float pivot = x.data[at];
      FloatVector totals = FloatVector.zero(S);
      FloatVector squares = FloatVector.zero(S);
      int i = 0;
      for (; i < whole; i += L) {
        FloatVector v = FloatVector.fromArray(S, x.data, at + i).sub(pivot);
        totals = totals.add(v);
        squares = v.fma(v, squares);
      }
      float total = sum(totals);
      float square = sum(squares);
      for (; i < n; i++) {
        float v = x.data[at + i] - pivot;
        total += v;
        square += v * v;
      }
      float shifted = total / n;
      float variance = Math.max(0, square / n - shifted * shifted);
      float mean = shifted + pivot;
      float inverse = 1 / (float) Math.sqrt(variance + eps);
      for (i = 0; i < whole; i += L) {
        FloatVector h = FloatVector.fromArray(S, x.data, at + i).sub(mean).mul(inverse);
        h.intoArray(hat.data, at + i);
        h.fma(FloatVector.fromArray(S, theta, w + i), FloatVector.fromArray(S, theta, b + i))
            .intoArray(y.data, at + i);
      }
      for (; i < n; i++) {
        float h = (x.data[at + i] - mean) * inverse;
        hat.data[at + i] = h;
        y.data[at + i] = h * theta[w + i] + theta[b + i];
      }
      r[row] = inverse;
    }
  }

  @Override
  public void layerNormBackward(
      Mat dy, Mat hat, float[] r, float[] theta, int w, int b, Mat dx, float[] dTheta) {
    Bounds.alike(dy, hat);
    Bounds.alike(dy, dx);
    Bounds.row(theta, w, dy.columns);
    Bounds.row(dTheta, w, dy.columns);
    Bounds.row(dTheta, b, dy.columns);
    int n = dy.columns;
    for (int row = 0; row < dy.rows; row++) {
      int at = dy.at(row);
      float inverse = r[row];
      int whole = S.loopBound(n);
      FloatVector sums = FloatVector.zero(S);
      FloatVector dots = FloatVector.zero(S);
      int i = 0;
      for (; i < whole; i += L) {
        FloatVector g =
            FloatVector.fromArray(S, dy.data, at + i).mul(FloatVector.fromArray(S, theta, w + i));
        sums = sums.add(g);
        dots = g.fma(FloatVector.fromArray(S, hat.data, at + i), dots);
      }
      float mean = sum(sums);
      float dot = sum(dots);
      for (; i < n; i++) {
        float g = dy.data[at + i] * theta[w + i];
        mean += g;
        dot += g * hat.data[at + i];
      }
      mean /= n;
      dot /= n;
      for (i = 0; i < whole; i += L) {
        FloatVector d = FloatVector.fromArray(S, dy.data, at + i);
        FloatVector h = FloatVector.fromArray(S, hat.data, at + i);
        FloatVector g = d.mul(FloatVector.fromArray(S, theta, w + i)).sub(mean).sub(h.mul(dot));
        g.fma(FloatVector.broadcast(S, inverse), FloatVector.fromArray(S, dx.data, at + i))
            .intoArray(dx.data, at + i);
        d.fma(h, FloatVector.fromArray(S, dTheta, w + i)).intoArray(dTheta, w + i);
        d.add(FloatVector.fromArray(S, dTheta, b + i)).intoArray(dTheta, b + i);
      }
      for (; i < n; i++) {
        float d = dy.data[at + i];
        float h = hat.data[at + i];
        dx.data[at + i] += inverse * (d * theta[w + i] - mean - h * dot);
        dTheta[w + i] += d * h;
        dTheta[b + i] += d;
      }
    }
  }

  @Override
  public void rmsNorm(Mat x, float[] theta, int w, float eps, Mat hat, float[] r, Mat y) {
    Bounds.alike(x, hat);
    Bounds.alike(x, y);
    Bounds.row(theta, w, x.columns);
    int n = x.columns;
    for (int row = 0; row < x.rows; row++) {
      int at = x.at(row);
      float inverse = (float) (1 / Math.sqrt(dot(x.data, at, x.data, at, n) / n + eps));
      int i = 0;
      for (int end = S.loopBound(n); i < end; i += L) {
        FloatVector h = FloatVector.fromArray(S, x.data, at + i).mul(inverse);
        h.intoArray(hat.data, at + i);
        h.mul(FloatVector.fromArray(S, theta, w + i)).intoArray(y.data, at + i);
      }
      for (; i < n; i++) {
        float h = x.data[at + i] * inverse;
        hat.data[at + i] = h;
        y.data[at + i] = h * theta[w + i];
      }
      r[row] = inverse;
    }
  }

  @Override
  public void rmsNormBackward(
      Mat dy, Mat hat, float[] r, float[] theta, int w, Mat dx, float[] dTheta) {
    Bounds.alike(dy, hat);
    Bounds.alike(dy, dx);
    Bounds.row(theta, w, dy.columns);
    Bounds.row(dTheta, w, dy.columns);
    int n = dy.columns;
    for (int row = 0; row < dy.rows; row++) {
      int at = dy.at(row);
      float inverse = r[row];
      int whole = S.loopBound(n);
      FloatVector dots = FloatVector.zero(S);
      int i = 0;
      for (; i < whole; i += L) {
        FloatVector g =
            FloatVector.fromArray(S, dy.data, at + i).mul(FloatVector.fromArray(S, theta, w + i));
        dots = g.fma(FloatVector.fromArray(S, hat.data, at + i), dots);
      }
      float dot = sum(dots);
      for (; i < n; i++) {
        dot += dy.data[at + i] * theta[w + i] * hat.data[at + i];
      }
      dot /= n;
      for (i = 0; i < whole; i += L) {
        FloatVector d = FloatVector.fromArray(S, dy.data, at + i);
        FloatVector h = FloatVector.fromArray(S, hat.data, at + i);
        FloatVector g = d.mul(FloatVector.fromArray(S, theta, w + i)).sub(h.mul(dot));
        g.fma(FloatVector.broadcast(S, inverse), FloatVector.fromArray(S, dx.data, at + i))
            .intoArray(dx.data, at + i);
        d.fma(h, FloatVector.fromArray(S, dTheta, w + i)).intoArray(dTheta, w + i);
      }
      for (; i < n; i++) {
        float d = dy.data[at + i];
        float h = hat.data[at + i];
        dx.data[at + i] += inverse * (d * theta[w + i] - h * dot);
        dTheta[w + i] += d * h;
      }
    }
  }

  /** Two arrays at two places might overlap, for all that the compiler knows: so by hand. */
  @Override
  public void add(float[] x, int xOff, float[] y, int yOff, int n) {
    Bounds.row(x, xOff, n);
    Bounds.row(y, yOff, n);
    int i = 0;
    for (int end = S.loopBound(n); i < end; i += L) {
      FloatVector.fromArray(S, x, xOff + i)
          .add(FloatVector.fromArray(S, y, yOff + i))
          .intoArray(y, yOff + i);
    }
    for (; i < n; i++) {
      y[yOff + i] += x[xOff + i];
    }
  }

  /** The normal distribution function by Abramowitz and Stegun 7.1.26; density is e^(-x^2/2). */
  private static FloatVector phi(FloatVector x, FloatVector density) {
    FloatVector z = x.abs().mul(SQRT_HALF);
    FloatVector t = FloatVector.broadcast(S, 1f).div(z.mul(0.3275911f).add(1f));
    FloatVector p = FloatVector.broadcast(S, 1.061405429f);
    p = p.fma(t, FloatVector.broadcast(S, -1.453152027f));
    p = p.fma(t, FloatVector.broadcast(S, 1.421413741f));
    p = p.fma(t, FloatVector.broadcast(S, -0.284496736f));
    p = p.fma(t, FloatVector.broadcast(S, 0.254829592f));
    FloatVector half = p.mul(t).mul(density).mul(0.5f);
    return half.blend(FloatVector.broadcast(S, 1f).sub(half), x.compare(VectorOperators.GE, 0f));
  }

  private static FloatVector density(FloatVector x) {
    return expOfNegative(x.mul(x).mul(-0.5f));
  }

  private static FloatVector gelu(FloatVector x) {
    return x.mul(phi(x, density(x)));
  }

  private static FloatVector geluSlope(FloatVector x) {
    FloatVector density = density(x);
    return phi(x, density).add(x.mul(density).mul(DENSITY_AT_0));
  }

  @Override
  public void gelu(float[] x, int xOff, float[] y, int yOff, int n) {
    Bounds.row(x, xOff, n);
    Bounds.row(y, yOff, n);
    int i = 0;
    for (int end = S.loopBound(n); i < end; i += L) {
      gelu(FloatVector.fromArray(S, x, xOff + i)).intoArray(y, yOff + i);
    }
    if (i < n) {
      VectorMask<Float> in = S.indexInRange(i, n);
      gelu(FloatVector.fromArray(S, x, xOff + i, in)).intoArray(y, yOff + i, in);
    }
  }

  @Override
  public void geluBackward(float[] x, int xOff, float[] dy, int dyOff, int n) {
    Bounds.row(x, xOff, n);
    Bounds.row(dy, dyOff, n);
    int i = 0;
    for (int end = S.loopBound(n); i < end; i += L) {
      geluSlope(FloatVector.fromArray(S, x, xOff + i))
          .mul(FloatVector.fromArray(S, dy, dyOff + i))
          .intoArray(dy, dyOff + i);
    }
    if (i < n) {
      VectorMask<Float> in = S.indexInRange(i, n);
      geluSlope(FloatVector.fromArray(S, x, xOff + i, in))
          .mul(FloatVector.fromArray(S, dy, dyOff + i, in))
          .intoArray(dy, dyOff + i, in);
    }
  }

  /** (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2, which is a logistic function of twice that. */
  private static FloatVector tanhGate(FloatVector x) {
    FloatVector inner = x.mul(x).mul(0.044715f).add(1f).mul(x).mul(-2 * SQRT_2_OVER_PI);
    return FloatVector.broadcast(S, 1f).div(exp(inner).add(1f));
  }

  private static FloatVector geluTanhSlope(FloatVector x) {
    FloatVector g = tanhGate(x);
    FloatVector inner = x.mul(x).mul(3 * 0.044715f).add(1f).mul(2 * SQRT_2_OVER_PI);
    return g.add(x.mul(g).mul(FloatVector.broadcast(S, 1f).sub(g)).mul(inner));
  }

  @Override
  public void geluTanh(float[] x, int xOff, float[] y, int yOff, int n) {
    Bounds.row(x, xOff, n);
    Bounds.row(y, yOff, n);
    int i = 0;
    for (int end = S.loopBound(n); i < end; i += L) {
      FloatVector v = FloatVector.fromArray(S, x, xOff + i);
      v.mul(tanhGate(v)).intoArray(y, yOff + i);
    }
    if (i < n) {
      VectorMask<Float> in = S.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(S, x, xOff + i, in);
      v.mul(tanhGate(v)).intoArray(y, yOff + i, in);
    }
  }

  @Override
  public void geluTanhBackward(float[] x, int xOff, float[] dy, int dyOff, int n) {
    Bounds.row(x, xOff, n);
    Bounds.row(dy, dyOff, n);
    int i = 0;
    for (int end = S.loopBound(n); i < end; i += L) {
      geluTanhSlope(FloatVector.fromArray(S, x, xOff + i))
          .mul(FloatVector.fromArray(S, dy, dyOff + i))
          .intoArray(dy, dyOff + i);
    }
    if (i < n) {
      VectorMask<Float> in = S.indexInRange(i, n);
      geluTanhSlope(FloatVector.fromArray(S, x, xOff + i, in))
          .mul(FloatVector.fromArray(S, dy, dyOff + i, in))
          .intoArray(dy, dyOff + i, in);
    }
  }

  private static FloatVector logistic(FloatVector x) {
    return FloatVector.broadcast(S, 1f).div(exp(x.neg()).add(1f));
  }

  @Override
  public void swiglu(float[] gate, int gOff, float[] up, int uOff, float[] y, int yOff, int n) {
    Bounds.row(gate, gOff, n);
    Bounds.row(up, uOff, n);
    Bounds.row(y, yOff, n);
    int i = 0;
    for (int end = S.loopBound(n); i < end; i += L) {
      FloatVector g = FloatVector.fromArray(S, gate, gOff + i);
      g.mul(logistic(g)).mul(FloatVector.fromArray(S, up, uOff + i)).intoArray(y, yOff + i);
    }
    if (i < n) {
      VectorMask<Float> in = S.indexInRange(i, n);
      FloatVector g = FloatVector.fromArray(S, gate, gOff + i, in);
      g.mul(logistic(g)).mul(FloatVector.fromArray(S, up, uOff + i, in)).intoArray(y, yOff + i, in);
    }
  }

  @Override
  public void swigluBackward(
      float[] gate,
      int gOff,
      float[] up,
      int uOff,
      float[] dy,
      int dyOff,
      float[] dgate,
      int dgOff,
      float[] dup,
      int duOff,
      int n) {
    Bounds.row(gate, gOff, n);
    Bounds.row(up, uOff, n);
    Bounds.row(dy, dyOff, n);
    Bounds.row(dgate, dgOff, n);
    Bounds.row(dup, duOff, n);
    for (int i = 0; i < n; i += L) {
      VectorMask<Float> in = S.indexInRange(i, n);
      FloatVector g = FloatVector.fromArray(S, gate, gOff + i, in);
      FloatVector s = logistic(g);
      FloatVector d = FloatVector.fromArray(S, dy, dyOff + i, in);
      FloatVector silu = g.mul(s);
      FloatVector slope = s.add(silu.mul(FloatVector.broadcast(S, 1f).sub(s)));
      FloatVector u = FloatVector.fromArray(S, up, uOff + i, in);
      d.mul(u).mul(slope).intoArray(dgate, dgOff + i, in);
      d.mul(silu).intoArray(dup, duOff + i, in);
    }
  }

  private static float dot(float[] x, int xOff, float[] y, int yOff, int n) {
    FloatVector total = FloatVector.zero(S);
    int i = 0;
    for (int end = S.loopBound(n); i < end; i += L) {
      total =
          FloatVector.fromArray(S, x, xOff + i).fma(FloatVector.fromArray(S, y, yOff + i), total);
    }
    float result = sum(total);
    for (; i < n; i++) {
      result += x[xOff + i] * y[yOff + i];
    }
    return result;
  }
}
