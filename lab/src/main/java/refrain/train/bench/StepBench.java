package refrain.train.bench;

import static refrain.base.RefrainException.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.data.DataSource;
import refrain.data.Iid;
import refrain.data.Rng;
import refrain.model.FusedTransformer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Transformer;
import refrain.tensor.KernelChoice;
import refrain.tensor.Kernels;
import refrain.train.AdamW;
import refrain.train.OptimizerSpec;
import refrain.train.Trainer;

/**
 * Times training steps of the fused engine as the {@link Trainer} takes them: forward, backward,
 * clipping and AdamW, on uniformly random tokens drawn before the clock starts.
 */
public final class StepBench implements AutoCloseable {
  /** Seconds spent on a peak for each second of steps: enough to be interrupted as often. */
  private static final double FMA_SHARE = 0.15;

  private static final double PRODUCT_SHARE = 0.1;

  private final BenchShape shape;
  private final int threads;
  private final @Nullable ProfiledKernels profiled;
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
   * @param fmaShare operations of a step ({@link BenchShape#flops}) / busyMs / fmaGflops
   * @param peakFraction operations of a step / medianMs / (peakGflops x threads)
   * @param medianMs of a step
   * @param minMs of a step
   * @param busyMs of a step, median of the thread's processor time, so that a busy machine tells
   *     the same as a quiet one; on several threads medianMs
   * @param cpuMs processor time of all threads, mean over the steps
   * @param gflops operations of a step / median time, 1e9/s
   * @param fmaGflops of {@link FmaPeak} on as many threads, median of measurements between the
   *     steps, over processor time like busyMs
   * @param peakGflops of {@link GemmPeak}, one thread, median of measurements between the steps
   * @param productShare what the engine's own product reaches of the register-only peak, both over
   *     processor time
   * @param steps measured
   * @param profile of a step, where it was asked for
   */
  public record Result(
      BenchShape shape,
      int threads,
      double tokensPerSecond,
      double fmaShare,
      double peakFraction,
      double medianMs,
      double minMs,
      double busyMs,
      double cpuMs,
      double gflops,
      double fmaGflops,
      double peakGflops,
      double productShare,
      int steps,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Profile profile) {}

  /**
   * @throws RefrainException of kind BAD_INPUT when {@code threads} is below 1
   */
  public StepBench(BenchShape shape, int threads) {
    this(shape, threads, false);
  }

  /** Steps on one thread, every other one with a clock at each kernel: see {@link Profile}. */
  public static StepBench profiling(BenchShape shape) {
    return new StepBench(shape, 1, true);
  }

  private StepBench(BenchShape shape, int threads, boolean profile) {
    require(threads >= 1, "threads is %s, expected 1 or more", threads);
    this.shape = shape;
    this.threads = threads;
    Kernels best = KernelChoice.best();
    this.profiled = profile ? new ProfiledKernels(best, shape.model()) : null;
    this.engine = new FusedTransformer(shape.model(), threads, profiled == null ? best : profiled);
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
    if (profiled == null) {
      adam.step(parameters.arena(), gradient, 1e-3);
    } else {
      profiled.optimizer(() -> adam.step(parameters.arena(), gradient, 1e-3));
    }
    return System.nanoTime() - begun;
  }

  /** Steps for so many seconds, without measuring. */
  public void warmUp(double seconds) {
    for (long end = System.nanoTime() + nanos(seconds); System.nanoTime() < end; ) {
      step();
      if (profiled != null) {
        clockedStep(profiled);
      }
    }
  }

  /** Measures for so many seconds, 5 steps at least, with the peaks between the steps. */
  public Result measure(double seconds, Peaks peaks) {
    require(peaks.threads() == threads, "peaks of %s threads for %s", peaks.threads(), threads);
    Samples times = new Samples(threads == 1);
    Samples fma = new Samples(threads == 1);
    Samples product = new Samples(true);
    Samples clocked = new Samples(true);
    ProfiledKernels.@Nullable Cost cost = profiled == null ? null : profiled.cost();
    double cpu = 0;
    long end = System.nanoTime() + nanos(seconds);
    while (times.size() < 5 || System.nanoTime() < end) {
      double before = cpuNanos();
      double passed = times.add(this::step) * 1e-9;
      cpu += cpuNanos() - before;
      if (profiled != null) {
        clocked.add(() -> clockedStep(profiled));
      }
      fma.add(() -> peaks.fma().gflops(passed * FMA_SHARE));
      product.add(() -> peaks.product().gflops(passed * PRODUCT_SHARE));
    }
    double time = times.median();
    double busy = times.medianTime();
    double gflops = shape.flops() / time;
    double fmaGflops = fma.medianRate();
    double peakGflops = product.median();
    return new Result(
        shape,
        threads,
        shape.tokens() / time * 1e9,
        shape.flops() / busy / fmaGflops,
        gflops / (peakGflops * threads),
        time * 1e-6,
        times.least() * 1e-6,
        busy * 1e-6,
        cpu / times.size() * 1e-6,
        gflops,
        fmaGflops,
        peakGflops,
        product.medianRate() * threads / fmaGflops,
        times.size(),
        profiled == null || cost == null
            ? null
            : Profile.of(profiled.tallies(), clocked, cost, busy, fmaGflops));
  }

  private long clockedStep(ProfiledKernels kernels) {
    kernels.on(true);
    long passed = step();
    kernels.on(false);
    kernels.endStep();
    return passed;
  }

  /** Which kernels run, for people. */
  public static String kernels() {
    return KernelChoice.best().describe();
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

  @Override
  public void close() {
    engine.close();
  }
}
