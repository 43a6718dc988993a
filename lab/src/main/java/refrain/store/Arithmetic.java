package refrain.store;

import org.jspecify.annotations.Nullable;

/**
 * What a sitting calculated with. The same specification gives the same bits under the same
 * arithmetic; under another one the last digits differ, and after some hundred steps all of them.
 * So it is recorded, and it is no part of a run's identity.
 *
 * @param processor the processor's name, family, model and stepping
 * @param vectors bits of a vector, or {@code plain} for the kernels without vectors
 * @param kernels version of the kernels, raised when their results change in any bit
 * @param java the version of Java
 */
public record Arithmetic(String processor, String vectors, int kernels, String java) {
  /** Whether two sittings get the same bits: everything but Java's version counts. */
  public boolean sameBits(@Nullable Arithmetic other) {
    return other != null
        && processor.equals(other.processor)
        && vectors.equals(other.vectors)
        && kernels == other.kernels;
  }

  /** For people. */
  public String words() {
    String width = vectors.equals("plain") ? "plain kernels" : "vectors of " + vectors + " bits";
    return processor + ", " + width + ", kernels " + kernels;
  }
}
