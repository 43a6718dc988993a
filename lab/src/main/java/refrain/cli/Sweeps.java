package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import refrain.analysis.AnalysisStore;
import refrain.base.RefrainException;
import refrain.catalog.RunRow;
import refrain.cli.term.TerminalDisplay;
import refrain.store.AtomicFiles;
import refrain.store.RunFolder;
import refrain.train.RunSpec;
import refrain.train.Runs;
import refrain.train.StopWhen;
import refrain.train.Trainer;
import refrain.train.sweep.Forecast;
import refrain.train.sweep.SideBySide;
import refrain.train.sweep.Sweep;

/** Runs of {@code train --seeds} and {@code --grid}: what they would take, training, the table. */
final class Sweeps {
  private final Subcommand command;
  private final List<Sweep.Cell> cells;
  private final Runs runs;
  private final int threads;

  /**
   * @param cells at least one
   * @param runs where they lie, or will lie
   * @param threads cores
   */
  Sweeps(Subcommand command, List<Sweep.Cell> cells, Runs runs, int threads) {
    this.command = command;
    this.cells = cells;
    this.runs = runs;
    this.threads = threads;
    runs.unreadable().forEach(command::warn);
  }

  /** Says what would be run, how large it is and about how long it takes. */
  void forecast() {
    List<Start> starts =
        cells.stream()
            .map(cell -> new Start(cell, taken(cell.spec(), runs.find(cell.spec()).orElse(null))))
            .toList();
    forecast(command, starts, threads);
  }

  /** The same of one run in a folder. */
  static void forecast(Subcommand command, RunSpec spec, Path folder, int threads) {
    Sweep.Cell one = new Sweep.Cell(Map.of(), null, spec);
    RunFolder run = RunFolder.isRun(folder) ? RunFolder.at(folder) : null;
    forecast(command, List.of(new Start(one, taken(spec, run))), threads);
  }

  /**
   * A run and where it would begin.
   *
   * @param from steps after which it would go on; -1: it has ended
   */
  private record Start(Sweep.Cell cell, long from) {}

  private static long taken(RunSpec spec, @Nullable RunFolder run) {
    return run == null
        ? 0
        : StopWhen.farEnough(run, spec)
            ? -1
            : run.checkpoints().list().stream().mapToLong(c -> c.step()).max().orElse(0);
  }

  private static void forecast(Subcommand command, List<Start> starts, int threads) {
    List<RunSpec> left =
        starts.stream().filter(start -> start.from >= 0).map(start -> start.cell.spec()).toList();
    Forecast forecast = new Forecast(left);
    TextTable table =
        new TextTable("run", "setting", ">parameters", ">tokens", ">about", ">memory at least", "");
    double seconds = 0;
    for (Start start : starts) {
      RunSpec spec = start.cell.spec();
      long from = start.from;
      double time = from < 0 ? 0 : forecast.seconds(spec, from);
      seconds += time;
      table.row(
          spec.id(),
          start.cell.label(),
          Forecasts.count(Forecast.parameters(spec)),
          Forecasts.millions(Forecast.tokens(spec)),
          from < 0 ? "" : Forecasts.time(time),
          Forecasts.memory(spec),
          from < 0
              ? "already there"
              : from == 0 ? "" : "goes on after step " + from + " of " + spec.steps());
    }
    table.lines().forEach(line -> command.out().println(line));
    command.print("");
    command.print("%s", Forecasts.sum(starts.size(), left, seconds, threads));
  }

