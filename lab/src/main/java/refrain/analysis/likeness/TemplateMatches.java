package refrain.analysis.likeness;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.IntStream;
import refrain.analysis.instrument.QueryReadings;
import refrain.data.Rng;
import refrain.data.Templates;

/**
 * A template of categories, once, and behind it a token A of one of them, alone or at the end of a
 * run: what follows is a token of the category that followed A's. The template, its tokens and
 * where A's category stands in it are the same for each {@link Comeback}.
 *
 * <p>Each fourth place can be the answer, each as often as any other, and a run is the three places
 * before one. So neither the answer's place nor what came back says which of them it is.
 *
 * @param language that they are of
 * @param length of the template
 * @param answers where the answer's category stands in the template, [sequence]
 * @param tokens by how they come back, [sequence, template, run and target]
 */
record TemplateMatches(
    Templates language, int length, int[] answers, Map<Comeback, int[][]> tokens) {
  /** Tokens of a run, A among them. */
  static final int RUN = 3;

  private static final long SEED = 59;

  /**
   * Draws the sequences.
   *
   * @param context n_ctx of the model, at least 22: a template takes three eighths of it, which is
   *     the middle of those that the language has
   */
  static TemplateMatches draw(Templates language, int context, int sequences) {
    int length = Math.min(3 * context / 8, language.categories());
    Rng rng = Rng.of(SEED).split("template matches");
    Map<Comeback, int[][]> tokens = new EnumMap<>(Comeback.class);
    for (Comeback comeback : Comeback.values()) {
      tokens.put(comeback, new int[sequences][]);
    }
    int[] answers = new int[sequences];
    for (int s = 0; s < sequences; s++) {
      int[] first = rng.sample(language.categories(), length);
      for (int t = 0; t < length; t++) {
        first[t] = first[t] * language.members() + rng.nextInt(language.members());
      }
      answers[s] = (RUN + 1) * (s % (length / (RUN + 1))) + RUN;
      int[] same = Arrays.copyOfRange(first, answers[s] - RUN, answers[s]);
      int[] others = Arrays.stream(same).map(token -> language.other(token, rng)).toArray();
      for (Comeback comeback : Comeback.values()) {
        int back = comeback.run() ? RUN : 1;
        int[] x = Arrays.copyOf(first, length + back + 1);
        System.arraycopy(comeback.same() ? same : others, RUN - back, x, length, back);
        x[length + back] = first[answers[s]];
        requireNonNull(tokens.get(comeback))[s] = x;
      }
    }
    return new TemplateMatches(language, length, answers, tokens);
  }

  /** [sequence, T + 1]. */
  int[][] of(Comeback comeback) {
    return requireNonNull(tokens.get(comeback));
  }

  /** Where A stands in each sequence, as readings want it. */
  int[][] queries(Comeback comeback) {
    return QueryReadings.oneEach(answers.length, length + (comeback.run() ? RUN : 1) - 1);
  }

  /** The places that can be the answer. */
  int[] places() {
    return IntStream.range(0, length / (RUN + 1)).map(k -> (RUN + 1) * k + RUN).toArray();
  }
}
