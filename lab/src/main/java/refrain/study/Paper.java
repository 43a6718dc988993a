package refrain.study;

import org.jspecify.annotations.Nullable;
import refrain.base.Default;

/**
 * What the paper says where a claim asks.
 *
 * @param says its sentence
 * @param where its argument or figure
 * @param bar where the claim's number has to lie for that sentence to be true: the paper's own
 *     number; null: it has none, and the number has to lie on the claim's side of no effect
 */
public record Paper(String says, String where, @Default("null") @Nullable Bar bar) {
  /** Where the number of a test has to lie; outside of it the paper is refuted. */
  public Bar region(Test test) {
    return bar == null ? new Bar(test.bar().side(), test.noEffect(), 0) : bar;
  }
}
