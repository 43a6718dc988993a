package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import refrain.analysis.AnalysisKind;
import refrain.base.Printable;
import refrain.base.RefrainException;
import refrain.base.Shell;
import refrain.cli.term.TerminalDisplay;
import refrain.pretrained.ModelOnDisk;
import refrain.report.Figures;
import refrain.report.FiguresFile;
import refrain.store.Json;
import refrain.store.MetricsRow;
import refrain.study.OnDiskRunner;
import refrain.study.Registration;
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

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "Stop cleanly after so many minutes; the same command goes on.")
  private @Nullable Integer minutes;

  @Option(
      names = "--dry-run",
      description = "Say what would be trained, and about how long and in how much memory.")
  private boolean dryRun;

  @Option(names = "--threads", description = "Cores to use; results do not depend on it.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = Reports.TABLE, description = Reports.TABLE_MEANS)
  private boolean table;

  @Option(names = OTHER_ARITHMETIC, description = OTHER_ARITHMETIC_MEANS)
  private boolean otherArithmetic;

  /**
   * Runs, reports, prints; a run that failed is reported and then thrown.
   *
   * @param own the study as it is written
   * @param whole the same on the seeds that are asked for; its figures are checked first
   * @param figures what its page draws
   * @param only the arguments whose claims are wanted, and what they need; null: all
   * @param words of the command line that follow the command's name, for the reader of a report
   * @param train false: only what has been trained is analysed and judged
   * @return whether nothing is left to do: it was not interrupted
   */
  boolean run(
      Study own, Study whole, Figures figures, @Nullable String only, String words, boolean train) {
    return run(own, whole, figures, only, words, train, minutes);
  }

  private boolean run(
      Study own,
      Study whole,
      Figures figures,
      @Nullable String only,
      String words,
      boolean train,
      @Nullable Integer allowed) {
    figures.check(whole);
    Study study = only(seeds == null ? whole : whole.withSeeds(seeds), only);
    positive("--threads", threads);
    Path path = out == null ? folder(own, whole.block()) : out;
    if (allowed != null) {
      positive("--minutes", allowed);
    }
    boolean part = only != null || seeds != null;
    StudyFolder folder = new StudyFolder(path, part);
    if (dryRun) {
      print("%s", study.title());
      print("");
      study
          .arms()
          .forEach(arm -> show(arm.variant().name() + " " + Json.line(arm.variant().set())));
      if (!study.cells().isEmpty()) {
        StudyPlan.lines(study, folder, threads).forEach(this::show);
      }
      return true;
    }
    if (train) {
      Registration.requireBeforeRuns(whole);
    }
    String command =
        "./%s%s%s%s%s"
            .formatted(
                line().getCommandSpec().qualifiedName(),
                words,
                only == null ? "" : " --only " + Shell.word(only),
                seeds == null ? "" : " --seeds " + seeds,
                out == null ? "" : " --out " + Shell.word(out.toString()));
    PrintWriter terminal = out();
    SoftHeap.install();
    Failures.tellOfSlowKernels(line().getErr());
    try (StopSignal signal = StopSignal.install(allowed)) {
      List<String> damaged = new ArrayList<>();
      StudyRunner.Result result =
          study.onDisk()
              ? measure(study, folder, signal, train)
              : train(study, folder, signal, train);
      if (signal.requested() && !result.complete()) {
        result.failures().forEach(this::failed);
        print("%s; this goes on where it was: %s", signal.why(), command);
        terminal.flush();
        throwFirst(result);
        return false;
      }
      StudyResults results = Reports.read(folder, terminal, damaged::add);
      FiguresFile.keep(figures, path);
      boolean asked = !part && train && result.complete() && damaged.isEmpty();
      Path page = Reports.write(path, results, figures, command, asked);
      result.failures().forEach(this::failed);
      damaged.forEach(sentence -> print("warning: %s", sentence));
      if (signal.requested()) {
        print("Interrupted; to go on: %s", command);
      } else {
        Reports.ending(results, figures, table).forEach(this::show);
        print("%s", Reports.where(page));
      }
      terminal.flush();
      throwFirst(result);
      Reports.refuse(damaged);
      return !signal.requested();
    }
  }

  /**
   * Runs one study after the other, each in its own folder.
   *
   * @param studies of the program
   * @param words of the command line that go on with all of them
   */
  void all(List<Study> studies, String words) {
    Integer allowed = minutes;
    if (allowed != null) {
      positive("--minutes", allowed);
    }
    long begun = System.nanoTime();
    for (Study study : studies) {
      Integer left = null;
      if (allowed != null) {
        left = allowed - minutesSince(begun);
        if (left < 1) {
          print("Stopped after %d minutes; this goes on where it was: %s", allowed, words);
          return;
        }
      }
      print("%n%s", study.title());
      if (!run(study, study, FiguresFile.named(study), null, " " + study.name(), true, left)) {
        print("The parts after it too: %s", words);
        return;
      }
    }
  }

  private static int minutesSince(long begun) {
    return (int) TimeUnit.NANOSECONDS.toMinutes(System.nanoTime() - begun);
  }

  /**
   * Where a study's runs lie where nobody says otherwise: apart from those of its own block where
   * other seeds are asked for.
   */
  static Path folder(Study own, int block) {
    String name = own.name() + (block == own.block() ? "" : "-" + block);
    return Path.of("runs").resolve(name);
  }

  private void failed(Cell cell, RuntimeException e) {
    print("%s failed: %s", cell.label(), String.valueOf(e.getMessage()));
  }

  private static void throwFirst(StudyRunner.Result result) {
    for (RuntimeException failure : List.copyOf(result.failures().values())) {
      throw failure;
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
    if (left.cells().isEmpty() && !left.onDisk()) {
      throw RefrainException.badInput(
          "--only %s: the study '%s' has no runs for it", arguments, study.name());
    }
    return left;
  }

  /** Where the model of a study of a model on disk lies; null: nobody said. */
  @Nullable Path model() {
    return null;
  }

  private StudyRunner.Result measure(
      Study study, StudyFolder folder, StopSignal signal, boolean measuring) {
    Path place = model();
    if (!measuring) {
      OnDiskRunner.begin(study, folder);
      return new StudyRunner.Result(true, Map.of());
    }
    if (place == null) {
      throw RefrainException.badInput(
          "study '%s' is of a model on disk: say which with --set model=FILE, a GGUF file or a folder"
              + " of Hugging Face's",
          study.name());
    }
    try (TerminalDisplay display = TerminalDisplay.open();
        ModelOnDisk model = ModelOnDisk.open(place)) {
      String[] last = {""};
      boolean complete =
          OnDiskRunner.run(
              study,
              folder,
              model,
              threads,
              signal::requested,
              (what, done) -> {
                String now = what + ": " + Math.round(Math.floor(done * 10) * 10) + " %";
                if (!now.equals(last[0])) {
                  last[0] = now;
                  display.event(now);
                }
              });
      return new StudyRunner.Result(complete, Map.of());
    }
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
            public void started(Cell cell, int step, List<MetricsRow> before) {
              follower(cell).started(cell.spec(), step, before);
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
