package refrain.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import refrain.base.Names;
import refrain.base.RefrainException;
import refrain.store.Json;
import refrain.train.bench.AblationBench;
import refrain.train.bench.BenchShape;
import refrain.train.bench.Peaks;
import refrain.train.bench.StepBench;

/** {@code refrain bench}: how fast this machine trains. */
@Command(
    name = "bench",
    description = {
      "Time training steps (forward, backward, clipping, AdamW) of 2-layer attention-only models.",
      "Prints tokens a second and the share that this is of what multiply-adds that stay in"
          + " registers reach, measured between the steps. Shapes (d_model, heads, context,"
          + " vocabulary, batch): T 64, 2, 128, 64, 32; R0 64, 4, 64, 128, 64 (the preset r0-2l);"
          + " S 128, 4, 256, 512, 16; code 128, 4, 256, 512, 8 (code-2l);"
          + " M 256, 8, 256, 4096, 16; random: shapes that nobody tuned for, each beside the named"
          + " one whose d_model, d_head, context and vocabulary are nearest."
    })
final class BenchCommand extends Subcommand {
  private static final List<String> SHAPES = List.of("T", "S", "M");
  private static final List<Integer> ONE_THREAD = List.of(1);

  private static final String RANDOM = "random";
  private static final int MOST_RANDOM = 1_000;

  @Option(
      names = "--shapes",
      split = ",",
      paramLabel = "SHAPE",
      description = "Which, of T, R0, S, code, M, random; T, S, M by default.")
  private List<String> shapes = SHAPES;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of random shapes; 0. The same seed gives the same shapes.")
  private @Nullable Long seed;

  @Option(names = "--count", paramLabel = "K", description = "How many random shapes; 5.")
  private @Nullable Integer count;

  @Option(
      names = "--threads",
      split = ",",
      paramLabel = "N",
      description = "How many threads, a list; 1 by default.")
  private List<Integer> threads = ONE_THREAD;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Measured for each shape and number of threads, after a warm-up as long; 5.")
  private double seconds = 5;

  @Option(
      names = "--profile",
      description = "Split a step: products by role and shape, softmax, norms and so on.")
  private boolean profile;

  @Option(
      names = "--ablations",
      description =
          "Time instead the ablation of every head of a 4-layer r0 model alone, 256 sequences, in"
              + " intact forward passes.")
  private boolean ablations;

  @Option(names = "--json", description = "Print a JSON list instead of a table.")
  private boolean json;

  /** For bench/compare, which takes turns between processes: a count of steps in, times out. */
  @Option(names = "--serve", hidden = true)
  private boolean serve;

  /**
   * A result and the memory of the process then, which it is printed beside.
   *
   * @param nearest of a random shape, the named one that it is held against
   * @param ofNearest its share of the peak / the nearest one's
   */
  private record Row(
      @JsonUnwrapped StepBench.Result result,
      @Nullable Long residentMb,
      @Nullable Long peakResidentMb,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable BenchShape nearest,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double ofNearest) {

    String note() {
      return nearest == null
          ? ""
          : String.format(Locale.ROOT, "%.2f of %s's share", ofNearest, nearest);
    }
  }

  @Override
  public void run() {
    Set<BenchShape> wanted = wanted();
    threads.forEach(n -> positive("--threads", n));
    if (!(seconds > 0 && seconds <= 3600)) {
      throw RefrainException.badInput(
          "--seconds is " + seconds + ", expected more than 0 and at most 3600");
    }
    if (profile && !threads.equals(ONE_THREAD)) {
      throw RefrainException.badInput(
          "--profile is for one thread, found --threads "
              + Names.list(threads)
              + "; leave --threads out");
    }
    if (ablations && (profile || !shapes.equals(SHAPES) || !threads.equals(ONE_THREAD))) {
      throw RefrainException.badInput(
          "--ablations is of one model, on one thread; leave --shapes, --threads and --profile out");
    }
    PrintWriter out = out();
    if (serve) {
      serve(wanted.iterator().next(), threads.getFirst(), out);
      return;
    }
    if (ablations) {
      ablations(out);
      return;
    }
    BenchTable table = new BenchTable(out);
    if (!json) {
      table.heading();
    }
    List<Row> rows = new ArrayList<>();
    for (int n : threads) {
      Map<BenchShape, Double> shares = new HashMap<>();
      try (Peaks peaks = Peaks.of(n, seconds / 5)) {
        for (BenchShape shape : wanted) {
          Row row = row(shape, n, peaks, shares);
          rows.add(row);
          if (!json) {
            table.row(row.result, row.peakResidentMb, row.note());
          }
        }
      }
    }
    if (json) {
      out.println(rows.stream().map(Json::line).collect(Collectors.joining(",\n ", "[", "]")));
    }
    out.flush();
  }

