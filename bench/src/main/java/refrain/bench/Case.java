package refrain.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import refrain.data.Rng;
import refrain.tensor.Kernels;
import refrain.tensor.Mat;
import refrain.tensor.ScalarKernels;
import refrain.train.AdamW;
import refrain.train.OptimizerSpec;

/**
 * One kernel at one of the sizes that the engine calls it with, on operands that lie as the
 * engine's do.
 *
 * @param product what is multiplied, or null where the kernel is no matrix product
 * @param on gives the call, its operands in place, for either twin of the kernels
 */
record Case(@Nullable Product product, Function<Kernels, Runnable> on) {

  /** What a product is for. */
  enum Role {
    /** x W, and the gradient of inputs, dy W^T: B is packed beforehand. */
    DENSE,
    /** x^T dy, with x as it lies. */
    WEIGHTS,
    /** Blocks of 16 rows. */
    ATTENTION
  }

  /** [m, n] += [m, k] [k, n]. */
  record Product(Role role, int m, int n, int k) {
    double flops() {
      return 2.0 * m * n * k;
    }
  }

  /** All cases by name, in the order of tables. */
  static final Map<String, Case> ALL = new LinkedHashMap<>();

  static {
    // x W and dy W^T in panels, and x^T dy, whose B is a plain row-major matrix: the projections,
    // then the unembedding, of one sequence. T's unembedding is as large as its projections, and
    // code has the sizes of S.
    dense("dense-T-128x64x64", 128, 64, 64);
    weights("weights-T-64x64x128", 64, 64, 128);
    dense("dense-R0-64x64x64", 64, 64, 64);
    weights("weights-R0-64x64x64", 64, 64, 64);
    dense("dense-S-256x128x128", 256, 128, 128);
    weights("weights-S-128x128x256", 128, 128, 256);
    dense("dense-M-256x256x256", 256, 256, 256);
    weights("weights-M-256x256x256", 256, 256, 256);
    dense("unembed-R0-64x128x64", 64, 128, 64);
    dense("unembed-inputs-R0-64x64x128", 64, 64, 128);
    unembedWeights("unembed-weights-R0-64x128x64", 64, 128, 64);
    dense("unembed-S-256x512x128", 256, 512, 128);
    dense("unembed-inputs-S-256x128x512", 256, 128, 512);
    unembedWeights("unembed-weights-S-128x512x256", 128, 512, 256);
    dense("unembed-M-256x4096x256", 256, 4096, 256);
    dense("unembed-inputs-M-256x256x4096", 256, 256, 4096);
    unembedWeights("unembed-weights-M-256x4096x256", 256, 4096, 256);
    // A block of 16 rows of a pattern times values, by d_head.
    for (int width : new int[] {16, 32, 64}) {
      mix("mix-16x" + width + "x128", 16, width, 128);
      scores("scores-16x128x" + width, 16, 128, width);
    }
    row(
        "softmax-128",
        128 * 128,
        (k, a) -> {
          Mat x = Mat.of(a.x, 0, 128, 128, 128);
          Mat y = Mat.of(a.y, 0, 128, 128, 128);
          return () -> {
            y.set(x);
            k.softmax(y, 0.18f);
          };
        });
    row(
        "softmaxBackward-128",
        128 * 128,
        (k, a) -> {
          Mat x = Mat.of(a.x, 0, 128, 128, 128);
          Mat y = Mat.of(a.y, 0, 128, 128, 128);
          Mat w = Mat.of(a.w, 0, 128, 128, 128);
          k.softmax(w, 1);
          return () -> {
            y.set(x);
            k.softmaxBackward(w, y, 0.18f);
          };
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
    ALL.put("adamW-32768", new Case(null, Case::adam));
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
    ALL.put(name, new Case(null, k -> call.on(k, new Row(n))));
  }

  private static void dense(String name, int m, int n, int k) {
    product(
        name,
        new Product(Role.DENSE, m, n, k),
        kernels -> {
          Mat a = random(Mat.allocate(m, k), 1);
          Mat b = random(Mat.packed(k, n, kernels.panel()), 2);
          Mat c = Mat.allocate(m, n);
          return () -> kernels.gemm(a, b, c);
        });
  }

  private static void weights(String name, int m, int n, int k) {
    product(
        name,
        new Product(Role.WEIGHTS, m, n, k),
        kernels -> {
          Mat a = random(Mat.allocate(k, m), 1).transposed();
          Mat b = random(Mat.allocate(k, n), 2);
          Mat c = parameters(m, n);
          return () -> kernels.gemm(a, b, c);
        });
  }

  /** A panel of the vocabulary at a time, put side by side before, which counts too. */
  private static void unembedWeights(String name, int m, int n, int k) {
    product(
        name,
        new Product(Role.WEIGHTS, m, n, k),
        kernels -> {
          int panel = kernels.panel();
          Mat a = random(Mat.allocate(k, m), 1).transposed();
          Mat logits = random(Mat.allocate(k, n), 2);
          Mat side = Mat.packed(k, panel, panel);
          Mat whole = parameters(m, n);
          List<Mat> parts = new ArrayList<>();
          for (int j = 0; j < n; j += panel) {
            parts.add(whole.part(0, j, m, Math.min(panel, n - j)));
          }
          return () -> {
            int first = 0;
            for (Mat c : parts) {
              for (int i = 0; i < k; i++) {
                System.arraycopy(
                    logits.data, logits.at(i) + first, side.data, side.at(i), c.columns);
              }
              kernels.gemm(a, side, c);
              first += c.columns;
            }
          };
        });
  }

  /** Heads lie side by side in a row of 256. */
  private static void mix(String name, int m, int n, int k) {
    product(
        name,
        new Product(Role.ATTENTION, m, n, k),
        kernels -> {
          Mat a = random(Mat.allocate(m, k), 1);
          Mat b = random(Mat.allocate(k, 256), 2).part(0, 0, k, n);
          Mat c = Mat.allocate(m, 256).part(0, 0, m, n);
          return () -> kernels.gemm(a, b, c);
        });
  }

  private static void scores(String name, int m, int n, int k) {
    product(
        name,
        new Product(Role.ATTENTION, m, n, k),
        kernels -> {
          Mat a = random(Mat.allocate(m, 256), 1).part(0, 0, m, k);
          Mat b = random(Mat.allocate(k, n), 2);
          Mat c = Mat.allocate(m, n);
          return () -> kernels.gemm(a, b, c);
        });
  }

  /** Zeros that lie as a parameter's gradient does: rows without a gap. */
  private static Mat parameters(int rows, int columns) {
    return Mat.of(new float[Mat.ORIGIN + rows * columns], Mat.ORIGIN, rows, columns, columns);
  }

  private static Mat random(Mat to, long seed) {
    System.arraycopy(normal(to.data.length, seed), 0, to.data, 0, to.data.length);
    return to;
  }

  private static void product(String name, Product product, Function<Kernels, Runnable> on) {
    ALL.put(name, new Case(product, on));
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
