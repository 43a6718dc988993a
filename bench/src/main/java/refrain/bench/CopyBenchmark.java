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

/** What memory gives: the time to copy one float array onto another, inside and outside a cache. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CopyBenchmark {
  /** Floats: 16 KiB, 1 MiB, 64 MiB. */
  @Param({"4096", "262144", "16777216"})
  public int length;

  private float[] from = {};
  private float[] to = {};

  @Setup
  public void allocate() {
    from = new float[length];
    to = new float[length];
  }

  @Benchmark
  public float[] arraycopy() {
    System.arraycopy(from, 0, to, 0, length);
    return to;
  }
}
