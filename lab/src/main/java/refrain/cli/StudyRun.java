package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import refrain.analysis.AnalysisKind;
import refrain.base.ExitCode;
import refrain.base.RefrainException;
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
final class StudyRun {
  private final Study study;
  private final Figures figures;
  private final StudyFolder folder;
  private final int threads;
  private final String command;
  private final boolean train;

  /**
   * @param figures what its page draws
   * @param train false: only what has been trained is analysed and judged
   * @param out where runs and reports go; null: runs/ and the study's name
   * @param command what the reader of a report would type
   */
  StudyRun(
      Study study,
      Figures figures,
      @Nullable Path out,
      int threads,
      String command,
      boolean train) {
    if (threads < 1) {
      throw RefrainException.badInput("--threads is " + threads + ", expected 1 or more");
    }
    this.study = study;
    this.figures = figures;
    this.folder = new StudyFolder(out == null ? Path.of("runs").resolve(study.name()) : out);
    this.threads = threads;
    this.command = command;
    this.train = train;
  }

  /** Runs, reports, prints; a run that failed is reported and then thrown. */
  int call(CommandLine line) {
    PrintWriter terminal = line.getOut();
    Failures.tellOfSlowKernels(line.getErr());
    try (StopSignal signal = StopSignal.install()) {
      StudyRunner.Result result = run(signal);
      StudyResults results = Reports.read(folder, terminal);
      FiguresFile.keep(figures, folder.path());
      Path page = Reports.write(folder.path(), results, figures, command);
      StudyTables.runs(results.runs()).forEach(terminal::println);
      StudyTables.verdicts(results).forEach(terminal::println);
      result
          .failures()
          .forEach((cell, e) -> terminal.println(cell.label() + " failed: " + e.getMessage()));
      if (signal.requested()) {
        terminal.println("Interrupted; the same command goes on where it was.");
      }
      terminal.println();
      terminal.println("Report: " + page);
      terminal.flush();
      for (RuntimeException failure : List.copyOf(result.failures().values())) {
        throw failure;
      }
    }
    return ExitCode.OK.code();
  }

  private StudyRunner.Result run(StopSignal signal) {
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
      StudyRunner runner = new StudyRunner(study, folder, threads, signal::requested, listener);
      return train ? runner.run() : runner.analyseOnly();
    }
  }
}
