package refrain.probe;

import org.jspecify.annotations.Nullable;
import refrain.model.ModelSpec;
import refrain.model.Parameters;

/**
 * One head's attention on one sequence.
 *
 * <p>Not a copy: valid during the call that hands it out.
 *
 * @param weights of the model; null: only its attention is there
 * @param tokens [T + 1] the sequence and its last target
 * @param head the query head
 * @param pattern [head, T, T] the whole layer's attention
 * @param values [T, kv head, d_head] the whole layer's values, or empty when not asked for
 */
public record HeadReading(
    @Nullable Parameters weights,
    int[] tokens,
    int layer,
    int head,
    float[] pattern,
    float[] values) {

  /** Attention alone. */
  public HeadReading(int[] tokens, int layer, int head, float[] pattern) {
    this(null, tokens, layer, head, pattern, new float[0]);
  }

  /** The model's weights, for measures that read values. */
  public Parameters parameters() {
    if (weights == null) {
      throw new IllegalStateException("attention alone was read");
    }
    return weights;
  }

  /** T, the number of positions. */
  public int context() {
    return tokens.length - 1;
  }

  public int token(int position) {
    return tokens[position];
  }

  /** The attention that position {@code query} pays to position {@code key}. */
  public double attention(int query, int key) {
    return pattern[(head * context() + query) * context() + key];
  }

  /** Feature {@code f} of the value that this head reads at a position. */
  public double value(int position, int f) {
    ModelSpec spec = parameters().spec();
    return values[(position * spec.nKvHeads() + head / spec.group()) * spec.dHead() + f];
  }
}
