package refrain.train;

import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * What can be changed about a run while it goes on. Asked from the training thread.
 *
 * @param stop whether the run should save itself and stop; asked after every step
 * @param threads how many threads it may use; asked at every probe. Its results do not depend on
 *     it.
 */
public record TrainControl(BooleanSupplier stop, IntSupplier threads) {
  /** Never stops early. */
  public static TrainControl threads(int threads) {
    return new TrainControl(() -> false, () -> threads);
  }
}