  private void ablations(PrintWriter out) {
    List<AblationBench.Result> results = AblationBench.measure(seconds);
    if (json) {
      out.println(results.stream().map(Json::line).collect(Collectors.joining(",\n ", "[", "]")));
    }
    for (AblationBench.Result r : json ? List.<AblationBench.Result>of() : results) {
      out.printf(
          Locale.ROOT,
          "every head of a 4-layer r0 model, 256 sequences, %s: %.1f x one intact forward pass"
              + " (%.0f ms), and %.1f x for the pass that they share%n",
          r.kind().name().toLowerCase(Locale.ROOT),
          r.headsPasses(),
          r.intactMs(),
          r.keepingPasses());
    }
    out.flush();
  }

  private Row row(BenchShape shape, int n, Peaks peaks, Map<BenchShape, Double> shares) {
    try (StepBench bench = profile ? StepBench.profiling(shape) : new StepBench(shape, n)) {
      bench.warmUp(seconds);
      StepBench.Result result = bench.measure(seconds, peaks);
      shares.put(shape, result.fmaShare());
      boolean named = BenchShape.NAMED.contains(shape);
      BenchShape nearest = shape.nearestNamed();
      return new Row(
          result,
          memory("VmRSS:"),
          memory("VmHWM:"),
          named ? null : nearest,
          named ? null : result.fmaShare() / Objects.requireNonNull(shares.get(nearest)));
    }
  }

  /** In the order of the measurement: what random shapes are held against comes before them. */
  private Set<BenchShape> wanted() {
    Set<BenchShape> wanted = new LinkedHashSet<>();
    boolean random = false;
    for (String name : shapes) {
      if (name.equalsIgnoreCase(RANDOM)) {
        random = true;
      } else {
        wanted.add(named(name));
      }
    }
    if (!random && (seed != null || count != null)) {
      throw RefrainException.badInput(
          (seed != null ? "--seed" : "--count")
              + " is for random shapes, found --shapes "
              + Names.list(shapes)
              + "; add --shapes random");
    }
    if (random) {
      int many = count == null ? 5 : count;
      positive("--count", many);
      if (many > MOST_RANDOM) {
        throw RefrainException.badInput("--count is " + many + ", expected at most " + MOST_RANDOM);
      }
      List<BenchShape> drawn = BenchShape.random(seed == null ? 0 : seed, many);
      drawn.forEach(shape -> wanted.add(shape.nearestNamed()));
      wanted.addAll(drawn);
    }
    return wanted;
  }

  private static BenchShape named(String name) {
    return BenchShape.NAMED.stream()
        .filter(shape -> shape.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() ->
            RefrainException.badInput(
                "--shapes: unknown shape '%s'; valid shapes: %s, %s"
                    .formatted(name, Names.list(BenchShape.NAMED), RANDOM)));
  }

  /** Megabytes (1e6 bytes) from Linux' account of this process; null elsewhere. */
  private static @Nullable Long memory(String field) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith(field))
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1_000_000)
          .findFirst()
          .orElse(null);
    } catch (IOException | UncheckedIOException e) {
      return null; // not Linux: the column stays empty
    }
  }

  private static void serve(BenchShape shape, int threads, PrintWriter out) {
    try (StepBench bench = new StepBench(shape, threads);
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      out.println("ready " + StepBench.kernels());
      out.flush();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        int steps = Integer.parseInt(line.strip());
        String times =
            Stream.generate(bench::step)
                .limit(steps)
                .map(nanos -> String.format(Locale.ROOT, "%.4f", nanos * 1e-6))
                .collect(Collectors.joining(" "));
        out.println(times + " MB " + memory("VmHWM:"));
        out.flush();
      }
    } catch (IOException e) {
      throw RefrainException.disk("standard input: " + e.getMessage(), e);
    }
  }
}
