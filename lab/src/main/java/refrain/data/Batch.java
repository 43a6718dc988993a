package refrain.data;

import org.jspecify.annotations.Nullable;

/**
 * Sequences of one length, with the token that follows each position.
 *
 * @param tokens [batch, T + 1] token ids; position t's input is tokens[b][t], its target is
 *     tokens[b][t + 1]
 * @param weights [batch, T] how much the loss at a position counts, or null: 1 everywhere. The
 *     training loss is the weighted sum divided by the sum of the weights.
 */
public record Batch(int[][] tokens, float @Nullable [][] weights) {
  public Batch {
    if (tokens.length == 0 || tokens[0].length < 2) {
      throw new IllegalArgumentException("a batch holds at least one sequence of two tokens");
    }
  }

  public static Batch of(int[][] tokens) {
    return new Batch(tokens, null);
  }

  /** The number of sequences. */
  public int size() {
    return tokens.length;
  }

  /** T, the number of positions that have a target. */
  public int context() {
    return tokens[0].length - 1;
  }
}
