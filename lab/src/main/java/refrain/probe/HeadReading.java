package refrain.probe;

import refrain.model.Parameters;

/**
 * One head's attention on one sequence.
 *
 * <p>Not a copy: valid during the call that hands it out.
 */
public final class HeadReading {
  private final int[] tokens;
  private final int context;
  private final int layer;
  private final int head;
  private final int group;
  private final int keyHeads;
  private final float[] pattern;
  private final float[] values;
  private final Parameters parameters;

  /**
   * @param tokens [T + 1] the sequence and its last target
   * @param head the query head
   * @param pattern [head, T, T] the whole layer's attention
   * @param values [T, kv head, d_head] the whole layer's values, or empty when not asked for
   */
  HeadReading(
      Parameters parameters, int[] tokens, int layer, int head, float[] pattern, float[] values) {
    this.parameters = parameters;
    this.tokens = tokens;
    this.context = tokens.length - 1;
    this.layer = layer;
    this.head = head;
    this.group = parameters.spec().group();
    this.keyHeads = parameters.spec().nKvHeads();
    this.pattern = pattern;
    this.values = values;
  }

  /** T, the number of positions. */
  public int context() {
    return context;
  }

  public int token(int position) {
    return tokens[position];
  }

  public int layer() {
    return layer;
  }

  public int head() {
    return head;
  }

  /** The attention that position {@code query} pays to position {@code key}. */
  public double attention(int query, int key) {
    return pattern[(head * context + query) * context + key];
  }

  /** Feature {@code f} of the value that this head reads at a position. */
  public double value(int position, int f) {
    int dHead = parameters.spec().dHead();
    return values[(position * keyHeads + head / group) * dHead + f];
  }

  public Parameters parameters() {
    return parameters;
  }
}
