package refrain.tensor;

import java.util.Arrays;

/** The plain twin: one loop a formula, sums in double. Runs anywhere; about ten times slower. */
public final class ScalarKernels implements Kernels {
  private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

  @Override
  public int lanes() {
    return 1;
  }

  @Override
  public int panel() {
    return 16;
  }

  @Override
  public String describe() {
    return "plain loops";
  }

  @Override
  public void gemm(Mat a, Mat b, Mat start, Mat c) {
    Bounds.product(a, b, start, c);
    int panel = panel();
    int across = b.panel == 0 ? panel : b.panel;
    for (int j0 = 0; j0 < c.columns; j0 += panel) {
      int width = Math.min(panel, c.columns - j0);
      for (int i = 0; i < c.rows; i++) {
        int to = c.at(i) + j0;
        System.arraycopy(start.data, start.at(i) + j0, c.data, to, width);
        for (int p = 0; p < a.columns; p++) {
          float x = a.data[a.at(i) + p * a.column];
          int from = b.at(p) + j0 / panel * across;
          for (int j = 0; j < width; j++) {
            c.data[to + j] += x * b.data[from + j];
          }
        }
      }
    }
  }

  @Override
  public void softmax(Mat scores, float scale) {
    float[] s = scores.data;
    for (int i = 0; i < scores.rows; i++) {
      int off = scores.at(i);
      double max = max(s, off, i + 1);
      double sum = 0;
      for (int j = off; j <= off + i; j++) {
        double e = Math.exp((s[j] - max) * scale);
        s[j] = (float) e;
        sum += e;
      }
      for (int j = off; j <= off + i; j++) {
        s[j] = (float) (s[j] / sum);
      }
      clearRest(s, off, i);
    }
  }

  /** Zeros after element i of a row, to the end of its block. */
  private static void clearRest(float[] row, int off, int i) {
    Arrays.fill(row, off + i + 1, off + (i / BLOCK + 1) * BLOCK, 0);
  }

