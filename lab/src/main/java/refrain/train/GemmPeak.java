package refrain.train;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import refrain.tensor.Kernels;

/**
 * What the engine's own matrix product reaches on one thread at its best: operands that stay in the
 * second cache, sizes that its tiles cover without a rest. The yardstick for everything else, since
 * it moves with the machine's mood as they do.
 */
public final class GemmPeak {
  /** m and k; n is one panel or two. m is a multiple of 4 and 6, the heights of the tiles. */
  private record Size(int m, int k, int panels) {}

  private static final List<Size> SIZES =
      List.of(
          new Size(48, 64, 1),
          new Size(96, 128, 1),
          new Size(96, 256, 1),
          new Size(48, 256, 2),
          new Size(192, 128, 2));

  private final Kernels kernels;
  private final float[] a = new float[192 * 256];
  private final float[] b;
  private final float[] c;
  private Size best = SIZES.getFirst();

  public GemmPeak(Kernels kernels) {
    this.kernels = kernels;
    this.b = new float[256 * 2 * kernels.panel()];
    this.c = new float[192 * 2 * kernels.panel()];
    Arrays.fill(a, 1e-3f);
    Arrays.fill(b, 1e-3f);
  }

  /** Runs all sizes for so many seconds and keeps the fastest. */
  public void warmUp(double seconds) {
    double slice = seconds / SIZES.size() / 10;
    double[] most = new double[SIZES.size()];
    for (int round = 0; round < 10; round++) {
      for (int i = 0; i < most.length; i++) {
        double reached = gflops(SIZES.get(i), slice);
        most[i] = round < 5 ? 0 : Math.max(most[i], reached);
      }
    }
    best =
        IntStream.range(0, most.length)
            .boxed()
            .max(Comparator.comparingDouble(i -> most[i]))
            .map(SIZES::get)
            .orElseThrow();
  }

  /** Runs for so many seconds; 1e9 operations a second. */
  public double gflops(double seconds) {
    return gflops(best, seconds);
  }

  private double gflops(Size s, double seconds) {
    int n = s.panels * kernels.panel();
    Arrays.fill(c, 0);
    double nanos = seconds * 1e9;
    long begun = System.nanoTime();
    long passed = 0;
    int times = 0;
    do {
      kernels.gemm(
          s.m, n, s.k, a, 0, s.k, 1, b, 0, kernels.panel(), s.k * kernels.panel(), c, 0, n);
      times++;
      passed = System.nanoTime() - begun;
    } while (passed < nanos);
    return 2.0 * s.m * n * s.k * times / passed;
  }

  @Override
  public String toString() {
    return best.m + " x " + best.k + " by " + best.k + " x " + best.panels * kernels.panel();
  }
}
