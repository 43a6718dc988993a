package refrain.study;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.AnalysisKind;
import refrain.analysis.AnalysisStore;
import refrain.analysis.RunSummary;
import refrain.analysis.Subject;
import refrain.base.RefrainException;
import refrain.store.MetricsRow;
import refrain.store.RunFolder;
import refrain.study.Study.Cell;
import refrain.train.Formation;
import refrain.train.LaterProbing;
import refrain.train.OtherArithmetic;
import refrain.train.RunSpec;
import refrain.train.StopRule;
import refrain.train.StopWhen;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.TrainResult;
import refrain.train.Trainer;

/**
 * Runs a study's cells side by side, one core each, and all cores on the last ones when fewer cells
 * than cores are left. A cell whose run has ended is not run again, an interrupted one goes on. One
 * that stops at twice its control's formation step waits for the control. Cells of one identity
 * share a run: the later one waits, goes on with it if it wants more steps, and has it measured as
 * it asks. When all runs have ended their analyses are made, those that are not there yet.
 *
 * <p>Which core takes which cell when changes nothing in the results: every run's bits depend on
 * its specification alone, and where it stops on its control's result.
 */
public final class StudyRunner {
  private final Study study;
  private final StudyFolder folder;
  private final int cores;
  private final boolean otherArithmetic;
  private final BooleanSupplier stop;
  private final StudyListener listener;

  private final List<Cell> cells;
  private final Map<Cell, String> ids = new HashMap<>();
  private final Set<String> runsUnderWay = new HashSet<>();
  private final List<Cell> waiting;
  private final Set<Cell> running = new HashSet<>();
  private final Set<Cell> ended = new HashSet<>();
  private final Map<Cell, RuntimeException> failures = new LinkedHashMap<>();
  private volatile boolean interrupted;

  /** Goes on with runs to the same bits or not at all. */
  public StudyRunner(
      Study study, StudyFolder folder, int cores, BooleanSupplier stop, StudyListener listener) {
    this(study, folder, cores, false, stop, listener);
  }

  /**
   * @param cores how many runs go on at once
   * @param otherArithmetic whether runs may go on from what other arithmetic made
   * @param stop asked often; true: every run saves itself and stops
   */
  public StudyRunner(
      Study study,
      StudyFolder folder,
      int cores,
      boolean otherArithmetic,
      BooleanSupplier stop,
      StudyListener listener) {
    this.study = onTheTextOfNow(study);
    this.folder = folder;
    this.cores = cores;
    this.otherArithmetic = otherArithmetic;
    this.stop = stop;
    this.listener = listener;
    this.cells = this.study.cells();
    this.waiting = ordered(cells);
    cells.forEach(cell -> ids.put(cell, cell.id()));
  }

  /** Where a text is gone its runs say so, those that have not ended. */
  private static Study onTheTextOfNow(Study study) {
    try {
      return study.pinned();
    } catch (RefrainException e) {
      return study;
    }
  }

  /**
   * How a study went.
   *
   * @param complete whether every run has ended
   * @param failures the runs that failed, and why
   */
  public record Result(boolean complete, Map<Cell, RuntimeException> failures) {}

  /**
   * Runs all cells that have not ended; returns when none can go on.
   *
   * @throws RefrainException of kind BAD_INPUT, before anything is trained or written, when one was
   *     interrupted under other arithmetic and may not go on under this one
   */
  public Result run() {
    if (!otherArithmetic) {
      refuseOtherArithmetic();
    }
    begin();
    sideBySide("study-", this::work);
    return interrupted ? new Result(false, failures) : analyse();
  }

  /** Trains nothing: makes the analyses of the runs that have ended. */
  public Result analyseOnly() {
    begin();
    for (Cell cell : cells) {
      try {
        measure(cell);
      } catch (RuntimeException e) {
        failed(cell, e);
      }
    }
    return analyse();
  }

