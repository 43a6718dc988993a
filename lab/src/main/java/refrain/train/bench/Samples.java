package refrain.train.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

/**
 * Measurements of one thing, and how much longer each took on the wall than the thread had the
 * processor. On a machine that others use too that is twice as long and more, and says nothing
 * about what is measured.
 */
public final class Samples {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final boolean alone;
  private final List<Double> values = new ArrayList<>();
  private final List<Double> stretched = new ArrayList<>();

  /**
   * @param alone whether the calling thread does all the work; how long several threads had their
   *     processors cannot be told, since they wait for each other too
   */
  public Samples(boolean alone) {
    this.alone = alone && THREADS.isCurrentThreadCpuTimeSupported();
  }

  /** Measures once more. */
  public double add(DoubleSupplier measurement) {
    long processor = alone ? THREADS.getCurrentThreadCpuTime() : 0;
    long begun = System.nanoTime();
    double value = measurement.getAsDouble();
    double passed = System.nanoTime() - begun;
    values.add(value);
    stretched.add(alone ? passed / (THREADS.getCurrentThreadCpuTime() - processor) : 1);
    return value;
  }

  /** How many there are. */
  public int size() {
    return values.size();
  }

  /** The i-th time, less what others had of the processor meanwhile. */
  double busy(int i) {
    return values.get(i) / stretched.get(i);
  }

  /** On the wall. */
  public double median() {
    return median(IntStream.range(0, size()).mapToDouble(values::get).toArray());
  }

  /** Of times, less what others had of the processor. */
  public double medianTime() {
    return median(IntStream.range(0, size()).mapToDouble(this::busy).toArray());
  }

  /** Of rates, over the time that the thread had the processor. */
  public double medianRate() {
    return median(
        IntStream.range(0, size()).mapToDouble(i -> values.get(i) * stretched.get(i)).toArray());
  }

  /** The least value, on the wall. */
  public double least() {
    return values.stream().mapToDouble(x -> x).min().orElse(Double.NaN);
  }

  static double median(double[] of) {
    double[] x = of.clone();
    Arrays.sort(x);
    return (x[(x.length - 1) / 2] + x[x.length / 2]) / 2;
  }
}
