package refrain.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import refrain.store.Machine;
import refrain.train.bench.Profile;
import refrain.train.bench.StepBench;

/** How {@code refrain bench} prints what it measured. */
final class BenchTable {
  private static final String ROW = "%-14s %7s %9s %8s %8s %8s %8s %6s %8s %6s  %s";

  private static final String PART = "  %-36s %-26s %7s %8s %6s %8s %6s";

  private final PrintWriter out;

  BenchTable(PrintWriter out) {
    this.out = out;
  }

  void heading() {
    Machine machine = Machine.here();
    out.printf(Locale.ROOT, "%s, %d cores, %s%n", machine.cpu(), machine.cores(), machine.os());
    out.printf("%s; kernels: %s%n", machine.java(), StepBench.kernels());
    out.printf(
        "busy: ms of processor time; peak: multiply-adds that stay in registers, GFLOP/s;%n"
            + "share: of the peak, a step's; product: the share of the engine's product at its"
            + " best%n%n");
    line(
        "shape",
        "threads",
        "tokens/s",
        "ms/step",
        "min",
        "busy",
        "peak",
        "share",
        "product",
        "MB",
        "");
  }

  /**
   * @param note at the end of the line
   */
  void row(StepBench.Result r, @Nullable Long megabytes, String note) {
    line(
        r.shape(),
        r.threads(),
        number("%.0f", r.tokensPerSecond()),
        number("%.1f", r.medianMs()),
        number("%.1f", r.minMs()),
        number("%.1f", r.busyMs()),
        number("%.1f", r.fmaGflops()),
        number("%.3f", r.fmaShare()),
        number("%.3f", r.productShare()),
        megabytes == null ? "-" : megabytes,
        note);
    Profile profile = r.profile();
    if (profile != null) {
      profile(profile, r.busyMs());
    }
  }

  private void line(Object... cells) {
    out.println(String.format(Locale.ROOT, ROW, cells).stripTrailing());
    out.flush();
  }

  private void profile(Profile profile, double step) {
    out.println();
    part("what", "m x n x k", "calls", "ms", "%", "GFLOP/s", "peak");
    for (Profile.Part p : profile.parts()) {
      part(
          p.work(),
          p.shape() == null ? "" : p.shape(),
          p.calls() == 0 ? "" : number("%.0f", p.calls()),
          number("%.3f", p.ms()),
          number("%.1f", 100 * p.share()),
          p.gflops() == null ? "" : number("%.1f", p.gflops()),
          p.fmaShare() == null ? "" : number("%.2f", p.fmaShare()));
    }
    part("the step", "", number("%.0f", profile.calls()), number("%.3f", step), "100.0", "", "");
    out.printf(
        Locale.ROOT,
        "  Outside of products: %.1f %%. A clock costs %.0f ns a call and a step with clocks takes"
            + " %.2f ms; less that%n  cost the parts summed to %.1f %% of a step without clocks,"
            + " to which they are scaled.%n%n",
        100 * profile.outsideProducts(),
        profile.clockNanos(),
        profile.clockedMs(),
        100 * profile.unscaled());
    out.flush();
  }

  private void part(Object... cells) {
    out.println(String.format(Locale.ROOT, PART, cells).stripTrailing());
  }

  private static String number(String format, double x) {
    return String.format(Locale.ROOT, format, x);
  }
}