  private static double max(float[] s, int off, int n) {
    double max = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < n; j++) {
      max = Math.max(max, s[off + j]);
    }
    return max;
  }

  @Override
  public void softmaxBackward(Mat p, Mat dp, float scale) {
    for (int i = 0; i < p.rows; i++) {
      int from = p.at(i);
      int to = dp.at(i);
      double dot = 0;
      for (int j = 0; j <= i; j++) {
        dot += (double) p.data[from + j] * dp.data[to + j];
      }
      for (int j = 0; j <= i; j++) {
        dp.data[to + j] = (float) (scale * p.data[from + j] * (dp.data[to + j] - dot));
      }
      clearRest(dp.data, to, i);
    }
  }

  @Override
  public float crossEntropy(float[] x, int off, int n, int target) {
    double max = max(x, off, n);
    double sum = 0;
    for (int j = 0; j < n; j++) {
      sum += Math.exp(x[off + j] - max);
    }
    return (float) (Math.log(sum) + max - x[off + target]);
  }

  @Override
  public float crossEntropyGradient(float[] x, int off, int n, int target, float weight) {
    double max = max(x, off, n);
    double sum = 0;
    for (int j = 0; j < n; j++) {
      sum += Math.exp(x[off + j] - max);
    }
    float loss = (float) (Math.log(sum) + max - x[off + target]);
    for (int j = 0; j < n; j++) {
      x[off + j] = (float) (weight * Math.exp(x[off + j] - max) / sum);
    }
    x[off + target] -= weight;
    return loss;
  }

  @Override
  public void layerNorm(Mat x, float[] theta, int w, int b, float eps, Mat hat, float[] r, Mat y) {
    int n = x.columns;
    for (int row = 0; row < x.rows; row++) {
      int at = x.at(row);
      double mean = 0;
      for (int i = 0; i < n; i++) {
        mean += x.data[at + i];
      }
      mean /= n;
      double variance = 0;
      for (int i = 0; i < n; i++) {
        double centred = x.data[at + i] - mean;
        variance += centred * centred;
      }
      float inverse = (float) (1 / Math.sqrt(variance / n + eps));
      for (int i = 0; i < n; i++) {
        float h = (float) ((x.data[at + i] - mean) * inverse);
        hat.data[at + i] = h;
        y.data[at + i] = h * theta[w + i] + theta[b + i];
      }
      r[row] = inverse;
    }
  }

  @Override
  public void layerNormBackward(
      Mat dy, Mat hat, float[] r, float[] theta, int w, int b, Mat dx, float[] dTheta) {
    int n = dy.columns;
    for (int row = 0; row < dy.rows; row++) {
      int at = dy.at(row);
      float inverse = r[row];
      double sum = 0;
      double dot = 0;
      for (int i = 0; i < n; i++) {
        double g = (double) dy.data[at + i] * theta[w + i];
        sum += g;
        dot += g * hat.data[at + i];
      }
      for (int i = 0; i < n; i++) {
        float d = dy.data[at + i];
        float h = hat.data[at + i];
        dx.data[at + i] += (float) (inverse * ((double) d * theta[w + i] - sum / n - h * dot / n));
        dTheta[w + i] += d * h;
        dTheta[b + i] += d;
      }
    }
  }

  @Override
  public void rmsNorm(Mat x, float[] theta, int w, float eps, Mat hat, float[] r, Mat y) {
    int n = x.columns;
    for (int row = 0; row < x.rows; row++) {
      int at = x.at(row);
      double square = 0;
      for (int i = 0; i < n; i++) {
        square += (double) x.data[at + i] * x.data[at + i];
      }
      float inverse = (float) (1 / Math.sqrt(square / n + eps));
      for (int i = 0; i < n; i++) {
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
    int n = dy.columns;
    for (int row = 0; row < dy.rows; row++) {
      int at = dy.at(row);
      float inverse = r[row];
      double dot = 0;
      for (int i = 0; i < n; i++) {
        dot += (double) dy.data[at + i] * theta[w + i] * hat.data[at + i];
      }
      for (int i = 0; i < n; i++) {
        float d = dy.data[at + i];
        float h = hat.data[at + i];
        dx.data[at + i] += (float) (inverse * ((double) d * theta[w + i] - h * dot / n));
        dTheta[w + i] += d * h;
      }
    }
  }

  @Override
  public void add(float[] x, int xOff, float[] y, int yOff, int n) {
    for (int i = 0; i < n; i++) {
      y[yOff + i] += x[xOff + i];
    }
  }

  @Override
  public void gelu(float[] x, int xOff, float[] y, int yOff, int n) {
    for (int i = 0; i < n; i++) {
      double v = x[xOff + i];
      y[yOff + i] = (float) (v * phi(v));
    }
  }

  @Override
  public void geluBackward(float[] x, int xOff, float[] dy, int dyOff, int n) {
    for (int i = 0; i < n; i++) {
      double v = x[xOff + i];
      double density = Math.exp(-v * v / 2) / Math.sqrt(2 * Math.PI);
      dy[dyOff + i] *= (float) (phi(v) + v * density);
    }
  }

  /** The normal distribution function, by Abramowitz and Stegun 7.1.26: error below 1e-7. */
  static double phi(double v) {
    double z = Math.abs(v) / Math.sqrt(2);
    double t = 1 / (1 + 0.3275911 * z);
    double tail =
        t
            * (0.254829592
                + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
            * Math.exp(-z * z);
    return v >= 0 ? 1 - tail / 2 : tail / 2;
  }

  @Override
  public void geluTanh(float[] x, int xOff, float[] y, int yOff, int n) {
    for (int i = 0; i < n; i++) {
      double v = x[xOff + i];
      y[yOff + i] =
          (float) (0.5 * v * (1 + Math.tanh(SQRT_2_OVER_PI * (v + 0.044715 * v * v * v))));
    }
  }

  @Override
  public void geluTanhBackward(float[] x, int xOff, float[] dy, int dyOff, int n) {
    for (int i = 0; i < n; i++) {
      double v = x[xOff + i];
      double t = Math.tanh(SQRT_2_OVER_PI * (v + 0.044715 * v * v * v));
      double inner = SQRT_2_OVER_PI * (1 + 3 * 0.044715 * v * v);
      dy[dyOff + i] *= (float) (0.5 * (1 + t) + 0.5 * v * (1 - t * t) * inner);
    }
  }

  @Override
  public void swiglu(float[] gate, int gOff, float[] up, int uOff, float[] y, int yOff, int n) {
    for (int i = 0; i < n; i++) {
      double g = gate[gOff + i];
      y[yOff + i] = (float) (g / (1 + Math.exp(-g)) * up[uOff + i]);
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
    for (int i = 0; i < n; i++) {
      double g = gate[gOff + i];
      double s = 1 / (1 + Math.exp(-g));
      double d = dy[dyOff + i];
      dgate[dgOff + i] = (float) (d * up[uOff + i] * s * (1 + g * (1 - s)));
      dup[duOff + i] = (float) (d * g * s);
    }
  }
}
