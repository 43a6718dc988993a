package refrain.analysis.explore;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import refrain.base.Default;

/** Which text a model is to read. In JSON its kind stands in {@code kind}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = AskedText.Evaluation.class, name = "evaluation"),
  @JsonSubTypes.Type(value = AskedText.Repeated.class, name = "repeated"),
  @JsonSubTypes.Type(value = AskedText.Tokens.class, name = "tokens")
})
public sealed interface AskedText {
  /**
   * A sequence of the run's evaluation set.
   *
   * @param n from 0
   */
  record Evaluation(@Default("0") int n) implements AskedText {}

  /**
   * A sequence of the repeated random tokens that the run's probes read.
   *
   * @param n from 0
   */
  record Repeated(@Default("0") int n) implements AskedText {}

  /**
   * Tokens of one's own.
   *
   * @param tokens 1 to as many as the context of training holds
   */
  record Tokens(List<Integer> tokens) implements AskedText {
    public Tokens {
      tokens = List.copyOf(tokens);
    }
  }
}
