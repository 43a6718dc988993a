package refrain.cli.term;

import java.util.List;
import refrain.draw.chart.Line;
import refrain.model.HeadId;
import refrain.train.RunProgress;
import refrain.train.RunProgress.Probe;
import refrain.train.RunProgress.State;

/**
 * What is known of a run at one moment. Immutable; a number that is not known yet is NaN.
 *
 * @param name of the run, for example "2L seed 0"; updates with the same name replace each other
 * @param state where it stands
 * @param step training steps done
 * @param totalSteps training steps planned
 * @param tokens tokens trained on
 * @param tokensPerSecond current speed, tokens per second
 * @param loss nats per token
 * @param icl in-context-learning score, nats
 * @param prefixMatching best prefix-matching score over heads, 0 to 1
 * @param bestHead the head that has it, for example "L1H2"; "" if not known
 * @param event the latest notable event, "" for none
 * @param curves over training steps, the most important first; narrow terminals show fewer
 */
public record RunStatus(
    String name,
    State state,
    long step,
    long totalSteps,
    long tokens,
    double tokensPerSecond,
    double loss,
    double icl,
    double prefixMatching,
    String bestHead,
    String event,
    List<Curve> curves) {
  /**
   * A measured quantity over training steps.
   *
   * @param lo bottom of its chart, NaN to take it from the data
   * @param hi top of its chart, NaN to take it from the data
   */
  public record Curve(String label, Line line, double lo, double hi) {
    public static Curve of(String label, Line line) {
      return new Curve(label, line, Double.NaN, Double.NaN);
    }
  }

  public RunStatus {
    curves = List.copyOf(curves);
  }

  /** What is to be seen of a run at one moment. */
  public static RunStatus of(RunProgress run) {
    double[] steps = run.column(Probe::step);
    HeadId best = run.probes().isEmpty() ? null : run.probes().getLast().best();
    List<Curve> curves =
        steps.length < 2
            ? List.of()
            : List.of(
                new Curve(
                    "prefix matching, best head",
                    Line.of(steps, run.column(Probe::prefixMatching)),
                    0,
                    1),
                Curve.of("ICL score (nats)", Line.of(steps, run.column(Probe::icl))),
                Curve.of("loss (nats)", Line.of(steps, run.column(Probe::loss))));
    String formed = run.formed() == null ? "" : "induction heads at step " + run.formed();
    return new RunStatus(
        run.name(),
        run.state(),
        run.step(),
        run.spec().steps(),
        run.tokens(),
        run.tokensPerSecond(),
        run.loss(),
        run.last(Probe::icl),
        run.last(Probe::prefixMatching),
        best == null ? "" : best.toString(),
        run.failure().isEmpty() ? formed : run.failure(),
        curves);
  }

  double fraction() {
    return totalSteps <= 0 ? 0 : Math.clamp((double) step / totalSteps, 0, 1);
  }

  /** Tokens still to train on, NaN before the first step. */
  double tokensLeft() {
    if (state.ended()) {
      return 0;
    }
    return step <= 0 ? Double.NaN : (double) tokens / step * Math.max(0, totalSteps - step);
  }

  double secondsLeft() {
    return tokensPerSecond > 0 ? tokensLeft() / tokensPerSecond : Double.NaN;
  }
}
