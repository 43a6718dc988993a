package refrain.model;

/**
 * One named tensor inside the arena.
 *
 * <p>The logical shape is TransformerLens' (right multiplication); the strides say where an element
 * lies. Only W_Q, W_K and W_V are not row-major: they lie as [d_model, head, d_head], so that one
 * matrix product serves all heads.
 *
 * @param name the TransformerLens name, such as blocks.0.attn.W_Q
 * @param role what the tensor is, which decides how it starts
 * @param layer the block it belongs to, or -1
 * @param shape the logical shape
 * @param strides of each logical index, in floats
 * @param offset of the first element in the arena, in floats
 */
public record Parameter(String name, Role role, int layer, int[] shape, int[] strides, int offset) {

  /** What a tensor is for. */
  public enum Role {
    W_E,
    W_POS,
    NORM_W,
    NORM_B,
    W_Q,
    W_K,
    W_V,
    W_O,
    B_Q,
    B_K,
    B_V,
    B_O,
    /** Smear alpha, one per key head. */
    ALPHA,
    W_IN,
    W_GATE,
    W_OUT,
    B_IN,
    B_OUT,
    W_U
  }

  /** The number of elements. */
  public int size() {
    int n = 1;
    for (int s : shape) {
      n *= s;
    }
    return n;
  }

  /** Rows of its matrix as it lies in an arena, all heads together; a vector is one row. */
  public int rows() {
    return switch (role) {
      case W_Q, W_K, W_V -> shape[1];
      case W_O -> shape[0] * shape[1];
      case W_E, W_POS, W_IN, W_GATE, W_OUT, W_U -> shape[0];
      case NORM_W, NORM_B, B_Q, B_K, B_V, B_O, ALPHA, B_IN, B_OUT -> 1;
    };
  }

  /** Where the element lies that comes {@code i}-th in logical row-major order. */
  public int at(int i) {
    int where = offset;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      where += (i % shape[axis]) * strides[axis];
      i /= shape[axis];
    }
    return where;
  }
}
