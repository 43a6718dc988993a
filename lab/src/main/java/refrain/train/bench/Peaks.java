package refrain.train.bench;

import refrain.tensor.KernelChoice;

/**
 * The limits that steps are held against, measured between them.
 *
 * @param threads that steps run on
 * @param fma what the processor can do, on as many threads
 * @param product what the engine's own matrix product reaches at its best, on one thread
 */
public record Peaks(int threads, FmaPeak fma, GemmPeak product) implements AutoCloseable {

  /** For the kernels in use, warmed up for so many seconds each. */
  public static Peaks of(int threads, double seconds) {
    Peaks peaks = new Peaks(threads, new FmaPeak(threads), new GemmPeak(KernelChoice.best()));
    peaks.fma.warmUp(seconds);
    peaks.product.warmUp(seconds);
    return peaks;
  }

  @Override
  public void close() {
    fma.close();
  }
}
