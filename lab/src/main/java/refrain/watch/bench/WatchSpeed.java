package refrain.watch.bench;

import java.lang.management.ManagementFactory;
import java.util.Random;
import refrain.watch.Detector;
import refrain.watch.DetectorSettings;
import refrain.watch.Direction;
import refrain.watch.Transform;

/**
 * What watching one metric costs on one core.
 *
 * @param observations of a power law with noise
 * @param perSecond of them, by the time that the core spent on it
 * @param bytesEarly of the heap after a hundredth of them
 * @param bytesLate of the heap after all
 */
public record WatchSpeed(long observations, double perSecond, long bytesEarly, long bytesLate) {
  private static final int NOISES = 1 << 16;

  /** Measures. */
  public static WatchSpeed of(long observations) {
    double[] noise = new Random(1).doubles(NOISES).map(x -> 0.04 * (x - 0.5)).toArray();
    Detector detector =
        new Detector(Direction.DOWN, Transform.LOG, DetectorSettings.DEFAULT, _ -> {});
    long early = 0;
    long begun = cpuNanos();
    for (long i = 1; i <= observations; i++) {
      // The power -1/4, by roots: another one would be most of what is measured.
      double law = 3 / Math.sqrt(Math.sqrt(i + 50.0));
      detector.add(i, 1.5 + law + noise[(int) (i * 7919 & NOISES - 1)], Double.NaN);
      if (i == observations / 100) {
        early = heap();
      }
    }
    double seconds = (cpuNanos() - begun) * 1e-9;
    long late = heap();
    detector.end();
    return new WatchSpeed(observations, observations / seconds, early, late);
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long heap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
