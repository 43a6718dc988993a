package refrain.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import refrain.tensor.KernelChoice;
import refrain.tensor.ScalarKernels;

/** Every kernel at the sizes that the engine uses; {@code -p twin=plain} times the plain twin. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class KernelBenchmark {
  /** Names of {@link Case#ALL}. */
  @Param({
    "dense-T-128x64x64",
    "weights-T-64x64x128",
    "dense-R0-64x64x64",
    "weights-R0-64x64x64",
    "dense-S-256x128x128",
    "weights-S-128x128x256",
    "dense-M-256x256x256",
    "weights-M-256x256x256",
    "unembed-R0-64x128x64",
    "unembed-inputs-R0-64x64x128",
    "unembed-weights-R0-64x128x64",
    "unembed-S-256x512x128",
    "unembed-inputs-S-256x128x512",
    "unembed-weights-S-128x512x256",
    "unembed-M-256x4096x256",
    "unembed-inputs-M-256x256x4096",
    "unembed-weights-M-256x4096x256",
    "mix-16x16x128",
    "scores-16x128x16",
    "mix-16x32x128",
    "scores-16x128x32",
    "mix-16x64x128",
    "scores-16x128x64",
    "softmax-128",
    "softmaxBackward-128",
    "layerNorm-64",
    "layerNormBackward-64",
    "layerNorm-256",
    "layerNormBackward-256",
    "crossEntropyGradient-64",
    "crossEntropyGradient-512",
    "crossEntropyGradient-4096",
    "gelu-1024",
    "adamW-32768"
  })
  public String kernel = "";

  @Param("fast")
  public String twin = "";

  private Runnable call = () -> {};

  @Setup
  public void prepare() {
    Case found = Case.ALL.get(kernel);
    if (found == null) {
      throw new IllegalArgumentException(
          "unknown kernel '" + kernel + "'; valid: " + String.join(", ", Case.ALL.keySet()));
    }
    call =
        found
            .on()
            .apply(
                switch (twin) {
                  case "fast" -> KernelChoice.best();
                  case "plain" -> new ScalarKernels();
                  default ->
                      throw new IllegalArgumentException(
                          "unknown twin '" + twin + "'; valid: fast, plain");
                });
  }

  @Benchmark
  public void run() {
    call.run();
  }
}
