package refrain.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.stats.Interval;
import refrain.store.RunFolder;
import refrain.watch.bench.Family;
import refrain.watch.bench.NullRuns;
import refrain.watch.bench.WatchBench;
import refrain.watch.bench.WatchSpeed;

/** {@code refrain watch bench}: the watch beside the methods that others use. */
@Command(
    name = "bench",
    description = {
      "Measure the watch and the methods of others (Page-Hinkley, CUSUM, BOCPD, PELT, 6 sd, 2 x mean,"
          + " the last 10 against 50) on made logs, and on runs in which nothing forms.",
      "False alarms per 1e5 observations where the learning rate is steady, where it changes, and on"
          + " runs; changes found, delay from the middle of a change and error"
          + " of its date in rows."
    })
final class WatchBenchCommand extends Subcommand {
  @Parameters(
      arity = "0..*",
      paramLabel = "RUN",
      description = "Runs of refrain in which nothing forms: their loss and ICL score count too.")
  private List<Path> nulls = new ArrayList<>();

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Logs of each kind. By default ${DEFAULT-VALUE}.")
  private int seeds = 10;

  @Option(
      names = "--held-out",
      description =
          "Draw the logs that are a test from seeds that nothing was made on, from 1000 on.")
  private boolean heldOut;

  @Option(
      names = "--windows",
      paramLabel = "FILE",
      description =
          "Measure on logs of others instead. A table with a heading and tabs between: log (a path"
              + " from there on), metric, better (up or down), from and to in steps; a row a"
              + " change, from and to empty where nothing changes.")
  private @Nullable Path windows;

  @Option(
      names = "--speed",
      paramLabel = "N",
      description = "Measure instead what N observations of one metric cost.")
  private long speed;

  @Override
  public void run() {
    if (speed > 0) {
      WatchSpeed found = WatchSpeed.of(speed);
      print(
          "%s observations, %.2e a second; heap %.1f MB after a hundredth of them, %.1f MB at the end",
          found.observations(),
          found.perSecond(),
          found.bytesEarly() * 1e-6,
          found.bytesLate() * 1e-6);
      return;
    }
    positive("--seeds", seeds);
    nulls.forEach(RunFolder::at);
    TextTable table =
        new TextTable(
            "method",
            ">steady rate",
            ">changing rate",
            ">runs",
            ">found",
            ">delay",
            ">p90",
            ">date error",
            ">coverage");
    Path given = windows;
    List<WatchBench.Result> results =
        given == null
            ? WatchBench.run(seeds, heldOut ? Family.HELD_OUT : 0, nulls)
            : WatchBench.onLogs(seeds, given);
    for (WatchBench.Result result : results) {
      Interval onRuns = result.runs();
      table.row(
          result.method(),
          rate(result.steady()),
          rate(result.planned()),
          onRuns == null ? "-" : rate(onRuns),
          result.found() + " of " + result.changes(),
          number(result.delay()),
          number(result.late()),
          number(result.error()),
          Double.isNaN(result.coverage())
              ? "-"
              : String.format(Locale.ROOT, "%.0f %%", 100 * result.coverage()));
    }
    table.lines().forEach(out()::println);
    if (!nulls.isEmpty()) {
      onRuns();
    }
    out().flush();
  }

  /** Every alarm on them, one rule after the other. */
  private void onRuns() {
    NullRuns.Found found = NullRuns.of(nulls);
    TextTable table =
        new TextTable(
            "rule",
            ">watched",
            ">suspected",
            ">in runs",
            ">per 1e5",
            ">confirmed",
            ">in runs",
            ">per 1e5");
    for (NullRuns.Row row : found.rows()) {
      table.row(
          row.rule(),
          String.valueOf(row.watched()),
          String.valueOf(row.suspected()),
          String.valueOf(row.runsSuspected()),
          rate(row.suspectedPer()),
          String.valueOf(row.confirmed()),
          String.valueOf(row.runsConfirmed()),
          rate(row.confirmedPer()));
    }
    out().println();
    print("False alarms on %s runs in which nothing forms:", nulls.size());
    table.lines().forEach(out()::println);
    found.alarms().forEach(line -> print("  %s", line));
  }

  private static String rate(Interval of) {
    return Double.isFinite(of.high()) ? WatchText.interval(of) : "-";
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.0f", value);
  }
}
