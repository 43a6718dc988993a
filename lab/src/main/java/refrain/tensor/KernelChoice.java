package refrain.tensor;

import org.jspecify.annotations.Nullable;

/** Chooses between the twins, once. */
public final class KernelChoice {
  /**
   * Version of all that a step is calculated with: both twins, the engines and the optimiser.
   * Raised when the same specification gets other bits; runs record it.
   */
  public static final int VERSION = 1;

  private static final String SYSTEM_PROPERTY = "refrain.kernels";

  /** The kernels in use and, where they are not the fast ones, why. */
  public record Chosen(Kernels kernels, @Nullable String notice) {}

  private KernelChoice() {}

  private static final class Holder {
    static final Chosen CHOSEN = choose();
  }

  /**
   * The vector twin where the JVM has the Vector API and vectors of 256 bits or more; else the
   * plain one, with a notice that says what is missing. {@code -Drefrain.kernels=plain} forces the
   * plain one.
   */
  public static Chosen chosen() {
    return Holder.CHOSEN;
  }

  public static Kernels best() {
    return Holder.CHOSEN.kernels();
  }

  /** Bits of a vector; {@code plain} for the kernels without vectors. */
  public static String vectors() {
    return best() instanceof VectorKernels
        ? Integer.toString(best().lanes() * Float.SIZE)
        : "plain";
  }

  private static Chosen choose() {
    if ("plain".equals(System.getProperty(SYSTEM_PROPERTY))) {
      return new Chosen(
          new ScalarKernels(), "slow: plain kernels, as -Drefrain.kernels=plain asks");
    }
    if (!VectorModule.present()) {
      return new Chosen(
          new ScalarKernels(),
          "slow: the Vector API is not loaded; start java with --add-modules jdk.incubator.vector"
              + " (./refrain does)");
    }
    Kernels vector = new VectorKernels();
    if (vector.lanes() < 8) {
      return new Chosen(
          new ScalarKernels(),
          "slow: this processor has vectors of "
              + vector.lanes() * 32
              + " bits; the fast kernels want 256 or more (AVX2)");
    }
    return new Chosen(vector, null);
  }
}
