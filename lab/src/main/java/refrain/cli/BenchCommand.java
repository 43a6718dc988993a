package refrain.cli;

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
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import refrain.base.Names;
import refrain.base.RefrainException;
import refrain.store.Json;
import refrain.store.Machine;
import refrain.train.BenchShape;
import refrain.train.GemmPeak;
import refrain.train.StepBench;

/** {@code refrain bench}: how fast this machine trains. */
@Command(
    name = "bench",
    description = {
      "Time training steps (forward, backward, clipping, AdamW) of 2-layer attention-only models.",
      "Prints tokens a second and how close that comes to the peak of the matrix product, measured"
          + " between the steps. Shapes (d_model, heads, context, vocabulary, batch):"
          + " T 64, 2, 128, 64, 32; S 128, 4, 256, 512, 16; M 256, 8, 256, 4096, 16."
    })
final class BenchCommand extends Subcommand {
  private static final String ROW = "%-5s  %7s  %8s  %7s  %7s  %8s  %7s  %8s  %7s%n";

  @Option(
      names = "--shapes",
      split = ",",
      paramLabel = "SHAPE",
      description = "Which, of T, S, M; all by default.")
  private List<String> shapes = List.of("T", "S", "M");

  @Option(
      names = "--threads",
      split = ",",
      paramLabel = "N",
      description = "How many threads, a list; 1 by default.")
  private List<Integer> threads = List.of(1);

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Measured for each shape and number of threads, after a warm-up as long; 5.")
  private double seconds = 5;

  @Option(names = "--json", description = "Print a JSON list instead of a table.")
  private boolean json;

  /** For bench/compare, which takes turns between processes: a count of steps in, times out. */
  @Option(names = "--serve", hidden = true)
  private boolean serve;

  /** A result and the memory of the process then, which it is printed beside. */
  private record Row(
      @JsonUnwrapped StepBench.Result result,
      @Nullable Long residentMb,
      @Nullable Long peakResidentMb) {
    static Row of(StepBench.Result result) {
      return new Row(result, memory("VmRSS:"), memory("VmHWM:"));
    }
  }

  @Override
  public void run() {
    PrintWriter out = out();
    List<BenchShape> wanted = shapes.stream().map(BenchCommand::shape).toList();
    threads.forEach(n -> positive("--threads", n));
    if (!(seconds > 0 && seconds <= 3600)) {
      throw RefrainException.badInput(
          "--seconds is " + seconds + ", expected more than 0 and at most 3600");
    }
    if (serve) {
      serve(wanted.getFirst(), threads.getFirst(), out);
      return;
    }
    if (!json) {
      heading(out);
    }
    List<Row> rows = new ArrayList<>();
    GemmPeak peak = StepBench.peak(seconds / 5);
    for (BenchShape shape : wanted) {
      for (int n : threads) {
        try (StepBench bench = new StepBench(shape, n)) {
          bench.warmUp(seconds);
          rows.add(Row.of(bench.measure(seconds, peak)));
        }
        if (!json) {
          line(rows.getLast(), out);
        }
      }
    }
    if (json) {
      out.println(rows.stream().map(Json::line).collect(Collectors.joining(",\n ", "[", "]")));
    }
    out.flush();
  }

  private static BenchShape shape(String name) {
    return Arrays.stream(BenchShape.values())
        .filter(shape -> shape.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() ->
            RefrainException.badInput(
                "--shapes: unknown shape '%s'; valid shapes: %s"
                    .formatted(name, Names.list(List.of(BenchShape.values())))));
  }

  private static void heading(PrintWriter out) {
    Machine machine = Machine.here();
    out.printf("%s, %d cores, %s%n", machine.cpu(), machine.cores(), machine.os());
    out.printf("%s; kernels: %s%n%n", machine.java(), StepBench.kernels());
    out.printf(
        ROW, "shape", "threads", "tokens/s", "ms/step", "min", "GFLOP/s", "peak", "fraction", "MB");
    out.flush();
  }

  private static void line(Row row, PrintWriter out) {
    StepBench.Result r = row.result;
    out.printf(
        ROW,
        r.shape(),
        r.threads(),
        number("%.0f", r.tokensPerSecond()),
        number("%.1f", r.medianMs()),
        number("%.1f", r.minMs()),
        number("%.1f", r.gflops()),
        number("%.1f", r.peakGflops()),
        number("%.2f", r.peakFraction()),
        row.peakResidentMb == null ? "-" : row.peakResidentMb);
    out.flush();
  }

  private static String number(String format, double x) {
    return String.format(Locale.ROOT, format, x);
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
                .map(nanos -> number("%.4f", nanos * 1e-6))
                .collect(Collectors.joining(" "));
        out.println(times + " MB " + memory("VmHWM:"));
        out.flush();
      }
    } catch (IOException e) {
      throw RefrainException.disk("standard input: " + e.getMessage(), e);
    }
  }
}
