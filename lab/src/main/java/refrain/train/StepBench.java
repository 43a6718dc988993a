package refrain.train;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import refrain.base.RefrainException;
import refrain.data.DataSource;
import refrain.data.Iid;
import refrain.data.Rng;
import refrain.model.FusedTransformer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Transformer;
import refrain.tensor.KernelChoice;

/**
 * Times training steps of the fused engine as the {@link Trainer} takes them: forward, backward,
 * clipping and AdamW, on uniformly random tokens drawn before the clock starts.
 */
public final class StepBench implements AutoCloseable {
  /** Seconds spent on the peak for each second of steps: enough to be interrupted as often. */
  private static final double PEAK_SHARE = 0.2;

  private final BenchShape shape;
  private final int threads;
  private final Transformer engine;
  private final Parameters parameters;
  private final float[] gradient;
  private final AdamW adam;
  private final DataSource data;
  private final Rng rng = Rng.of(1);

  /**
   * The result for one shape and number of threads.
   *
   * @param tokensPerSecond by the median step
   * @param peakFraction operations of a step ({@link BenchShape#flops}) / time / (peak x threads),
   *     medians over the same stretch of time
   * @param medianMs of a step
   * @param minMs of a step
   * @param cpuMs processor time of all threads, mean over the steps
   * @param gflops operations of a step / median time, 1e9/s
   * @param peakGflops of {@link GemmPeak}, one thread, median of measurements between the steps
   * @param steps measured
   */
  public record Result(
      BenchShape shape,
      int threads,
      double tokensPerSecond,
      double peakFraction,
      double medianMs,
      double minMs,
      double cpuMs,
      double gflops,
      double peakGflops,
      int steps) {}

  /**
   * @throws RefrainException of kind BAD_INPUT when {@code threads} is below 1
   */
  public StepBench(BenchShape shape, int threads) {
    if (threads < 1) {
      throw RefrainException.badInput("threads is " + threads + ", expected 1 or more");
    }
    this.shape = shape;
    this.threads = threads;
    this.engine = new FusedTransformer(shape.model(), threads);
    this.parameters = Parameters.init(shape.model(), 1);
    this.gradient = new float[parameters.arena().length];
    this.adam = new AdamW(OptimizerSpec.defaults(), gradient.length, threads);
    this.data = new Iid(shape.vocabulary(), 0).open();
  }

  /** Takes one step; returns its duration in nanoseconds. */
  public long step() {
    var batch = data.next(rng, shape.batch(), shape.context());
    long begun = System.nanoTime();
    engine.gradient(parameters, batch, Plan.NONE, gradient);
    adam.step(parameters.arena(), gradient, 1e-3);
    return System.nanoTime() - begun;
  }

  /** Steps for so many seconds, without measuring. */
  public void warmUp(double seconds) {
    for (long end = System.nanoTime() + nanos(seconds); System.nanoTime() < end; ) {
      step();
    }
  }

  /** Measures for so many seconds, 5 steps at least, with the peak between the steps. */
  public Result measure(double seconds, GemmPeak peak) {
    double[] times = new double[1024];
    double[] peaks = new double[1024];
    double[] cpu = new double[1024];
    int n = 0;
    for (long end = System.nanoTime() + nanos(seconds); n < 5 || System.nanoTime() < end; n++) {
      if (n == times.length) {
        times = Arrays.copyOf(times, 2 * n);
        peaks = Arrays.copyOf(peaks, 2 * n);
        cpu = Arrays.copyOf(cpu, 2 * n);
      }
      double before = cpuNanos();
      times[n] = step();
      cpu[n] = cpuNanos() - before;
      peaks[n] = peak.gflops(times[n] * PEAK_SHARE * 1e-9);
    }
    double time = median(Arrays.copyOf(times, n));
    double peakGflops = median(Arrays.copyOf(peaks, n));
    double gflops = shape.flops() / time;
    return new Result(
        shape,
        threads,
        shape.tokens() / time * 1e9,
        gflops / (peakGflops * threads),
        time * 1e-6,
        Arrays.stream(times, 0, n).min().orElseThrow() * 1e-6,
        Arrays.stream(cpu, 0, n).sum() / n * 1e-6,
        gflops,
        peakGflops,
        n);
  }

  /** Which kernels run, for people. */
  public static String kernels() {
    return KernelChoice.best().describe();
  }

  /** A yardstick for the kernels in use, warmed up for so many seconds. */
  public static GemmPeak peak(double seconds) {
    GemmPeak peak = new GemmPeak(KernelChoice.best());
    peak.warmUp(seconds);
    return peak;
  }

  private static double cpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean os
        ? os.getProcessCpuTime()
        : Double.NaN;
  }

  private static long nanos(double seconds) {
    return (long) (seconds * 1e9);
  }

  private static double median(double[] x) {
    Arrays.sort(x);
    return (x[(x.length - 1) / 2] + x[x.length / 2]) / 2;
  }

  @Override
  public void close() {
    engine.close();
  }
}
