package refrain.train;

import java.util.List;
import refrain.store.MetricsRow;

/** Follows a run while it goes on. Called from the training thread; slow listeners slow it. */
public interface TrainListener {
  TrainListener NONE = new TrainListener() {};

  /**
   * @param spec what is trained
   * @param step steps already taken: 0, or where an interrupted run goes on
   * @param before the rows that it has, up to that step
   */
  default void started(RunSpec spec, int step, List<MetricsRow> before) {}

  /** Something about the state that was found which the user should know. */
  default void warned(String sentence) {}

  /** Something happened in the run that the user asked to be told of. */
  default void noticed(String sentence) {}

  /**
   * A row of metrics was written.
   *
   * @param row of the state after {@code row.step()} steps
   * @param probed whether it holds the probe's measures too
   */
  default void measured(MetricsRow row, boolean probed) {}

  default void ended(TrainResult result) {}
}
