package refrain.train;

import static refrain.base.RefrainException.require;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
    require(threads >= 1, "threads is %s, expected 1 or more", threads);
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
    List<Double> times = new ArrayList<>();
    List<Double> peaks = new ArrayList<>();
    double cpu = 0;
    long end = System.nanoTime() + nanos(seconds);
    while (times.size() < 5 || System.nanoTime() < end) {
      double before = cpuNanos();
      times.add((double) step());
      cpu += cpuNanos() - before;
      peaks.add(peak.gflops(times.getLast() * PEAK_SHARE * 1e-9));
    }
    int n = times.size();
    double time = median(times);
    double peakGflops = median(peaks);
    double gflops = shape.flops() / time;
    return new Result(
        shape,
        threads,
        shape.tokens() / time * 1e9,
        gflops / (peakGflops * threads),
        time * 1e-6,
        Collections.min(times) * 1e-6,
        cpu / n * 1e-6,
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

  private static double median(List<Double> values) {
    List<Double> x = values.stream().sorted().toList();
    return (x.get((x.size() - 1) / 2) + x.get(x.size() / 2)) / 2;
  }

  @Override
  public void close() {
    engine.close();
  }
}