  private void refuseOtherArithmetic() {
    Map<Path, OtherArithmetic> others = new LinkedHashMap<>();
    for (Cell cell : cells) {
      try {
        folder
            .find(cell)
            .filter(run -> run.ended().isEmpty())
            .flatMap(OtherArithmetic::of)
            .ifPresent(other -> others.put(other.run().path(), other));
      } catch (RefrainException e) {
        // A damaged file is this run's own failure when its turn comes; the others go on.
      }
    }
    if (!others.isEmpty()) {
      throw others.values().iterator().next().refused(others.size() - 1);
    }
  }

  private void begin() {
    folder.write(study);
    folder.unreadable().forEach(sentence -> listener.warned(cells.getFirst(), sentence));
  }

  /** Does the same on every core and waits for all. */
  private void sideBySide(String name, Runnable work) {
    List<Thread> workers =
        IntStream.range(0, cores)
            .mapToObj(i -> Thread.ofPlatform().name(name + i).daemon().start(work))
            .toList();
    try {
      for (Thread worker : workers) {
        worker.join();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while a study runs", e);
    }
  }

  /** What is computed from the runs, a core a run: those that a study begins with come first. */
  private Result analyse() {
    Queue<Cell> left = new ConcurrentLinkedQueue<>(cells);
    left.removeIf(failures::containsKey);
    sideBySide(
        "analysis-",
        () -> {
          for (Cell cell = left.poll(); cell != null; cell = left.poll()) {
            try {
              analyse(cell);
            } catch (RuntimeException e) {
              failed(cell, e);
            }
          }
        });
    return new Result(!interrupted && failures.isEmpty(), failures);
  }

  private void analyse(Cell cell) {
    RunFolder run = folder.find(cell).orElse(null);
    if (run == null || !run.hasResult()) {
      return;
    }
    RunFolder control = folder.control(cell).orElse(null);
    String controlId = folder.controlId(cell);
    for (AnalysisKind kind : cell.analyses()) {
      if (stop.getAsBoolean()) {
        interrupted = true;
        return;
      }
      if (known(cell, run, kind)) {
        continue;
      }
      listener.analysing(cell, kind);
      try (Subject subject = new Subject(run, control, 1)) {
        AnalysisStore.keep(run, kind, controlId, kind.analysis().of(subject));
      } catch (RuntimeException e) {
        failed(cell, e);
      } catch (OutOfMemoryError e) {
        failed(cell, new CompletionException(e));
      }
    }
  }

  /** Whether an analysis is there already; what is damaged is made again. */
  private boolean known(Cell cell, RunFolder run, AnalysisKind kind) {
    try {
      return folder.findings(cell, run, kind).filter(found -> !found.lacksOneOf(kind)).isPresent();
    } catch (RefrainException e) {
      listener.warned(cell, e.getMessage() + "; it is made again now");
      return false;
    }
  }

  private void failed(Cell cell, RuntimeException failure) {
    listener.failed(cell, failure);
    synchronized (this) {
      failures.putIfAbsent(cell, failure);
    }
  }

  /**
   * The first variant's first seed (the run that is to be seen first), then the longest runs, so
   * that no long one is left over at the end, controls before those that wait for them.
   */
  private static List<Cell> ordered(List<Cell> all) {
    List<Cell> cells = new ArrayList<>(all);
    cells
        .subList(Math.min(1, all.size()), all.size())
        .sort(Comparator.comparingDouble((Cell cell) -> -work(cell)));
    return cells;
  }

  /** Parameters times tokens: what a run costs, roughly. */
  private static double work(Cell cell) {
    double layers = cell.spec().model().nLayers() + 1.0;
    double width = cell.spec().model().dModel();
    return layers * width * width * cell.spec().tokensPerStep() * cell.spec().steps();
  }

  private void work() {
    for (Cell cell = next(); cell != null; cell = next()) {
      try {
        TrainResult result = train(cell);
        if (result.end() == TrainResult.End.INTERRUPTED) {
          interrupted = true;
        } else {
          measure(cell);
        }
        listener.ended(cell, result);
      } catch (RuntimeException e) {
        failed(cell, e);
      } catch (OutOfMemoryError e) { // else the thread ends and others wait for its cell for ever
        failed(cell, new CompletionException(e));
      }
      done(cell);
    }
  }

  /** The next cell that can start; waits while some wait for others; null when none is left. */
  private synchronized @Nullable Cell next() {
    while (!waiting.isEmpty() && !stop.getAsBoolean()) {
      for (Cell cell : waiting) {
        if (ready(cell)) {
          waiting.remove(cell);
          running.add(cell);
          runsUnderWay.add(cell.id());
          return cell;
        }
      }
      try {
        wait(100); // wakes up to look at the stop signal too
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted while a study runs", e);
      }
    }
    interrupted |= !waiting.isEmpty();
    return null;
  }

  private synchronized void done(Cell cell) {
    running.remove(cell);
    runsUnderWay.remove(cell.id());
    ended.add(cell);
    notifyAll();
  }

  private boolean ready(Cell cell) {
    Cell control = waitsFor(cell);
    boolean shared = runsUnderWay.contains(Objects.requireNonNull(ids.get(cell)));
    return !shared && (control == null || ended.contains(control));
  }

  private @Nullable Cell waitsFor(Cell cell) {
    return cells.stream()
        .filter(_ -> cell.variant().settled() == Variant.Settled.AT_TWICE_CONTROL)
        .filter(other -> other.variant().name().equals(cell.variant().control()))
        .filter(other -> other.seed() == cell.seed())
        .findFirst()
        .orElse(null);
  }

  private TrainResult train(Cell cell) {
    RunSpec asked = cell.spec().with(s -> s.stop = rule(cell));
    RunFolder done = folder.find(cell).filter(run -> StopWhen.farEnough(run, asked)).orElse(null);
    if (done != null) {
      int step = (int) done.outcome().orElseThrow().step();
      return new TrainResult(TrainResult.End.SETTLED, step, Trainer.seconds(done));
    }
    TrainControl control = new TrainControl(stop, () -> share(cell), otherArithmetic);
    TrainListener follower =
        new TrainListener() {
          @Override
          public void started(RunSpec spec, int step) {
            listener.started(cell, step);
          }

          @Override
          public void warned(String sentence) {
            listener.warned(cell, sentence);
          }

          @Override
          public void measured(MetricsRow row, boolean probed) {
            listener.measured(cell, row, probed);
          }
        };
    return Trainer.run(asked, folder.run(asked), control, follower);
  }

  /** Measures a run that ended as its cell asks for, where it was made with another probing. */
  private void measure(Cell cell) {
    folder
        .find(cell)
        .filter(RunFolder::hasResult)
        .flatMap(run -> LaterProbing.make(run, cell.spec().probing(), share(cell)))
        .ifPresent(lacking -> listener.warned(cell, lacking));
  }

  private StopRule rule(Cell cell) {
    return switch (cell.variant().settled()) {
      case AT_END -> new StopRule.Never();
      case AFTER_FORMATION -> {
        int margin =
            Math.max(study.plateauSteps(), (int) (study.plateauShare() * cell.spec().steps()));
        yield new StopRule.AfterFormation(Formation.DEFAULT, margin, 0);
      }
      case AT_TWICE_CONTROL -> {
        Cell control = waitsFor(cell);
        RunSummary formed = control == null ? null : folder.summary(control);
        yield formed == null || formed.formationStep() == null
            ? new StopRule.Never()
            : new StopRule.AtStep(Math.clamp(2L * formed.formationStep(), 1, cell.spec().steps()));
      }
    };
  }

  /** Idle cores are shared among the runs that go on, the first ones first. */
  private synchronized int share(Cell cell) {
    int startable = (int) waiting.stream().filter(this::ready).count();
    int idle = cores - running.size() - startable;
    if (idle <= 0 || running.isEmpty()) {
      return 1;
    }
    int each = idle / running.size();
    boolean more =
        running.stream()
            .sorted((a, b) -> a.label().compareTo(b.label()))
            .limit(idle % running.size())
            .anyMatch(cell::equals);
    return 1 + each + (more ? 1 : 0);
  }
}
