package refrain.model;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a forward pass changes on its way, in the only four forms that the engines know. Whatever
 * kinds of intervention there are, they are compiled to this (package {@code intervene}); values in
 * it are constants, no gradient flows into them.
 *
 * @param scores added to attention scores before the softmax
 * @param patterns put in place of, or mixed into, the attention pattern
 * @param outputs affine maps of activations, by position
 * @param edges what a receiving head's Q, K or V input reads of one earlier component
 */
public record Plan(
    List<ScoreEdit> scores,
    List<PatternEdit> patterns,
    List<OutputEdit> outputs,
    List<EdgeEdit> edges) {

  public static final Plan NONE = new Plan(List.of(), List.of(), List.of(), List.of());

  public Plan {
    scores = List.copyOf(scores);
    patterns = List.copyOf(patterns);
    outputs = List.copyOf(outputs);
    edges = List.copyOf(edges);
  }

  public boolean isEmpty() {
    return scores.isEmpty() && patterns.isEmpty() && outputs.isEmpty() && edges.isEmpty();
  }

  /** This plan's edits and then another's: at a place that both edit, the other's come after. */
  public Plan then(Plan more) {
    return new Plan(
        join(scores, more.scores),
        join(patterns, more.patterns),
        join(outputs, more.outputs),
        join(edges, more.edges));
  }

  private static <T> List<T> join(List<T> first, List<T> then) {
    return Stream.concat(first.stream(), then.stream()).toList();
  }

  /** Constants for each sequence of the batch, or the same for all. */
  @FunctionalInterface
  public interface Values {
    /** Row-major values for one sequence; the caller must not write into them. */
    float[] of(int sequence);

    static Values shared(float[] values) {
      return s -> values;
    }

    static Values each(float[][] bySequence) {
      return s -> bySequence[s];
    }
  }

  /**
   * score[i, j] += bias[i, j].
   *
   * @param bias [T, T]
   */
  public record ScoreEdit(HeadId head, Values bias) {}

  /**
   * pattern &lt;- (1 - weight) pattern + weight * template. The gradient that flows back into the
   * scores is (1 - weight) times what it would be.
   *
   * @param weight 0 to 1; 1 freezes the pattern
   * @param template [T, T]; entries above the diagonal are ignored
   */
  public record PatternEdit(HeadId head, float weight, Values template) {
    /** Whether nothing is left of what stood there. */
    boolean whole() {
      return weight == 1;
    }
  }

  /**
   * activation[t] &lt;- scale[t] * activation[t] + add[t], at an editable {@link HookKind}.
   *
   * @param layer the block, or -1 for {@link HookKind#EMBED}
   * @param head the head (key head for K and V), or -1: the whole activation
   * @param scale [T] factor at each position; 1 leaves a position as it is
   * @param add [T, width] values added, width that of the head or of the whole; null: nothing
   */
  public record OutputEdit(
      HookKind kind, int layer, int head, float[] scale, @Nullable Values add) {}

  /** Which input of a head. */
  public enum Input {
    Q,
    K,
    V
  }

  /**
   * The receiver's input reads the residual stream with one sender's contribution c[t] replaced by
   * scale[t] * c[t] + add[t]; everything else reads the stream as it is. The norm before the
   * receiver sees the changed stream. For the K and V inputs the receiver is a key head.
   *
   * @param senderLayer an earlier block; -1 for {@link Sender#EMBED}
   * @param sender which component of that block
   * @param senderHead the query head when the sender is a head; else -1
   * @param scale [T]
   * @param add [T, d_model], or null
   */
  public record EdgeEdit(
      int senderLayer,
      Sender sender,
      int senderHead,
      int receiverLayer,
      int receiverHead,
      Input input,
      float[] scale,
      @Nullable Values add) {

    /** The sender. */
    Component component() {
      return new Component(sender, senderLayer, senderHead);
    }
  }

  /**
   * One writer into the residual stream.
   *
   * @param layer its block; -1 for the embedding
   * @param head -1 where it is no head
   */
  record Component(Sender kind, int layer, int head) {
    static final Component EMBED = new Component(Sender.EMBED, -1, -1);

    static Component mlp(int layer) {
      return new Component(Sender.MLP, layer, -1);
    }

    static Component head(int layer, int head) {
      return new Component(Sender.HEAD, layer, head);
    }
  }

  /** A kind of component that writes into the residual stream. */
  public enum Sender {
    EMBED,
    /** One head's result, z_h W_O[h], without b_O. */
    HEAD,
    /** The MLP's output, b_out in. */
    MLP
  }
}
