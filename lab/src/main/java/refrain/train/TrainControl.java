package refrain.train;

import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * How a run goes on. What may change meanwhile is asked from the training thread.
 *
 * @param stop whether the run should save itself and stop; asked after every step
 * @param threads how many threads it may use; asked at every probe. Its results do not depend on
 *     it.
 * @param otherArithmetic whether it may go on from what other arithmetic made
 * @param phase what it does when induction heads form in it
 */
public record TrainControl(
    BooleanSupplier stop, IntSupplier threads, boolean otherArithmetic, PhaseAction phase) {
  /** Not watched. */
  public TrainControl(BooleanSupplier stop, IntSupplier threads, boolean otherArithmetic) {
    this(stop, threads, otherArithmetic, PhaseAction.NONE);
  }

  /** Goes on to the same bits or not at all. */
  public TrainControl(BooleanSupplier stop, IntSupplier threads) {
    this(stop, threads, false);
  }

  /** Never stops early. */
  public static TrainControl threads(int threads) {
    return new TrainControl(() -> false, () -> threads);
  }
}
