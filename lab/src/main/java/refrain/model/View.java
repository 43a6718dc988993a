package refrain.model;

/**
 * One activation of one sequence, for reading only and only during the call that hands it out: the
 * memory behind it is used again at once. Copy what is to be kept.
 */
public interface View {
  /** The shape, as {@link HookKind} says. */
  int[] shape();

  /** All elements in row-major order, copied. */
  float[] toArray();
}
