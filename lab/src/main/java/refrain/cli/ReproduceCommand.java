package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import refrain.base.ExitCode;
import refrain.base.RefrainException;
import refrain.cli.term.TerminalDisplay;
import refrain.store.MetricsRow;
import refrain.study.RunSummary;
import refrain.study.Study;
import refrain.study.Study.Cell;
import refrain.study.StudyFolder;
import refrain.study.StudyListener;
import refrain.study.StudyRunner;
import refrain.study.Verdict;
import refrain.train.TrainResult;

/** {@code refrain reproduce}: the main job, from nothing to a verdict. */
@Command(
    name = "reproduce",
    mixinStandardHelpOptions = true,
    description = {
      "Show induction heads form: train small models with and without them, side by side, and hold"
          + " the results against the claims in studies/.",
      "Interrupted, the same command goes on where it was."
    })
final class ReproduceCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec command;

  @Option(names = "--seeds", paramLabel = "N", description = "Replicates of each variant.")
  private @Nullable Integer seeds;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where runs and reports go; by default runs/ and the study's name.")
  private @Nullable Path out;

  @Option(
      names = "--code",
      description = "Two layers on Java source code, until their heads have formed.")
  private boolean code;

  @Option(names = "--threads", description = "Cores to use; results do not depend on it.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Override
  public Integer call() {
    PrintWriter terminal = requireNonNull(command).commandLine().getOut();
    if (threads < 1) {
      throw RefrainException.badInput("--threads is " + threads + ", expected 1 or more");
    }
    Failures.tellOfSlowKernels(requireNonNull(command).commandLine().getErr());
    Study study = Study.named(code ? "code" : "reproduce");
    if (seeds != null) {
      study = study.withSeeds(seeds);
    }
    StudyFolder folder = new StudyFolder(out == null ? Path.of("runs").resolve(study.name()) : out);
    try (StopSignal signal = StopSignal.install()) {
      StudyRunner.Result result = run(study, folder, signal);
      Path page = Reports.write(folder, command());
      List<RunSummary> runs = folder.summaries(study);
      List<Verdict> verdicts = StudyFolder.judge(study, runs);
      StudyTables.runs(runs).forEach(terminal::println);
      StudyTables.verdicts(verdicts).forEach(terminal::println);
      result
          .failures()
          .forEach((cell, e) -> terminal.println(cell.label() + " failed: " + e.getMessage()));
      if (signal.requested()) {
        terminal.println("Interrupted; the same command goes on where it was.");
      }
      terminal.println();
      terminal.println("Report: " + page);
      terminal.flush();
      for (RuntimeException failure : result.failures().values()) {
        throw failure;
      }
    }
    return ExitCode.OK.code();
  }

  /** What the reader of a report would type. */
  private String command() {
    return "./refrain reproduce"
        + (code ? " --code" : "")
        + (seeds == null ? "" : " --seeds " + seeds);
  }

  private StudyRunner.Result run(Study study, StudyFolder folder, StopSignal signal) {
    try (TerminalDisplay display = TerminalDisplay.open()) {
      Map<String, RunFollower> followers = new ConcurrentHashMap<>();
      for (Cell cell : study.cells()) {
        followers.put(cell.label(), new RunFollower(cell.label(), cell.spec(), display));
      }
      StudyListener listener =
          new StudyListener() {
            @Override
            public void started(Cell cell, int step) {
              follower(cell).started(step);
            }

            @Override
            public void warned(Cell cell, String sentence) {
              display.event("warning: " + cell.label() + ": " + sentence);
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
            public void failed(Cell cell, RuntimeException failure) {
              follower(cell).failed(failure);
            }

            private RunFollower follower(Cell cell) {
              return requireNonNull(followers.get(cell.label()));
            }
          };
      return new StudyRunner(study, folder, threads, signal::requested, listener).run();
    }
  }
}
