package refrain.bench;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import refrain.tensor.KernelChoice;
import refrain.tensor.Kernels;
import refrain.train.bench.FmaPeak;
import refrain.train.bench.Samples;

/**
 * The engine's products beside those of OpenBLAS and of PyTorch's MKL, on one thread and in turns:
 * what a library that people have worked on for decades makes of the same processor. Ours have B of
 * dense products packed beforehand, as in a step, and add to C; the others pack for themselves and
 * overwrite it. Processor time; medians over the turns.
 */
public final class Blas {
  private static final int TURNS = 9;
  private static final double TURN_SECONDS = 0.03;

  private final Kernels kernels = KernelChoice.best();
  private final FmaPeak peak = new FmaPeak(1);
  private final @Nullable OpenBlas openBlas;
  private final @Nullable Torch torch;

  private Blas(@Nullable OpenBlas openBlas, @Nullable Torch torch) {
    this.openBlas = openBlas;
    this.torch = torch;
  }

  /** {@code Blas PRODUCTS.PY} prints the table. */
  @SuppressWarnings("SystemOut")
  public static void main(String[] args) throws IOException {
    try (Torch torch = Torch.find(Path.of(args[0]))) {
      OpenBlas openBlas = OpenBlas.find();
      System.out.printf("ours: %s%n", KernelChoice.best().describe());
      if (openBlas != null) {
        System.out.printf("OpenBLAS: %s%n", openBlas.describe());
      }
      if (torch != null) {
        System.out.printf("PyTorch's: %s%n", torch.describe());
      }
      System.out.printf(
          "GFLOP/s, and in brackets the share of the register-only peak%n%n%-32s %14s %14s %14s"
              + " %7s %9s %9s%n",
          "product (m x n x k)",
          "ours",
          "OpenBLAS",
          "PyTorch's",
          "peak",
          "/OpenBLAS",
          "/PyTorch's");
      new Blas(openBlas, torch).run();
    }
  }

  private void run() {
    Map<String, Case> products = new LinkedHashMap<>(Case.ALL);
    products
        .values()
        .removeIf(c -> c.product() == null || c.product().role() == Case.Role.ATTENTION);
    peak.warmUp(1);
    for (int round = 0; round < 3; round++) { // compiles ours for all that they are used for
      for (Case c : products.values()) {
        Floors.nanosPerCall(c.on().apply(kernels), 0.1);
      }
    }
    products.forEach((name, c) -> System.out.println(line(name, c)));
  }

  private String line(String name, Case c) {
    Case.Product product = requireNonNull(c.product());
    Runnable ours = c.on().apply(kernels);
    Runnable theirs = openBlas == null ? null : openBlas.product(product);
    Floors.nanosPerCall(ours, TURN_SECONDS);
    Samples mine = new Samples(true);
    Samples blas = new Samples(true);
    Samples mkl = new Samples(false); // its own process tells processor time
    Samples most = new Samples(true);
    for (int turn = 0; turn < TURNS; turn++) {
      mine.add(() -> product.flops() / Floors.nanosPerCall(ours, TURN_SECONDS));
      if (theirs != null) {
        blas.add(() -> product.flops() / Floors.nanosPerCall(theirs, TURN_SECONDS));
      }
      if (torch != null) {
        mkl.add(() -> torch.gflops(product, TURN_SECONDS));
      }
      most.add(() -> peak.gflops(TURN_SECONDS));
    }
    double limit = most.medianRate();
    return String.format(
        Locale.ROOT,
        "%-32s %14s %14s %14s %7.1f %9s %9s",
        name,
        rate(mine, limit),
        rate(blas, limit),
        rate(mkl, limit),
        limit,
        ratio(mine, blas),
        ratio(mine, mkl));
  }

  private static String rate(Samples of, double limit) {
    return of.size() == 0
        ? "-"
        : String.format(Locale.ROOT, "%.1f (%.2f)", of.medianRate(), of.medianRate() / limit);
  }

  private static String ratio(Samples ours, Samples theirs) {
    return theirs.size() == 0
        ? "-"
        : String.format(Locale.ROOT, "%.2f", ours.medianRate() / theirs.medianRate());
  }
}
