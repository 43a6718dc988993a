package refrain.analysis.likeness;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import refrain.analysis.instrument.QueryReadings;
import refrain.data.Exemplars;
import refrain.data.Rng;

/**
 * Pairs of an exemplar and a label, all of different classes and labels, of which r are of classes
 * that training never labelled, and behind them an exemplar A of such a class.
 *
 * @param pairs n, in each sequence
 * @param rivals where the r pairs are, [sequence, r], from 0
 * @param answers which of the r A belongs to, or a drawn one where it belongs to none
 * @param tokens by what A is, [sequence, 2 n + 2]; the last is only a target
 */
record Distractors(int pairs, int[][] rivals, int[] answers, Map<Asked, int[][]> tokens) {
  private static final int MOST_PAIRS = 8;
  private static final int MOST_RIVALS = 3;
  private static final long SEED = 67;

  /** What A is to one of the r exemplars. */
  enum Asked {
    SAME("the same"),
    CLASS("another of its class"),
    /** Of a class without labels that the context does not have. */
    NONE("of no class in the context");

    private final String words;

    Asked(String words) {
      this.words = words;
    }

    /** As in names of findings. */
    String slug() {
      return name().toLowerCase(Locale.ROOT);
    }

    String words() {
      return words;
    }
  }

  /**
   * Draws the sequences.
   *
   * @param language with three classes or more that are never labelled
   * @param context n_ctx of the model, at least 9
   */
  static Distractors draw(Exemplars language, int context, int sequences) {
    int r = Math.min(MOST_RIVALS, language.unlabelled() - 1);
    int n =
        Math.min(
            Math.min(MOST_PAIRS, (context - 1) / 2),
            Math.min(language.labelled() + r, language.labels()));
    Rng rng = Rng.of(SEED).split("distractors");
    Map<Asked, int[][]> tokens = new EnumMap<>(Asked.class);
    for (Asked asked : Asked.values()) {
      tokens.put(asked, new int[sequences][]);
    }
    int[][] rivals = new int[sequences][];
    int[] answers = new int[sequences];
    for (int s = 0; s < sequences; s++) {
      // Classes never labelled, one more than in the context, and labelled ones for the other
      // pairs.
      int[] hidden = rng.sample(language.unlabelled(), r + 1);
      int[] labelled = rng.sample(language.labelled(), n - r);
      int[] labels = rng.sample(language.labels(), n);
      int[] places = rng.permutation(n);
      int[] common = new int[2 * n + 2];
      for (int k = 0; k < n; k++) {
        int of = k < r ? language.labelled() + hidden[k] : labelled[k - r];
        common[2 * places[k]] = of * language.size() + rng.nextInt(language.size());
        common[2 * places[k] + 1] = language.label(labels[k]);
      }
      rivals[s] = Arrays.copyOf(places, r);
      answers[s] = rng.nextInt(r);
      int place = places[answers[s]];
      int star = common[2 * place];
      int size = language.size();
      int another = star / size * size + rng.nextOther(star % size, size);
      int none = (language.labelled() + hidden[r]) * size + rng.nextInt(size);
      common[2 * n + 1] = common[2 * place + 1];
      for (Asked asked : Asked.values()) {
        int[] x = common.clone();
        x[2 * n] =
            switch (asked) {
              case SAME -> star;
              case CLASS -> another;
              case NONE -> none;
            };
        requireNonNull(tokens.get(asked))[s] = x;
      }
    }
    return new Distractors(n, rivals, answers, tokens);
  }

  /** [sequence, T + 1]. */
  int[][] of(Asked asked) {
    return requireNonNull(tokens.get(asked));
  }

  /** Where A stands in each sequence, as readings want it. */
  int[][] queries() {
    return QueryReadings.oneEach(rivals.length, 2 * pairs);
  }

  /** Which of the rivals' labels is A*'s. */
  int answer(int sequence) {
    return answers[sequence];
  }

  /** The labels in a context, in order. */
  int[] labels(int sequence) {
    return IntStream.range(0, pairs).map(k -> label(sequence, k)).toArray();
  }

  /** The labels of classes that training never labelled. */
  int[] rivalLabels(int sequence) {
    return Arrays.stream(rivals[sequence]).map(k -> label(sequence, k)).toArray();
  }

  private int label(int sequence, int pair) {
    return of(Asked.SAME)[sequence][2 * pair + 1];
  }
}
