package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import refrain.analysis.AnalysisKind;
import refrain.base.Printable;
import refrain.base.RefrainException;
import refrain.base.Shell;
import refrain.cli.term.TerminalDisplay;
import refrain.report.Figures;
import refrain.report.FiguresFile;
import refrain.store.MetricsRow;
import refrain.study.Study;
import refrain.study.Study.Cell;
import refrain.study.StudyFolder;
import refrain.study.StudyListener;
import refrain.study.StudyResults;
import refrain.study.StudyRunner;
import refrain.train.TrainResult;

/** Runs a study and shows it: what {@code reproduce} and {@code study run} have in common. */
abstract class StudyRun extends Subcommand {
  @Option(names = "--seeds", paramLabel = "N", description = "Replicates of each variant.")
  private @Nullable Integer seeds;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where runs and reports go; by default runs/ and the study's name.")
  private @Nullable Path out;

  @Option(names = "--threads", description = "Cores to use; results do not depend on it.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = Reports.TABLE, description = Reports.TABLE_MEANS)
  private boolean table;

  @Option(names = OTHER_ARITHMETIC, description = OTHER_ARITHMETIC_MEANS)
  private boolean otherArithmetic;

  /**
   * Runs, reports, prints; a run that failed is reported and then thrown.
   *
   * @param whole the study before the options cut it down; its figures are checked first
   * @param figures what its page draws
   * @param only the arguments whose claims are wanted, and what they need; null: all
   * @param words of the command line that follow the command's name, for the reader of a report
   * @param train false: only what has been trained is analysed and judged
   */
  void run(Study whole, Figures figures, @Nullable String only, String words, boolean train) {
    figures.check(whole);
    Study study = only(seeds == null ? whole : whole.withSeeds(seeds), only);
    positive("--threads", threads);
    Path path = out == null ? Path.of("runs").resolve(study.name()) : out;
    String command =
        "./%s%s%s%s"
            .formatted(
                line().getCommandSpec().qualifiedName(),
                words,
                only == null ? "" : " --only " + Shell.word(only),
                seeds == null ? "" : " --seeds " + seeds);
    PrintWriter terminal = out();
    Failures.tellOfSlowKernels(line().getErr());
    try (StopSignal signal = StopSignal.install()) {
      boolean part = only != null || seeds != null;
      StudyFolder folder = new StudyFolder(path, part);
      List<String> damaged = new ArrayList<>();
      StudyRunner.Result result = train(study, folder, signal, train);
      StudyResults results = Reports.read(folder, terminal, damaged::add);
      FiguresFile.keep(figures, path);
      boolean asked = !part && train && result.complete() && damaged.isEmpty();
      Path page = Reports.write(path, results, figures, command, asked);
      result
          .failures()
          .forEach(
              (cell, e) -> print("%s failed: %s", cell.label(), String.valueOf(e.getMessage())));
      damaged.forEach(sentence -> print("warning: %s", sentence));
      if (signal.requested()) {
        print("Interrupted; to go on: %s", command);
      } else {
        Reports.ending(results, figures, table).forEach(this::show);
        print("%s", Reports.where(page));
      }
      terminal.flush();
      for (RuntimeException failure : List.copyOf(result.failures().values())) {
        throw failure;
      }
      Reports.refuse(damaged);
    }
  }

  private void show(String line) {
    out().println(Printable.of(line));
  }

  private static Study only(Study study, @Nullable String arguments) {
    if (arguments == null) {
      return study;
    }
    Study left =
        study.only(
            Arrays.stream(arguments.split(",")).map(word -> study.argument(word.strip())).toList());
    if (left.cells().isEmpty()) {
      throw RefrainException.badInput(
          "--only %s: the study '%s' has no runs for it", arguments, study.name());
    }
    return left;
  }

  private StudyRunner.Result train(
      Study study, StudyFolder folder, StopSignal signal, boolean train) {
    try (TerminalDisplay display = TerminalDisplay.open()) {
      Map<String, RunFollower> followers = new ConcurrentHashMap<>();
      for (Cell cell : study.cells()) {
        followers.put(cell.label(), new RunFollower(cell.label(), cell.spec(), display));
      }
      StudyListener listener =
          new StudyListener() {
            @Override
            public void started(Cell cell, int step) {
              follower(cell).started(cell.spec(), step);
            }

            @Override
            public void warned(Cell cell, String sentence) {
              follower(cell).warned(sentence);
            }

            @Override
            public void measured(Cell cell, MetricsRow row, boolean probed) {
              follower(cell).measured(row, probed);
            }

            @Override
            public void ended(Cell cell, TrainResult result) {
              follower(cell).ended(result);
            }

            @Override
            public void notice(String sentence) {
              display.event(sentence);
            }

            @Override
            public void analysing(Cell cell, AnalysisKind kind) {
              if (kind != AnalysisKind.SUMMARY) {
                display.event("analysing " + cell.label() + ": " + kind.slug());
              }
            }

            @Override
            public void failed(Cell cell, RuntimeException failure) {
              follower(cell).failed(failure);
            }

            private RunFollower follower(Cell cell) {
              return requireNonNull(followers.get(cell.label()));
            }
          };
      StudyRunner runner =
          new StudyRunner(study, folder, threads, otherArithmetic, signal::requested, listener);
      return train ? runner.run() : runner.analyseOnly();
    }
  }
}
