package refrain.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import refrain.data.Rng;
import refrain.tensor.Kernels;
import refrain.tensor.Mat;
import refrain.tensor.ScalarKernels;
import refrain.train.AdamW;
import refrain.train.OptimizerSpec;

/**
 * One kernel at one of the sizes that the engine calls it with.
 *
 * @param flops operations of a call for a matrix product, else 0
 * @param on gives the call, its operands in place, for either twin of the kernels
 */
record Case(double flops, Function<Kernels, Runnable> on) {

  /** All cases by name, in the order of tables. */
  static final Map<String, Case> ALL = new LinkedHashMap<>();

  static {
    // x W in panels: the projections, at T, S and M, and the unembedding.
    dense("dense-T-128x64x64", 128, 64, 64);
    dense("dense-S-256x128x128", 256, 128, 128);
    dense("dense-M-256x256x256", 256, 256, 256);
    dense("unembed-M-256x4096x256", 256, 4096, 256);
    // x^T dy: gradients of weights; A is transposed, B a plain row-major matrix.
    transposed("weights-T-64x64x128", 64, 64, 128);
    transposed("weights-S-128x128x256", 128, 128, 256);
    transposed("weights-M-256x256x256", 256, 256, 256);
    // A block of 16 rows of a pattern times values, by d_head.
    for (int width : new int[] {16, 32, 64}) {
      mix("mix-16x" + width + "x128", 16, width, 128);
      scores("scores-16x128x" + width, 16, 128, width);
    }
    row(
        "softmax-128",
        128,
        (k, a) ->
            () -> {
              System.arraycopy(a.x, 0, a.y, 0, 128);
              k.softmax(a.y, 0, 128, 128, 0.18f);
            });
    row(
        "softmaxBackward-128",
        128,
        (k, a) ->
            () -> {
              System.arraycopy(a.x, 0, a.y, 0, 128);
              k.softmaxBackward(a.w, 0, a.y, 0, 128, 128, 0.18f);
            });
    for (int n : new int[] {64, 256}) {
      row(
          "layerNorm-" + n,
          n,
          (k, a) -> {
            Mat x = Mat.of(a.x, 0, 1, n, n);
            Mat hat = Mat.of(a.hat, 0, 1, n, n);
            Mat y = Mat.of(a.y, 0, 1, n, n);
            float[] r = new float[1];
            return () -> k.layerNorm(x, a.theta, 0, n, 1e-5f, hat, r, y);
          });
      row(
          "layerNormBackward-" + n,
          n,
          (k, a) -> {
            Mat dy = Mat.of(a.x, 0, 1, n, n);
            Mat hat = Mat.of(a.hat, 0, 1, n, n);
            Mat dx = Mat.of(a.y, 0, 1, n, n);
            float[] r = {1};
            return () -> {
              dx.clear();
              k.layerNormBackward(dy, hat, r, a.theta, 0, n, dx, a.dTheta);
            };
          });
    }
    for (int n : new int[] {64, 512, 4096}) {
      row(
          "crossEntropyGradient-" + n,
          n,
          (k, a) ->
              () -> {
                System.arraycopy(a.x, 0, a.y, 0, n);
                k.crossEntropyGradient(a.y, 0, n, n / 2, 1f);
              });
    }
    row("gelu-1024", 1024, (k, a) -> () -> k.gelu(a.x, 0, a.y, 0, 1024));
    ALL.put("adamW-32768", new Case(0, Case::adam));
  }

  /** Operands of a kernel on a row. */
  private static final class Row {
    final float[] x;
    final float[] w;
    final float[] theta;
    final float[] hat;
    final float[] y;
    final float[] dTheta;

    Row(int n) {
      x = normal(n, 1);
      w = normal(n, 2);
      theta = normal(2 * n, 3);
      hat = normal(n, 4);
      y = new float[n];
      dTheta = new float[2 * n];
    }
  }

  @FunctionalInterface
  private interface RowCall {
    Runnable on(Kernels kernels, Row operands);
  }

  private static void row(String name, int n, RowCall call) {
    ALL.put(name, new Case(0, k -> call.on(k, new Row(n))));
  }

  private record Operands(Mat a, Mat b, Mat c) {}

  private static void dense(String name, int m, int n, int k) {
    product(
        name,
        m,
        n,
        k,
        kernels -> {
          int panel = kernels.panel();
          float[] b = normal((n + panel - 1) / panel * panel * k, 2);
          Mat packed = Mat.packed(b, 0, k, n, panel);
          return new Operands(matrix(m, k, k, 1), packed, matrix(m, n, n, 3));
        });
  }

  private static void transposed(String name, int m, int n, int k) {
    product(
        name,
        m,
        n,
        k,
        kernels ->
            new Operands(matrix(k, m, m, 1).transposed(), matrix(k, n, n, 2), matrix(m, n, n, 3)));
  }

  /** Heads lie side by side in a row of 256. */
  private static void mix(String name, int m, int n, int k) {
    product(
        name,
        m,
        n,
        k,
        kernels -> new Operands(matrix(m, k, k, 1), matrix(k, n, 256, 2), matrix(m, n, 256, 3)));
  }

  private static void scores(String name, int m, int n, int k) {
    product(
        name,
        m,
        n,
        k,
        kernels -> new Operands(matrix(m, k, 256, 1), matrix(k, n, n, 2), matrix(m, n, n, 3)));
  }

  private static Mat matrix(int rows, int columns, int row, long seed) {
    return Mat.of(normal(rows * row, seed), 0, rows, columns, row);
  }

  private static void product(
      String name, int m, int n, int k, Function<Kernels, Operands> operands) {
    Function<Kernels, Runnable> on =
        kernels -> {
          Operands of = operands.apply(kernels);
          return () -> kernels.gemm(of.a, of.b, of.c);
        };
    ALL.put(name, new Case(2.0 * m * n * k, on));
  }

  /** The optimiser has no second kernel; its plain twin stands here. */
  private static Runnable adam(Kernels kernels) {
    int n = 1 << 15;
    float[] theta = normal(n, 1);
    float[] gradient = normal(n, 2);
    if (!(kernels instanceof ScalarKernels)) {
      AdamW adam = new AdamW(OptimizerSpec.defaults(), n, 1);
      return () -> adam.step(theta, gradient, 1e-3);
    }
    double[] m = new double[n];
    double[] v = new double[n];
    return () -> {
      double norm = 0;
      for (float g : gradient) {
        norm += (double) g * g;
      }
      double factor = Math.min(1, 1 / Math.sqrt(norm));
      for (int i = 0; i < n; i++) {
        double g = gradient[i] * factor;
        m[i] = 0.9 * m[i] + 0.1 * g;
        v[i] = 0.98 * v[i] + 0.02 * g * g;
        theta[i] = (float) (theta[i] * 0.99997 - 1e-3 * m[i] / (Math.sqrt(v[i]) + 1e-8));
      }
    };
  }

  private static float[] normal(int n, long seed) {
    Rng rng = Rng.of(seed);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) rng.nextGaussian();
    }
    return x;
  }
}
