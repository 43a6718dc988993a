package refrain.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Turns an interrupt (Ctrl-C), a request to terminate or the end of the time that they have into a
 * wish that runs look at: they save themselves, and only then the process ends.
 */
final class StopSignal implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private final AtomicBoolean requested = new AtomicBoolean();
  private final CountDownLatch saved = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "stop-signal");

  private final long begun = System.nanoTime();
  private final @Nullable Integer minutes;

  private StopSignal(@Nullable Integer minutes) {
    this.minutes = minutes;
  }

  static StopSignal install() {
    return install(null);
  }

  /**
   * @param minutes after which runs are to stop too; null: never
   */
  static StopSignal install(@Nullable Integer minutes) {
    StopSignal signal = new StopSignal(minutes);
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  boolean requested() {
    return requested.get() || timeIsUp();
  }

  private boolean timeIsUp() {
    return minutes != null && System.nanoTime() - begun >= TimeUnit.MINUTES.toNanos(minutes);
  }

  /** What made runs stop, such as "Interrupted". */
  String why() {
    return requested.get()
        ? "Interrupted"
        : "Stopped after " + minutes + (minutes != null && minutes == 1 ? " minute" : " minutes");
  }

  private void stop() {
    requested.set(true);
    try {
      // The machine may be going down: a run that cannot save itself in time is resumed from its
      // last checkpoint.
      if (!saved.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("refrain: runs did not save themselves in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Everything is saved; a process that was asked to end may do so. */
  @Override
  public void close() {
    saved.countDown();
    if (!requested.get()) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The process is ending already; the hook finds nothing to wait for.
        return;
      }
    }
  }
}
