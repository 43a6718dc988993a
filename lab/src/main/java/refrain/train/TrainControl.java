package refrain.train;

/** What can be changed about a run while it goes on. Asked from the training thread. */
public interface TrainControl {
  /** Whether the run should save itself and stop; asked after every step. */
  boolean stopRequested();

  /** How many threads it may use; asked at every probe. Its results do not depend on it. */
  int threads();

  /** Never stops early. */
  static TrainControl threads(int threads) {
    return new TrainControl() {
      @Override
      public boolean stopRequested() {
        return false;
      }

      @Override
      public int threads() {
        return threads;
      }
    };
  }
}
