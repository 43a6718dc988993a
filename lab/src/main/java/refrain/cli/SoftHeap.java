package refrain.cli;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryNotificationInfo;
import java.lang.management.MemoryPoolMXBean;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.management.NotificationEmitter;

/**
 * Keeps Java's heap near what is in use. The serial collector takes all the memory that it may
 * before it looks for garbage among old objects, and arrays of training and analyses are old at
 * once: a study would hold a quarter of the machine's memory, nearly all of it garbage. Here the
 * collector is called as soon as old objects pass a bar, which then rises with what is really in
 * use. What may be used at most is left as it is, so large models still fit.
 */
final class SoftHeap {
  /** Where collecting begins, bytes. */
  private static final long FIRST = 512L << 20;

  /**
   * At most so much garbage lies beside what is in use: collecting stays a small part of the work.
   */
  private static final double OVER_USED = 1.5;

  private static final AtomicBoolean INSTALLED = new AtomicBoolean();

  private SoftHeap() {}

  /** Does nothing under other collectors, which look after that themselves. */
  static void install() {
    if (INSTALLED.getAndSet(true)) {
      return;
    }
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getName().equals("Tenured Gen")) {
        watch(pool);
      }
    }
  }

  private static void watch(MemoryPoolMXBean pool) {
    Executor collector =
        Executors.newSingleThreadExecutor(
            work -> Thread.ofPlatform().daemon().name("soft-heap").unstarted(work));
    NotificationEmitter emitter = (NotificationEmitter) ManagementFactory.getMemoryMXBean();
    emitter.addNotificationListener(
        (notification, _) -> {
          if (notification.getType().equals(MemoryNotificationInfo.MEMORY_THRESHOLD_EXCEEDED)) {
            collector.execute(() -> collect(pool));
          }
        },
        null,
        null);
    pool.setUsageThreshold(bar(0, pool.getUsage().getMax()));
  }

  @SuppressWarnings("CallToSystemGc") // what this class is for
  private static void collect(MemoryPoolMXBean pool) {
    System.gc();
    pool.setUsageThreshold(bar(pool.getUsage().getUsed(), pool.getUsage().getMax()));
  }

  /**
   * The next bar.
   *
   * @param used bytes in use after the last collection
   * @param most bytes that the pool may have, -1: without limit
   */
  static long bar(long used, long most) {
    long bar = Math.max(FIRST, (long) (OVER_USED * used));
    return most < 0 ? bar : Math.min(bar, most);
  }
}
