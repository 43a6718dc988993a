package refrain.cli;

import java.util.List;
import java.util.function.UnaryOperator;
import refrain.cli.term.RunStatus;
import refrain.cli.term.TerminalDisplay;
import refrain.store.MetricsRow;
import refrain.train.RunProgress;
import refrain.train.RunSpec;
import refrain.train.TrainListener;
import refrain.train.TrainResult;

/** Shows one run on a display while it trains. Used from the thread that trains it. */
final class RunFollower implements TrainListener {
  private static final long REDRAW_NANOS = 100_000_000;

  private final TerminalDisplay display;
  private RunProgress now;
  private boolean trained;
  private long begunAt;
  private long drawnAt;

  RunFollower(String name, RunSpec spec, TerminalDisplay display) {
    this.display = display;
    this.now = RunProgress.waiting(name, spec);
    display.update(RunStatus.of(now));
  }

  @Override
  public void started(RunSpec spec, int step, List<MetricsRow> before) {
    trained = true;
    begunAt = System.nanoTime();
    show(run -> run.started(step, before), true);
  }

  @Override
  public void warned(String sentence) {
    display.event("warning: " + now.name() + ": " + sentence);
  }

  @Override
  public void noticed(String sentence) {
    display.event(now.name() + ": " + sentence);
  }

  @Override
  public void measured(MetricsRow row, boolean probed) {
    double seconds = (System.nanoTime() - begunAt) * 1e-9;
    show(run -> run.measured(row, seconds), probed);
  }

  @Override
  public void ended(TrainResult result) {
    show(run -> run.ended(result), true);
  }

  /** Whether training began; false for a run that was there already. */
  boolean trained() {
    return trained;
  }

  void failed(RuntimeException failure) {
    show(run -> run.failed(String.valueOf(failure.getMessage())), true);
  }

  private void show(UnaryOperator<RunProgress> change, boolean always) {
    now = change.apply(now);
    if (always || System.nanoTime() - drawnAt > REDRAW_NANOS) {
      drawnAt = System.nanoTime();
      display.update(RunStatus.of(now));
    }
  }
}
