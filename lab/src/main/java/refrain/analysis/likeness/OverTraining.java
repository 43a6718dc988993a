package refrain.analysis.likeness;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;
import refrain.analysis.Subject;
import refrain.analysis.instrument.ModelState;
import refrain.probe.RepeatedSequences;
import refrain.stats.Crossing;

/**
 * What is read of each checkpoint of a run, each of which is read from the disk once and one of
 * which is in memory at a time.
 *
 * @param <K> what shares of right answers are told apart by
 * @param steps of the checkpoints
 * @param choice the share of right answers at each, in the order that they were asked in
 * @param copying {@link LiteralHeads#copying} at each
 */
record OverTraining<K>(double[] steps, Map<K, double[]> choice, double[] copying) {
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

  static <K> OverTraining<K> of(
      Subject run,
      List<K> levels,
      ToDoubleBiFunction<K, ModelState> share,
      RepeatedSequences repeated) {
    long[] states = run.states();
    Map<K, double[]> choice = new LinkedHashMap<>();
    levels.forEach(level -> choice.put(level, new double[states.length]));
    double[] copying = new double[states.length];
    for (int i = 0; i < states.length; i++) {
      ModelState state = run.state(states[i]);
      for (Map.Entry<K, double[]> level : choice.entrySet()) {
        level.getValue()[i] = share.applyAsDouble(level.getKey(), state);
      }
      copying[i] = LiteralHeads.copying(state, repeated, List.of());
    }
    return new OverTraining<>(Arrays.stream(states).asDoubleStream().toArray(), choice, copying);
  }

  /** The step from which on shares of right answers are half or more. */
  double told(K level) {
    return Crossing.above(steps, requireNonNull(choice.get(level)), HALF);
  }

  /** The step from which on {@link LiteralHeads#copying} is 2 nats or more. */
  double copied() {
    return Crossing.above(steps, copying, COPIES);
  }
}
