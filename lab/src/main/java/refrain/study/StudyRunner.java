package refrain.study;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.AnalysisKind;
import refrain.analysis.AnalysisStore;
import refrain.analysis.RunSummary;
import refrain.analysis.Subject;
import refrain.base.RefrainException;
import refrain.stats.Crossing;
import refrain.store.MetricsRow;
import refrain.store.Parent;
import refrain.store.RunFolder;
import refrain.study.Study.Cell;
import refrain.train.Formation;
import refrain.train.RunProgress;
import refrain.train.RunSpec;
import refrain.train.StopRule;
import refrain.train.TrainListener;
import refrain.train.TrainResult;
import refrain.train.sweep.SideBySide;

/**
 * Runs a study's cells {@linkplain SideBySide side by side}; the first one has all cores until
 * heads have formed in it, or for half of its steps. One that stops at twice its control's
 * formation step waits for the control. When all runs have ended their analyses are made, those
 * that are not there yet.
 */
public final class StudyRunner {
  /** A control's score is read on more sequences, so a bar of half of it is passed for sure. */
  private static final double SURELY_PAST_HALF = 0.7;

  private static final double A_THIRD = 1 / 3.0;

  private final Study study;
  private final StudyFolder folder;
  private final BooleanSupplier stop;
  private final StudyListener listener;

  private final List<Cell> cells;
  private final SideBySide<Cell> runs;
  private final Map<Cell, RuntimeException> failures = new LinkedHashMap<>();
  private volatile boolean interrupted;

  /** Whether the first run has yet to show what the study is about. */
  private volatile boolean first = true;

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
    this.stop = stop;
    this.listener = listener;
    this.cells = this.study.cells();
    this.runs = new SideBySide<>(cells, new Cells(), folder.runs(), cores, otherArithmetic, stop);
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
    runs.requireThisArithmetic();
    begin();
    failures.putAll(runs.train().failures());
    interrupted = runs.interrupted();
    return interrupted ? new Result(false, failures) : analyse();
  }

  /** Trains nothing: makes the analyses of the runs that have ended. */
  public Result analyseOnly() {
    begin();
    for (Cell cell : cells) {
      try {
        runs.measure(cell);
      } catch (RuntimeException e) {
        failed(cell, e);
      }
    }
    return analyse();
  }

  private void begin() {
    folder.write(study);
    folder.unreadable().forEach(sentence -> listener.warned(cells.getFirst(), sentence));
  }

  /** What is computed from the runs, a core a run: those that a study begins with come first. */
  private Result analyse() {
    List<Cell> left = cells.stream().filter(cell -> !failures.containsKey(cell)).toList();
    runs.forEach(
        "analysis-",
        left,
        cell -> {
          try {
            analyse(cell);
          } catch (RuntimeException e) {
            failed(cell, e);
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
    for (AnalysisKind kind : cell.analyses()) {
      if (stop.getAsBoolean()) {
        interrupted = true;
        return;
      }
      if (known(cell, run, kind)) {
        continue;
      }
      listener.analysing(cell, kind);
      List<RunFolder> others = kind.analysis().ofSeed() ? folder.companions(cell) : List.of();
      try (Subject subject = new Subject(run, control, others, 1)) {
        AnalysisStore.keep(run, kind, folder.against(cell, kind), kind.analysis().of(subject));
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

  /** What the cells want of their runs, and who hears of them. */
  private final class Cells implements SideBySide.Jobs<Cell> {
    @Override
    public String label(Cell cell) {
      return cell.label();
    }

    @Override
    public RunSpec spec(Cell cell) {
      return cell.spec();
    }

    @Override
    public RunSpec asked(Cell cell) {
      RunSpec asked = cell.spec().with(s -> s.stop = rule(cell));
      Parent parent = asked.parent();
      return parent == null
          ? asked
          : donor(cell)
              .flatMap(folder::find)
              .map(run -> asked.with(s -> s.parent = parent.in(run.path().toString())))
              .orElse(asked);
    }

    @Override
    public List<Cell> waitsFor(Cell cell) {
      return StudyRunner.this.waitsFor(cell);
    }

    @Override
    public boolean first(Cell cell) {
      return first;
    }

    @Override
    public TrainListener listener(Cell cell) {
      return new TrainListener() {
        private RunProgress progress = RunProgress.waiting(cell.label(), cell.spec());

        @Override
        public void started(RunSpec spec, int step, List<MetricsRow> before) {
          if (step > 0 && cell.equals(cells.getFirst())) {
            first = false;
          }
          listener.started(cell, step, before);
        }

        @Override
        public void warned(String sentence) {
          listener.warned(cell, sentence);
        }

        @Override
        public void measured(MetricsRow row, boolean probed) {
          listener.measured(cell, row, probed);
          if (first && cell.equals(cells.getFirst())) {
            progress = progress.measured(row, 0);
            first = progress.formed() == null && 2 * row.step() < cell.spec().steps();
          }
        }

        @Override
        public void ended(TrainResult result) {
          listener.ended(cell, result);
        }
      };
    }

    @Override
    public void failed(Cell cell, RuntimeException failure) {
      listener.failed(cell, failure);
    }

    @Override
    public void notice(String sentence) {
      listener.notice(sentence);
    }
  }

  /** Runs of the same seed that a run can only begin after. */
  private List<Cell> waitsFor(Cell cell) {
    Optional<Cell> first =
        switch (cell.variant().settled()) {
          case AT_TWICE_CONTROL, AT_CONTROL_ICL -> control(cell);
          case AFTER_FORMATION, A_THIRD_AFTER_FORMATION, AT_END -> Optional.empty();
        };
    return Stream.concat(first.stream(), donor(cell).stream()).toList();
  }

  private Optional<Cell> control(Cell cell) {
    return ofSameSeed(cell, cell.variant().control());
  }

  private Optional<Cell> donor(Cell cell) {
    Donor donor = cell.variant().donor();
    return ofSameSeed(cell, donor == null ? null : donor.variant());
  }

  private Optional<Cell> ofSameSeed(Cell cell, @Nullable String variant) {
    return cells.stream()
        .filter(other -> other.variant().name().equals(variant))
        .filter(other -> other.seed() == cell.seed())
        .findFirst();
  }

  private StopRule rule(Cell cell) {
    return switch (cell.variant().settled()) {
      case AT_END -> new StopRule.Never();
      case AFTER_FORMATION -> {
        int margin =
            Math.max(study.plateauSteps(), (int) (study.plateauShare() * cell.spec().steps()));
        yield new StopRule.AfterFormation(Formation.DEFAULT, margin, 0, 0);
      }
      case A_THIRD_AFTER_FORMATION -> new StopRule.AfterFormation(Formation.DEFAULT, 0, 0, A_THIRD);
      case AT_TWICE_CONTROL -> {
        RunSummary formed = control(cell).map(folder::summary).orElse(null);
        yield formed == null || formed.formationStep() == null
            ? new StopRule.Never()
            : new StopRule.AtStep(Math.clamp(2L * formed.formationStep(), 1, cell.spec().steps()));
      }
      case AT_CONTROL_ICL -> {
        RunSummary ended = control(cell).map(folder::summary).orElse(null);
        yield ended == null || !(ended.iclAfter() < 0)
            ? new StopRule.Never()
            : new StopRule.AtIcl(SURELY_PAST_HALF * ended.iclAfter(), Crossing.HOLD);
      }
    };
  }
}
