package refrain.browser;

import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import refrain.store.MetricsRow;
import refrain.train.RunSpec;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;

/** A run that our trainer trains now, as many rows at a time as the test wants. */
final class Feed implements AutoCloseable {
  private final Semaphore rows = new Semaphore(0);
  private final Semaphore written = new Semaphore(0);
  private final Thread trainer;
  private volatile boolean stop;
  private volatile long step;

  Feed(RunSpec spec, Path to) {
    TrainListener listener =
        new TrainListener() {
          @Override
          public void measured(MetricsRow row, boolean probed) {
            step = row.step();
            written.release();
            rows.acquireUninterruptibly();
          }
        };
    trainer =
        Thread.ofPlatform()
            .start(() -> Trainer.run(spec, to, new TrainControl(() -> stop, () -> 1), listener));
    written.acquireUninterruptibly(); // its first row, of the untrained model
  }

  /** Writes some more rows, and returns the step of the last one. */
  long writes(int more) {
    rows.release(more);
    written.acquireUninterruptibly(more);
    return step;
  }

  long step() {
    return step;
  }

  /** Ends it in good order, as Ctrl-C does. */
  @Override
  public void close() {
    stop = true;
    rows.release(Integer.MAX_VALUE / 2);
    try {
      trainer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