  /**
   * Trains them side by side and shows them in one table.
   *
   * @param csv where the table is written too; null: nowhere
   * @throws RuntimeException that of the first run that failed, after the table of all
   */
  void train(boolean otherArithmetic, @Nullable Path csv) {
    if (csv != null) {
      AtomicFiles.expectPlace(csv);
    }
    Failures.tellOfSlowKernels(command.line().getErr());
    try (StopSignal signal = StopSignal.install()) {
      Shown shown;
      SideBySide.Result<Sweep.Cell> result;
      try (TerminalDisplay display = TerminalDisplay.open()) {
        shown = new Shown(cells, display);
        SideBySide<Sweep.Cell> all =
            new SideBySide<>(cells, shown, runs, threads, otherArithmetic, signal::requested);
        all.requireThisArithmetic();
        result = all.train();
        if (!all.interrupted()) {
          all.forEach("summary-", cells, this::summarize);
        }
      }
      SweepTable table = new SweepTable();
      for (Sweep.Cell cell : cells) {
        table.add(cell, row(cell), seconds(cell));
      }
      command.print("");
      table.lines().forEach(line -> command.out().println(line));
      command.print("%s", RunRow.ICL_MEANS);
      if (csv != null) {
        AtomicFiles.writeString(csv, table.csv());
        command.print("Table: %s", csv);
      }
      result
          .failures()
          .forEach((cell, e) ->
              command.print("%s failed: %s", cell.label(), String.valueOf(e.getMessage())));
      long there =
          cells.stream()
              .filter(cell -> !shown.listener(cell).trained())
              .filter(cell -> !result.failures().containsKey(cell))
              .filter(cell -> runs.find(cell.spec()).filter(r -> r.ended().isPresent()).isPresent())
              .count();
      if (there > 0) {
        command.print(
            there == cells.size() ? "%s already there; nothing was trained." : "%s already there.",
            there == 1
                ? "1 run was"
                : (there == cells.size() ? "All " : "") + there + " runs were");
      }
      if (signal.requested()) {
        command.print("Interrupted; the same command goes on where it was.");
      }
      command.out().flush();
      for (RuntimeException failure : result.failures().values()) {
        throw failure;
      }
    }
  }

  /** The ICL scores with their errors, kept beside each run for whoever lists it. */
  private void summarize(Sweep.Cell cell) {
    try {
      RunFolder run = runs.find(cell.spec()).filter(RunFolder::hasResult).orElse(null);
      if (run != null) {
        AnalysisStore.summary(run, 1);
      }
    } catch (RefrainException e) {
      command.warn(cell.label() + ": " + e.getMessage());
    }
  }

  /** Null: the run was not begun, or cannot be read, which is said. */
  private @Nullable RunRow row(Sweep.Cell cell) {
    try {
      RunFolder run = runs.find(cell.spec()).orElse(null);
      if (run == null) {
        return null;
      }
      Trainer.missing(run).forEach(command::warn);
      return RunRow.of(run, null);
    } catch (RefrainException e) {
      command.warn(cell.label() + ": " + e.getMessage());
      return null;
    }
  }

  /** Of training, over all sittings; NaN where there is no run. */
  private double seconds(Sweep.Cell cell) {
    return runs.find(cell.spec()).map(Trainer::seconds).orElse(Double.NaN);
  }

  /** Shows the runs on a display. */
  private static final class Shown implements SideBySide.Jobs<Sweep.Cell> {
    private final Map<String, RunFollower> followers = new ConcurrentHashMap<>();
    private final TerminalDisplay display;

    Shown(List<Sweep.Cell> cells, TerminalDisplay display) {
      this.display = display;
      for (Sweep.Cell cell : cells) {
        followers.put(cell.label(), new RunFollower(cell.label(), cell.spec(), display));
      }
    }

    @Override
    public String label(Sweep.Cell cell) {
      return cell.label();
    }

    @Override
    public RunSpec spec(Sweep.Cell cell) {
      return cell.spec();
    }

    @Override
    public RunFollower listener(Sweep.Cell cell) {
      return requireNonNull(followers.get(cell.label()));
    }

    @Override
    public void failed(Sweep.Cell cell, RuntimeException failure) {
      listener(cell).failed(failure);
    }

    @Override
    public void notice(String sentence) {
      display.event(sentence);
    }
  }
}
