package refrain.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both twins against the formulas in float64, at odd and even sizes. */
class KernelsTest {
  private static final int[] SIZES = {1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 65, 100};

  record Case(Kernels kernels, int n) {
    @Override
    public String toString() {
      return kernels.describe() + ", n = " + n;
    }
  }

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (Kernels k : List.of(new ScalarKernels(), new VectorKernels())) {
      for (int n : SIZES) {
        cases.add(new Case(k, n));
      }
    }
    return cases.stream();
  }

  private final SplittableRandom random = new SplittableRandom(42);

  private float[] draw(int n, double size) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) (size * (2 * random.nextDouble() - 1));
    }
    return x;
  }

  private static void same(float[] found, double[] expected, double tolerance) {
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) found[i])
          .as("element %d", i)
          .isCloseTo(expected[i], within(tolerance * Math.max(1, Math.abs(expected[i]))));
    }
  }

  /** What a product starts from. */
  private enum Start {
    C,
    ZEROS,
    BIAS
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gemmAddsTheProductOfPlainAndTransposedOperands(Case c) {
    for (int m : new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 16, 20}) {
      for (int k : new int[] {1, 5, 16}) {
        for (boolean transposed : new boolean[] {false, true}) {
          for (Start start : Start.values()) {
            gemm(c.kernels(), m, c.n(), k, transposed, start);
          }
        }
      }
    }
  }

  /** A, B and C lie in arrays with other numbers around them; B ends with its array. */
  private void gemm(Kernels kernels, int m, int n, int k, boolean transposed, Start start) {
    int aRow = transposed ? 1 : k + 3;
    int aCol = transposed ? m + 2 : 1;
    float[] a = draw(2 + (m + 3) * (k + 3), 1);
    int bRow = n + 5;
    float[] b = draw(3 + (k - 1) * bRow + n, 1);
    int cRow = n + 4;
    float[] c = draw(1 + m * cRow, 1);
    float[] bias = draw(n, 1);
    double[] expected = new double[c.length];
    for (int i = 0; i < c.length; i++) {
      expected[i] = c[i];
    }
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        int at = 1 + i * cRow + j;
        expected[at] =
            switch (start) {
              case C -> c[at];
              case ZEROS -> 0;
              case BIAS -> bias[j];
            };
        for (int p = 0; p < k; p++) {
          expected[at] += (double) a[2 + i * aRow + p * aCol] * b[3 + p * bRow + j];
        }
      }
    }
    Mat left = transposed ? Mat.of(a, 2, k, m, aCol).transposed() : Mat.of(a, 2, m, k, aRow);
    Mat to = Mat.of(c, 1, m, n, cRow);
    Mat from =
        switch (start) {
          case C -> to;
          case ZEROS -> Mat.zeros(m, n);
          case BIAS -> Mat.of(bias, 0, m, n, 0);
        };
    kernels.gemm(left, Mat.of(b, 3, k, n, bRow), from, to);
    same(c, expected, 1e-5);
  }

  /** The order of additions is one for all tiles, so a packed B gives the bits of a plain one. */
  @ParameterizedTest
  @MethodSource("cases")
  void gemmGivesTheSameBitsForPackedPanels(Case c) {
    int n = c.n();
    for (int m : new int[] {1, 6, 10, 17}) {
      int k = 13;
      Mat a = Mat.of(draw(m * k, 1), 0, m, k, k);
      Mat b = Mat.of(draw(k * n, 1), 0, k, n, n);
      Mat packed = Mat.packed(k, n, c.kernels().panel());
      packed.pack(b);
      Mat turned = Mat.of(new float[k * n], 0, n, k, k);
      turned.setTransposed(b);
      Mat twice = Mat.packed(k, n, c.kernels().panel());
      twice.packTransposed(turned);
      Mat plain = Mat.allocate(m, n);
      Mat panels = Mat.allocate(m, n);
      Mat again = Mat.allocate(m, n);
      c.kernels().gemm(a, b, plain);
      c.kernels().gemm(a, packed, panels);
      c.kernels().gemm(a, twice, again);
      assertThat(panels.data).isEqualTo(plain.data);
      assertThat(again.data).isEqualTo(plain.data);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void softmaxAndItsWayBack(Case c) {
    int n = c.n();
    int padded = (n + Kernels.BLOCK - 1) / Kernels.BLOCK * Kernels.BLOCK;
    int row = padded + 3;
    float[] s = draw(2 + n * row, 5);
    double[] expected = new double[s.length];
    for (int i = 0; i < s.length; i++) {
      expected[i] = s[i];
    }
    float[] dp = draw(1 + n * row, 1);
    double[] ds = new double[dp.length];
    for (int i = 0; i < dp.length; i++) {
      ds[i] = dp[i];
    }
    for (int i = 0; i < n; i++) {
      int at = 2 + i * row;
      double sum = 0;
      for (int j = 0; j <= i; j++) {
        sum += Math.exp(0.7 * s[at + j]);
      }
      double dot = 0;
      for (int j = 0; j <= i; j++) {
        expected[at + j] = Math.exp(0.7 * s[at + j]) / sum;
        dot += expected[at + j] * dp[at - 1 + j];
      }
      for (int j = 0; j <= i; j++) {
        ds[at - 1 + j] = 0.7 * expected[at + j] * (dp[at - 1 + j] - dot);
      }
      for (int j = i + 1; j < (i / Kernels.BLOCK + 1) * Kernels.BLOCK; j++) {
        expected[at + j] = 0;
        ds[at - 1 + j] = 0;
      }
    }
    Mat pattern = Mat.of(s, 2, n, n, row);
    c.kernels().softmax(pattern, 0.7f);
    same(s, expected, 1e-6);
    c.kernels().softmaxBackward(pattern, Mat.of(dp, 1, n, n, row), 0.7f);
    same(dp, ds, 2e-6);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void addAddsOneRowToAnother(Case c) {
    float[] x = draw(c.n() + 3, 1);
    float[] y = draw(c.n() + 2, 1);
    double[] expected = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      expected[i] = y[i] + (i >= 1 && i <= c.n() ? x[i + 1] : 0);
    }
    c.kernels().add(x, 2, y, 1, c.n());
    same(y, expected, 1e-6);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void crossEntropyAndItsGradient(Case c) {
    int n = c.n();
    float[] x = draw(n + 1, 20);
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x[1 + i]);
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Math.exp(x[1 + i] - max);
    }
    int target = n / 2;
    double loss = Math.log(sum) + max - x[1 + target];
    double[] gradient = new double[n];
    for (int i = 0; i < n; i++) {
      gradient[i] = 0.3 * (Math.exp(x[1 + i] - max) / sum - (i == target ? 1 : 0));
    }
    assertThat((double) c.kernels().crossEntropy(x, 1, n, target)).isCloseTo(loss, within(2e-5));
    assertThat((double) c.kernels().crossEntropyGradient(x, 1, n, target, 0.3f))
        .isCloseTo(loss, within(2e-5));
    same(java.util.Arrays.copyOfRange(x, 1, n + 1), gradient, 1e-6);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void normsAndTheirWayBackByDifferences(Case c) {
    int n = c.n();
    float[] x = draw(n, 2);
    float[] w = draw(n, 1);
    float[] b = draw(n, 1);
    float[] dy = draw(n, 1);
    float[] theta = new float[2 * n];
    System.arraycopy(w, 0, theta, 0, n);
    System.arraycopy(b, 0, theta, n, n);
    for (boolean layer : new boolean[] {true, false}) {
      // A row above it, so that the row counts.
      Mat in = Mat.of(new float[2 * n + 2], 1, 2, n, n + 1);
      Mat dOut = in.like();
      System.arraycopy(x, 0, in.data, in.at(1), n);
      System.arraycopy(dy, 0, dOut.data, dOut.at(1), n);
      Mat normed = in.like();
      Mat out = in.like();
      Mat dIn = in.like();
      float[] dTheta = new float[2 * n];
      float[] r = new float[2];
      if (layer) {
        c.kernels().layerNorm(in, theta, 0, n, 1e-3f, normed, r, out);
        c.kernels().layerNormBackward(dOut, normed, r, theta, 0, n, dIn, dTheta);
      } else {
        c.kernels().rmsNorm(in, theta, 0, 1e-3f, normed, r, out);
        c.kernels().rmsNormBackward(dOut, normed, r, theta, 0, dIn, dTheta);
      }
      float[] hat = row(normed);
      float[] dx = row(dIn);
      float[] dw = java.util.Arrays.copyOf(dTheta, n);
      same(row(out), norm(widen(x), w, layer ? b : new float[n], layer), 2e-5);
      same(java.util.Arrays.copyOfRange(dTheta, n, 2 * n), widen(layer ? dy : new float[n]), 1e-6);
      double[] expected = new double[n];
      for (int i = 0; i < n; i++) {
        double h = 1e-5;
        double[] up = widen(x);
        double[] down = widen(x);
        up[i] += h;
        down[i] -= h;
        double[] yUp = norm(up, w, b, layer);
        double[] yDown = norm(down, w, b, layer);
        for (int j = 0; j < n; j++) {
          expected[i] += dy[j] * (yUp[j] - yDown[j]) / (2 * h);
        }
        assertThat(dw[i]).isCloseTo(dy[i] * hat[i], within(1e-5f));
      }
      same(dx, expected, 2e-4);
    }
  }

  private static float[] row(Mat x) {
    return java.util.Arrays.copyOfRange(x.data, x.at(1), x.at(1) + x.columns);
  }

  private static double[] widen(float[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i];
    }
    return y;
  }

  private static double[] norm(double[] x, float[] w, float[] b, boolean layer) {
    int n = x.length;
    double mean = 0;
    for (int i = 0; layer && i < n; i++) {
      mean += x[i] / n;
    }
    double square = 0;
    for (double v : x) {
      square += (v - mean) * (v - mean) / n;
    }
    double[] y = new double[n];
    for (int i = 0; i < n; i++) {
      y[i] = (x[i] - mean) / Math.sqrt(square + 1e-3f) * w[i] + b[i];
    }
    return y;
  }

  /** The error function, by Simpson's rule on its integral. */
  private static double erf(double z) {
    double end = Math.min(Math.abs(z), 6);
    int steps = 600;
    double h = end / steps;
    double sum = 1 + Math.exp(-end * end);
    for (int i = 1; i < steps; i++) {
      sum += (i % 2 == 0 ? 2 : 4) * Math.exp(-i * h * i * h);
    }
    return Math.signum(z) * 2 / Math.sqrt(Math.PI) * sum * h / 3;
  }

  private static double gelu(double x) {
    return x * 0.5 * (1 + erf(x / Math.sqrt(2)));
  }

  private static double geluTanh(double x) {
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  private static double silu(double x) {
    return x / (1 + Math.exp(-x));
  }

  private static double[] map(float[] x, DoubleUnaryOperator f) {
    return java.util.Arrays.stream(widen(x)).map(f).toArray();
  }

  private static double[] slopes(float[] x, float[] dy, DoubleUnaryOperator f) {
    double[] out = new double[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = dy[i] * (f.applyAsDouble(x[i] + 1e-4) - f.applyAsDouble(x[i] - 1e-4)) / 2e-4;
    }
    return out;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void activationsAndTheirSlopes(Case c) {
    int n = c.n();
    for (double size : new double[] {0.5, 4, 30}) {
      float[] x = draw(n, size);
      float[] dy = draw(n, 1);
      float[] y = new float[n];
      c.kernels().gelu(x, 0, y, 0, n);
      same(y, map(x, KernelsTest::gelu), 2e-6);
      float[] dx = dy.clone();
      c.kernels().geluBackward(x, 0, dx, 0, n);
      same(dx, slopes(x, dy, KernelsTest::gelu), 1e-5);

      c.kernels().geluTanh(x, 0, y, 0, n);
      same(y, map(x, KernelsTest::geluTanh), 2e-6);
      dx = dy.clone();
      c.kernels().geluTanhBackward(x, 0, dx, 0, n);
      same(dx, slopes(x, dy, KernelsTest::geluTanh), 1e-5);

      float[] up = draw(n, 2);
      c.kernels().swiglu(x, 0, up, 0, y, 0, n);
      double[] silu = map(x, KernelsTest::silu);
      double[] gated = new double[n];
      double[] dup = new double[n];
      for (int i = 0; i < n; i++) {
        gated[i] = silu[i] * up[i];
        dup[i] = silu[i] * dy[i];
      }
      same(y, gated, 2e-6);
      float[] dgate = new float[n];
      float[] inPlace = dy.clone();
      c.kernels().swigluBackward(x, 0, up, 0, inPlace, 0, dgate, 0, inPlace, 0, n);
      same(inPlace, dup, 2e-6);
      double[] expected = slopes(x, dy, KernelsTest::silu);
      for (int i = 0; i < n; i++) {
        expected[i] *= up[i];
      }
      same(dgate, expected, 1e-5);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void scoresFarApartGiveNoDenormalsAndNoNaN(Case c) {
    int n = c.n();
    Mat s = Mat.allocate(n, n);
    int last = s.at(n - 1);
    for (int j = 0; j < n; j++) {
      s.data[last + j] = -200f * j;
    }
    c.kernels().softmax(s, 1);
    assertThat(s.data[last]).isEqualTo(1f);
    for (int j = 1; j < n; j++) {
      assertThat(s.data[last + j]).isBetween(0f, 1e-37f);
    }
  }
}
