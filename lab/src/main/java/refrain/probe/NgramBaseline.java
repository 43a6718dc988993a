package refrain.probe;

import java.util.Arrays;
import refrain.data.MarkovChains;

/**
 * A predictor that a model is compared with.
 *
 * @param name such as bigram
 * @param predictor called from several threads at once
 */
public record NgramBaseline(String name, Predictor predictor) {

  /** Predicts the next token. */
  @FunctionalInterface
  public interface Predictor {
    /**
     * The log of the probability of every token at position + 1, given tokens 0..position; nats,
     * finite.
     *
     * @param tokens the sequence; what comes after {@code position} is not to be read
     * @return [d_vocab]
     */
    float[] logProbs(int[] tokens, int position);
  }

  /** The Bayes-optimal predictor of in-context Markov chains, {@link MarkovChains#bayes}. */
  public static NgramBaseline bayes(MarkovChains chains) {
    return new NgramBaseline(
        "bayes",
        (tokens, position) -> {
          double[] exact = chains.bayes(Arrays.copyOf(tokens, position + 2))[position];
          float[] logs = new float[exact.length];
          for (int b = 0; b < logs.length; b++) {
            logs[b] = (float) exact[b];
          }
          return logs;
        });
  }
}
