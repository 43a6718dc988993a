package refrain.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.cli.term.RunStatus;
import refrain.cli.term.RunStatus.Curve;
import refrain.cli.term.RunStatus.State;
import refrain.cli.term.TerminalDisplay;
import refrain.draw.chart.Line;
import refrain.store.MetricsRow;
import refrain.train.Formation;
import refrain.train.Metrics;
import refrain.train.RunSpec;
import refrain.train.TrainResult;

/** Shows one run on a display while it trains. Used from the thread that trains it. */
final class RunFollower {
  private static final long REDRAW_NANOS = 100_000_000;

  private final String name;
  private final RunSpec spec;
  private final TerminalDisplay display;
  private final List<double[]> probes = new ArrayList<>();

  private State state = State.WAITING;
  private long step;
  private long begunAt;
  private long begunStep;
  private long drawnAt;
  private double loss = Double.NaN;
  private double chance = Double.NaN;
  private int bestHead = -1;
  private @Nullable Integer formed;
  private String event = "";

  RunFollower(String name, RunSpec spec, TerminalDisplay display) {
    this.name = name;
    this.spec = spec;
    this.display = display;
    display.update(status());
  }

  void started(int at) {
    state = State.RUNNING;
    step = at;
    begunStep = at;
    begunAt = System.nanoTime();
    display.update(status());
  }

  void measured(MetricsRow row, boolean probed) {
    step = row.step();
    loss = row.step() == 0 ? row.value(Metrics.LOSS) : row.value(Metrics.TRAIN_LOSS);
    if (probed) {
      probes.add(
          new double[] {
            step,
            row.value(Metrics.ICL),
            row.value(Metrics.PREFIX_MATCHING),
            row.value(Metrics.LOSS)
          });
      bestHead = (int) row.value(Metrics.PREFIX_MATCHING_HEAD);
      chance = row.value(Metrics.PREFIX_MATCHING_CHANCE);
      noticeFormation();
    }
    if (probed || System.nanoTime() - drawnAt > REDRAW_NANOS) {
      drawnAt = System.nanoTime();
      display.update(status());
    }
  }

  void ended(TrainResult result) {
    step = result.step();
    state =
        switch (result.end()) {
          case DONE -> State.DONE;
          case SETTLED -> State.SETTLED;
          case INTERRUPTED -> State.WAITING;
        };
    display.update(status());
  }

  void failed(RuntimeException failure) {
    state = State.FAILED;
    event = String.valueOf(failure.getMessage());
    display.update(status());
  }

  private void noticeFormation() {
    if (formed != null) {
      return;
    }
    int index = Formation.DEFAULT.index(column(2), chance);
    if (index != Formation.NONE) {
      formed = (int) probes.get(index)[0];
      event = "induction heads at step " + formed;
    }
  }

  private double[] column(int c) {
    return probes.stream().mapToDouble(p -> p[c]).toArray();
  }

  private double last(int c) {
    return probes.isEmpty() ? Double.NaN : probes.getLast()[c];
  }

  private RunStatus status() {
    double seconds = (System.nanoTime() - begunAt) * 1e-9;
    double speed =
        step > begunStep ? (step - begunStep) * spec.tokensPerStep() / seconds : Double.NaN;
    int heads = spec.model().nHeads();
    double[] steps = column(0);
    List<Curve> curves =
        probes.size() < 2
            ? List.of()
            : List.of(
                new Curve("prefix matching, best head", Line.of(steps, column(2)), 0, 1),
                Curve.of("ICL score (nats)", Line.of(steps, column(1))),
                Curve.of("loss (nats)", Line.of(steps, column(3))));
    return new RunStatus(
        name,
        state,
        step,
        spec.steps(),
        step * spec.tokensPerStep(),
        speed,
        loss,
        last(1),
        last(2),
        bestHead < 0 ? "" : "L" + bestHead / heads + "H" + bestHead % heads,
        event,
        curves);
  }
}
