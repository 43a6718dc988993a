package refrain.probe;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntToDoubleFunction;
import refrain.data.MarkovChains;
import refrain.data.NgramTables;

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

  /**
   * The unigram, the bigram and the trigram of some text, in this order. Each keeps its predictions
   * by what it sees of the sequence: a run is compared on the same few sequences again and again.
   */
  public static List<NgramBaseline> of(NgramTables tables) {
    return Arrays.stream(NgramTables.Order.values())
        .map(order -> {
          Map<List<Integer>, float[]> known = new ConcurrentHashMap<>();
          return new NgramBaseline(
              order.name().toLowerCase(Locale.ROOT),
              (tokens, position) ->
                  known.computeIfAbsent(
                      seen(order, tokens, position),
                      _ -> logProbs(tables, order, tokens, position)));
        })
        .toList();
  }

  /** The last tokens, as many as a model of that order looks at. */
  private static List<Integer> seen(NgramTables.Order order, int[] tokens, int position) {
    return switch (order) {
      case UNIGRAM -> List.of();
      case BIGRAM -> List.of(tokens[position]);
      case TRIGRAM ->
          position == 0
              ? List.of(tokens[position])
              : List.of(tokens[position - 1], tokens[position]);
    };
  }

  private static float[] logProbs(
      NgramTables tables, NgramTables.Order order, int[] tokens, int position) {
    double[] p = new double[tables.vocab()];
    tables.distribution(order, tokens, position, p);
    return floats(p.length, b -> Math.log(p[b]));
  }

  private static float[] floats(int vocab, IntToDoubleFunction of) {
    float[] floats = new float[vocab];
    for (int b = 0; b < vocab; b++) {
      floats[b] = (float) of.applyAsDouble(b);
    }
    return floats;
  }

  /** The Bayes-optimal predictor of in-context Markov chains, {@link MarkovChains#bayes}. */
  public static NgramBaseline bayes(MarkovChains chains) {
    return new NgramBaseline(
        "bayes",
        (tokens, position) -> {
          double[] exact = chains.bayes(Arrays.copyOf(tokens, position + 2))[position];
          return floats(exact.length, b -> exact[b]);
        });
  }
}
