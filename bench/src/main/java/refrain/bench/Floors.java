package refrain.bench;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import refrain.tensor.KernelChoice;
import refrain.tensor.Kernels;
import refrain.tensor.ScalarKernels;
import refrain.train.bench.FmaPeak;
import refrain.train.bench.Samples;

/**
 * Holds each kernel against its floor. A floor is a ratio, so that it means the same on any
 * machine: for a matrix product the share of {@link FmaPeak}, the register-only peak; for the
 * others how many times faster than the plain twin. Both sides are timed in turns in the same run,
 * medians of the turns' ratios.
 *
 * <p>Why floors: C2 may stop inlining or start boxing after a harmless change, and then everything
 * stays right and becomes ten times slower.
 */
public final class Floors {
  private static final String HEADER = "vector_bits,kernel,floor";
  private static final int TURNS = 21;
  private static final double TURN_SECONDS = 0.02;

  /** Of what was measured when the floor was set: processors differ less in products. */
  private static final double PRODUCT_GENEROSITY = 0.75;

  private static final double GENEROSITY = 0.5;

  private final Kernels fast = KernelChoice.best();
  private final FmaPeak peak = new FmaPeak(1);
  private final int bits = fast.lanes() * 32;

  private Floors() {}

  /** {@code Floors FILE} checks, {@code Floors FILE --write} sets the floors of this width. */
  @SuppressWarnings("SystemOut")
  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0]);
    boolean write = args.length > 1 && args[1].equals("--write");
    if (KernelChoice.chosen().notice() != null) {
      System.err.println("bench: " + KernelChoice.chosen().notice());
      System.exit(2);
    }
    System.exit(new Floors().run(file, write) ? 0 : 1);
  }

  private boolean run(Path file, boolean write) throws IOException {
    Map<String, Double> floors = read(file);
    if (!write && floors.isEmpty()) {
      System.err.println(file + ": no floors for vectors of " + bits + " bits; add them: --write");
      return false;
    }
    System.out.printf(
        "%s; shares of the register-only peak, or times the plain twin's speed%n", fast.describe());
    System.out.printf("%-28s %10s %9s %9s%n", "kernel", "measured", "floor", "");
    peak.warmUp(1);
    Map<String, Double> measured = new LinkedHashMap<>();
    boolean good = true;
    for (int round = 0; round < 3; round++) {
      Case.ALL.values().forEach(this::warmUp);
    }
    for (var entry : Case.ALL.entrySet()) {
      double ratio = ratio(entry.getValue());
      measured.put(entry.getKey(), ratio);
      Double floor = floors.get(entry.getKey());
      boolean under = floor != null && ratio < floor;
      good &= !under;
      System.out.printf(
          Locale.ROOT,
          "%-28s %10.2f %9s %9s%n",
          entry.getKey(),
          ratio,
          floor == null ? "-" : String.format(Locale.ROOT, "%.2f", floor),
          under ? "UNDER" : "");
    }
    if (write) {
      write(file, measured);
      return true;
    }
    if (!good) {
      System.out.println("a kernel is under its floor; bench/run Kernel -p kernel=NAME times it");
    }
    TreeSet<String> unknown = new TreeSet<>(floors.keySet());
    unknown.removeAll(Case.ALL.keySet());
    if (!unknown.isEmpty()) {
      System.err.println(file + ": floors for kernels that do not exist: " + unknown);
    }
    return good && unknown.isEmpty();
  }

  private void warmUp(Case c) {
    Runnable call = c.on().apply(fast);
    Runnable plain = c.on().apply(new ScalarKernels());
    for (int turn = 0; turn < 5; turn++) {
      nanosPerCall(call, TURN_SECONDS);
      if (c.product() == null) {
        nanosPerCall(plain, TURN_SECONDS);
      }
    }
  }

  private double ratio(Case c) {
    Runnable call = c.on().apply(fast);
    Case.Product product = c.product();
    Runnable plain = c.on().apply(new ScalarKernels());
    Samples ours = new Samples(true);
    Samples limit = new Samples(true);
    for (int turn = -TURNS / 2; turn < TURNS; turn++) {
      if (turn == 0) {
        ours = new Samples(true);
        limit = new Samples(true);
      }
      ours.add(() -> 1 / nanosPerCall(call, TURN_SECONDS));
      limit.add(() ->
          product != null
              ? peak.gflops(TURN_SECONDS) / product.flops()
              : 1 / nanosPerCall(plain, TURN_SECONDS));
    }
    return ours.medianRate() / limit.medianRate();
  }

  /** Calls it for so many seconds, 4 times at least. */
  static double nanosPerCall(Runnable call, double seconds) {
    long begun = System.nanoTime();
    long passed;
    int calls = 0;
    do {
      for (int i = 0; i < 4; i++) {
        call.run();
      }
      calls += 4;
      passed = System.nanoTime() - begun;
    } while (passed < seconds * 1e9);
    return (double) passed / calls;
  }

  private Map<String, Double> read(Path file) throws IOException {
    Map<String, Double> floors = new LinkedHashMap<>();
    for (String line : lines(file)) {
      String[] cells = line.split(",");
      if (cells.length != 3) {
        throw new IOException(file + ": line '" + line + "', expected " + HEADER);
      }
      if (Integer.parseInt(cells[0]) == bits) {
        floors.put(cells[1], Double.parseDouble(cells[2]));
      }
    }
    return floors;
  }

  private void write(Path file, Map<String, Double> measured) throws IOException {
    StringBuilder text = new StringBuilder(HEADER + "\n");
    for (String line : lines(file)) {
      if (!line.startsWith(bits + ",")) {
        text.append(line).append('\n');
      }
    }
    measured.forEach((kernel, ratio) -> {
      boolean product = requireNonNull(Case.ALL.get(kernel)).product() != null;
      double floor = ratio * (product ? PRODUCT_GENEROSITY : GENEROSITY);
      text.append(String.format(Locale.ROOT, "%d,%s,%.3g%n", bits, kernel, floor));
    });
    Files.writeString(file, text.toString());
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.exists(file)
        ? Files.readAllLines(file).stream().filter(l -> !l.equals(HEADER) && !l.isBlank()).toList()
        : List.of();
  }
}
