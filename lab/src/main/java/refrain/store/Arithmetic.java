package refrain.store;

import org.jspecify.annotations.Nullable;

/**
 * What a sitting calculated with. The same specification gives the same bits under the same
 * arithmetic; under another one the last digits differ, and after some hundred steps all of them.
 * So it is recorded, and it is no part of a run's identity.
 *
 * @param processor the processor's name, family, model and stepping
 * @param vectors bits of a vector, {@link #PLAIN} for the kernels without vectors
 * @param kernels version of the kernels, raised when their results change in any bit
 * @param java the version of Java
 */
public record Arithmetic(String processor, String vectors, int kernels, String java) {
  /** What stands for the bits of a vector where the kernels use none. */
  public static final String PLAIN = "plain";

  private static final String UNRECORDED = "unrecorded";

  /** Of a sitting whose program recorded the machine only: it gives nobody else's bits for sure. */
  static Arithmetic unrecorded(Machine machine) {
    return new Arithmetic(machine.cpu(), UNRECORDED, 0, machine.java());
  }

  /** Whether two sittings get the same bits: everything but Java's version counts. */
  public boolean sameBits(@Nullable Arithmetic other) {
    return other != null
        && processor.equals(other.processor)
        && vectors.equals(other.vectors)
        && kernels == other.kernels;
  }

  /** For people. */
  public String words() {
    return processor
        + ", "
        + (vectors.equals(UNRECORDED)
            ? "vectors and kernels not recorded"
            : width() + ", kernels " + kernels);
  }

  /** The vectors, for people. */
  public String width() {
    return vectors.equals(PLAIN) ? "plain kernels" : "vectors of " + vectors + " bits";
  }
}
