package refrain.train.bench;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import refrain.tensor.Kernels;
import refrain.tensor.Mat;

/**
 * What the engine's own matrix product reaches on one thread at its best: operands that stay in the
 * second cache, sizes that its tiles cover without a rest. The yardstick for everything else, since
 * it moves with the machine's mood as they do.
 */
public final class GemmPeak {
  /** [rows, inner] times [inner, columns]; a number of rows that tiles of 4 and of 6 cover. */
  private record Product(Mat a, Mat b, Mat c) {
    static Product of(int rows, int inner, int columns, int panel) {
      float[] a = new float[rows * inner];
      float[] b = new float[inner * columns];
      Arrays.fill(a, 1e-3f);
      Arrays.fill(b, 1e-3f);
      return new Product(
          Mat.of(a, 0, rows, inner, inner),
          Mat.packed(b, 0, inner, columns, panel),
          Mat.of(new float[rows * columns], 0, rows, columns, columns));
    }
  }

  private final Kernels kernels;
  private final List<Product> products;
  private Product best;

  public GemmPeak(Kernels kernels) {
    this.kernels = kernels;
    int panel = kernels.panel();
    products =
        List.of(
            Product.of(48, 64, panel, panel),
            Product.of(96, 128, panel, panel),
            Product.of(96, 256, panel, panel),
            Product.of(48, 256, 2 * panel, panel),
            Product.of(192, 128, 2 * panel, panel));
    best = products.getFirst();
  }

  /** Runs all sizes for so many seconds and keeps the fastest. */
  public void warmUp(double seconds) {
    double slice = seconds / products.size() / 10;
    double[] most = new double[products.size()];
    for (int round = 0; round < 10; round++) {
      for (int i = 0; i < most.length; i++) {
        double reached = gflops(products.get(i), slice);
        most[i] = round < 5 ? 0 : Math.max(most[i], reached);
      }
    }
    best =
        IntStream.range(0, most.length)
            .boxed()
            .max(Comparator.comparingDouble(i -> most[i]))
            .map(products::get)
            .orElseThrow();
  }

  /** Runs for so many seconds; 1e9 operations a second. */
  public double gflops(double seconds) {
    return gflops(best, seconds);
  }

  private double gflops(Product of, double seconds) {
    of.c.clear();
    double nanos = seconds * 1e9;
    long begun = System.nanoTime();
    long passed = 0;
    int times = 0;
    do {
      kernels.gemm(of.a, of.b, of.c);
      times++;
      passed = System.nanoTime() - begun;
    } while (passed < nanos);
    return 2.0 * of.a.rows * of.a.columns * of.b.columns * times / passed;
  }

  @Override
  public String toString() {
    return best.a.rows + " x " + best.a.columns + " by " + best.b.rows + " x " + best.b.columns;
  }
}
