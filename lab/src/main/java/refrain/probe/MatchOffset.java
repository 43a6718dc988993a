package refrain.probe;

import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import refrain.probe.Definition.Better;

/**
 * Attention at an offset from earlier occurrences of the token: on repeated random tokens, the mean
 * over positions i whose token occurred before of
 *
 * <p>sum over j &lt; i with t[j] = t[i] of attention from i to j + d.
 *
 * <p>d = 1 is the prefix-matching score and d = 0 the duplicate-token score. A head that matches
 * but looks elsewhere, since training kept it from that place, shows at another d. Keys at or
 * behind the query, before the sequence, or with the query's own token (but at d = 0) are left out;
 * positions without a key that is left are not scored.
 *
 * @param offset d
 */
public record MatchOffset(int offset) implements HeadMeasure {
  /** From two before the match to nine behind it. */
  static List<MatchOffset> all() {
    return IntStream.rangeClosed(-2, 9).mapToObj(MatchOffset::new).toList();
  }

  private String key() {
    return offset < 0 ? "offset.before" + -offset : "offset." + offset;
  }

  @Override
  public Definition definition() {
    return new Definition(
        key(),
        "attention to match " + (offset < 0 ? "- " + -offset : "+ " + offset),
        "probability",
        Better.HIGHER,
        "mean over positions i of the attention from i to all j + d with t[j] = t[i], j < i, d = "
            + offset
            + ", j + d < i, on repeated random tokens",
        "this project; d = 1: Olsson et al. 2022, Head activation evaluators");
  }

  @Override
  public Stimulus stimulus() {
    return Stimulus.REPEATED;
  }

  @Override
  public double of(HeadReading head) {
    return score(offset, head.context(), head::token, head::attention);
  }

  /** Attention from a query to a key. */
  @FunctionalInterface
  interface Attention {
    double of(int query, int key);
  }

  /** The score at an offset of whatever attends; NaN where there is no position to score. */
  static double score(int offset, int context, IntUnaryOperator token, Attention attention) {
    double sum = 0;
    int scored = 0;
    for (int i = 0; i < context; i++) {
      int current = token.applyAsInt(i);
      boolean hasTarget = false;
      for (int j = Math.max(0, -offset); j < i && j + offset < i; j++) {
        int key = j + offset;
        if (token.applyAsInt(j) == current && (offset == 0 || token.applyAsInt(key) != current)) {
          hasTarget = true;
          sum += attention.of(i, key);
        }
      }
      scored += hasTarget ? 1 : 0;
    }
    return scored == 0 ? Double.NaN : sum / scored;
  }
}
