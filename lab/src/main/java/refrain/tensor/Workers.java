package refrain.tensor;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of threads that share out numbered tasks. Which thread takes which task is not
 * fixed, so tasks must not share sums: each writes where only it writes, and the caller adds up in
 * order. One worker means the caller's own thread and no other.
 */
public final class Workers implements AutoCloseable {
  private final int count;
  private final @Nullable ExecutorService helpers;

  public Workers(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("threads is " + count + ", expected 1 or more");
    }
    this.count = count;
    this.helpers =
        count == 1
            ? null
            : Executors.newFixedThreadPool(
                count - 1,
                r -> {
                  Thread t = new Thread(r, "refrain-worker");
                  t.setDaemon(true);
                  return t;
                });
  }

  public int count() {
    return count;
  }

  /** What one task does, told which worker (0 to count-1) runs it, so that it can have buffers. */
  @FunctionalInterface
  public interface Task {
    void run(int task, int worker);
  }

  /** Runs tasks 0 to n-1 and returns when all are done; the first failure is thrown on. */
  public void run(int n, Task task) {
    if (helpers == null || n == 1) {
      for (int i = 0; i < n; i++) {
        task.run(i, 0);
      }
      return;
    }
    AtomicInteger next = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    IntConsumer loop =
        worker -> {
          try {
            for (int i = next.getAndIncrement(); i < n; i = next.getAndIncrement()) {
              task.run(i, worker);
            }
          } catch (Throwable t) {
            failure.compareAndSet(null, t);
            next.set(n);
          }
        };
    int extra = Math.min(count, n) - 1;
    Phaser done = new Phaser(extra + 1);
    for (int w = 1; w <= extra; w++) {
      int worker = w;
      helpers.execute(() -> {
        loop.accept(worker);
        done.arrive();
      });
    }
    loop.accept(0);
    done.arriveAndAwaitAdvance();
    Throwable t = failure.get();
    if (t instanceof RuntimeException e) {
      throw e;
    }
    if (t instanceof Error e) {
      throw e;
    }
  }

  @Override
  public void close() {
    if (helpers != null) {
      helpers.shutdownNow();
    }
  }
}
