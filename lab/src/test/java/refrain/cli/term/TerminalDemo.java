package refrain.cli.term;

import java.util.ArrayList;
import java.util.List;
import refrain.cli.term.RunStatus.Curve;
import refrain.draw.chart.Line;
import refrain.train.RunProgress.State;

/**
 * Plays invented runs on the terminal, or prints one screen: {@code TerminalDemo 80 24 [ascii]}.
 */
public final class TerminalDemo {
  private static final String[] NAMES = {
    "2L seed 0", "2L seed 1", "1L seed 0", "1L-smeared seed 0", "2L-smeared-from-0 seed 0"
  };

  private TerminalDemo() {}

  public static void main(String[] args) throws InterruptedException {
    if (args.length >= 2) {
      Glyphs glyphs = args.length > 2 ? Glyphs.ASCII : Glyphs.UNICODE;
      List<RunStatus> runs = runs(1300);
      Screen.render(runs, Integer.parseInt(args[0]), Integer.parseInt(args[1]), glyphs)
          .forEach(row -> System.out.println(row.text()));
      return;
    }
    try (TerminalDisplay display = TerminalDisplay.open()) {
      for (int tick = 0; tick <= 2600; tick += 10) {
        runs(tick).forEach(display::update);
        if (tick == 450) {
          display.event("2L seed 0: phase change at step 430: prefix matching 0.06 -> 0.83");
        }
        Thread.sleep(30);
      }
    }
  }

  /** Two workers take the runs in order. */
  static List<RunStatus> runs(int tick) {
    List<RunStatus> runs = new ArrayList<>();
    for (int i = 0; i < NAMES.length; i++) {
      int step = Math.clamp(tick - i / 2 * 900, 0, 900);
      State state = step == 0 ? State.WAITING : step < 900 ? State.RUNNING : State.DONE;
      runs.add(status(NAMES[i], state, step, i == 2 ? 1e6 : i == 3 ? 140 : 430 + 20 * i));
    }
    return runs;
  }

  /** A run that has not begun. */
  static RunStatus waiting(String name, long totalSteps) {
    double unknown = Double.NaN;
    return new RunStatus(
        name,
        State.WAITING,
        0,
        totalSteps,
        0,
        unknown,
        unknown,
        unknown,
        unknown,
        "",
        "",
        List.of());
  }

  static RunStatus status(String name, State state, int step, double middle) {
    int n = step / 10 + 1;
    double[] x = new double[n];
    double[][] y = new double[3][n];
    for (int i = 0; i < n; i++) {
      x[i] = 10 * i;
      double rise = 1 / (1 + Math.exp(-(x[i] - middle) / 20));
      y[0][i] = 0.06 + 0.8 * rise;
      y[1][i] = 3.4 + 1.4 * Math.exp(-x[i] / 60) - 1.5 * rise;
      y[2][i] = -0.4 - 2.2 * rise;
    }
    boolean known = state != State.WAITING;
    return new RunStatus(
        name,
        state,
        step,
        900,
        4096L * step,
        known ? 152_000 : Double.NaN,
        known ? y[1][n - 1] : Double.NaN,
        known ? y[2][n - 1] : Double.NaN,
        known ? y[0][n - 1] : Double.NaN,
        known ? "L1H2" : "",
        step > middle + 30 ? "phase change at step " + (int) middle : "",
        known
            ? List.of(
                new Curve("prefix matching", Line.of(x, y[0]), 0, 1),
                Curve.of("loss (nats)", Line.of(x, y[1])),
                Curve.of("ICL (nats)", Line.of(x, y[2])))
            : List.of());
  }
}
