package refrain.analysis.likeness;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import refrain.analysis.Subject;
import refrain.analysis.instrument.ModelState;
import refrain.stats.Crossing;

/**
 * What is read of each checkpoint of a run; one of them is in memory at a time.
 *
 * @param run that is read
 * @param steps of the checkpoints
 */
record OverTraining(Subject run, double[] steps) {
  private static final String FROM_ON =
      "the first checkpoint from which on three in a row %s, on the line from the one before; NaN:"
          + " none";

  /** Words for {@link #told}. */
  static final String TOLD = FROM_ON.formatted("have a choice of .5 or more");

  /** Words for {@link #copied}. */
  static final String COPIED =
      FROM_ON.formatted(
          "lose 2 nats less on later blocks of repeated random tokens than on the first");

  private static final double HALF = 0.5;
  private static final double COPIES = 2;

  static OverTraining of(Subject run) {
    return new OverTraining(run, Arrays.stream(run.states()).asDoubleStream().toArray());
  }

  double[] each(ToDoubleFunction<ModelState> number) {
    return Arrays.stream(steps).map(s -> number.applyAsDouble(run.state((long) s))).toArray();
  }

  /** The step from which on shares of right answers are half or more. */
  double told(double[] choice) {
    return Crossing.above(steps, choice, HALF);
  }

  /** The step from which on {@link LiteralHeads#copying} is 2 nats or more. */
  double copied(double[] copying) {
    return Crossing.above(steps, copying, COPIES);
  }
}
