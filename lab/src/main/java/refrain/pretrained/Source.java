package refrain.pretrained;

import java.util.function.IntUnaryOperator;

/** Where the numbers of one of our parameters lie in a file, and in which order. */
sealed interface Source {
  /**
   * A matrix as ours is, [in, out], or some columns of a wider one.
   *
   * @param column the first of them
   */
  record Rows(String tensor, int column, float scale) implements Source {}

  /**
   * A matrix of a linear layer that multiplies from the left, [out, in].
   *
   * @param row which of its rows is our column
   */
  record Turned(String tensor, IntUnaryOperator row, float scale) implements Source {}

  /** [head, d_model, d_head], as TransformerLens has W_Q, W_K and W_V. */
  record Heads(String tensor) implements Source {}

  /**
   * A vector, or any tensor of which only the order matters.
   *
   * @param element which of its elements is ours
   */
  record Vector(String tensor, IntUnaryOperator element, float scale) implements Source {}

  /** What the file's architecture has not and our layout asks for: zeros, or a norm's ones. */
  record Constant(float value) implements Source {}
}
