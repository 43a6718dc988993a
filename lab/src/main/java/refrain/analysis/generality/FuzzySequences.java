package refrain.analysis.generality;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import refrain.data.Families;
import refrain.data.Rng;

/**
 * Segments of tokens of different categories, each followed by a repeat of each {@link Similarity}:
 * the same tokens, other forms of them, other symbols of their categories, or tokens of categories
 * that the segment does not have.
 *
 * @param language that they are made of
 * @param length n, tokens in a segment
 * @param repeats by similarity: [segment, 2 n + 1] tokens; the last is only a target
 */
record FuzzySequences(Families language, int length, Map<Similarity, int[][]> repeats) {
  /** How much the token A that asks resembles the A* that stood earlier. */
  enum Similarity {
    /** The same token. */
    IDENTICAL,
    /** Another form of its symbol. */
    SYNONYM,
    /** Another symbol of its category. */
    CATEGORY,
    /** A token of a category that does not occur. */
    UNRELATED;

    /** As in names of findings. */
    String slug() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Draws the sequences.
   *
   * @param context n_ctx of the model, at least 8
   */
  static FuzzySequences draw(Families language, int context, int segments) {
    int symbols = language.symbols();
    // As many categories as leave enough symbols outside them for an unrelated repeat.
    int length = Math.min(context / 2 - 2, language.categories() * symbols / (symbols + 1));
    Rng rng = Rng.of(41).split("fuzzy segments");
    Map<Similarity, int[][]> repeats = new EnumMap<>(Similarity.class);
    for (Similarity level : Similarity.values()) {
      repeats.put(level, new int[segments][]);
    }
    for (int s = 0; s < segments; s++) {
      int[] order = rng.permutation(language.categories());
      int[] segment = new int[length];
      for (int i = 0; i < length; i++) {
        int symbol = order[i] * symbols + rng.nextInt(symbols);
        segment[i] = symbol * language.forms() + rng.nextInt(language.forms());
      }
      int[] absent = absent(language, Arrays.copyOfRange(order, length, order.length), rng);
      for (Similarity level : Similarity.values()) {
        requireNonNull(repeats.get(level))[s] = repeat(level, language, segment, absent, rng);
      }
    }
    return new FuzzySequences(language, length, repeats);
  }

  /** A form of each symbol of some categories, in random order. */
  private static int[] absent(Families language, int[] categories, Rng rng) {
    List<Integer> tokens = new ArrayList<>();
    for (int place : rng.permutation(categories.length * language.symbols())) {
      int symbol =
          categories[place / language.symbols()] * language.symbols() + place % language.symbols();
      tokens.add(symbol * language.forms() + rng.nextInt(language.forms()));
    }
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }

  private static int[] repeat(
      Similarity level, Families language, int[] segment, int[] absent, Rng rng) {
    int n = segment.length;
    int[] x = Arrays.copyOf(segment, 2 * n + 1);
    for (int i = 0; i < n; i++) {
      x[n + i] =
          switch (level) {
            case IDENTICAL -> segment[i];
            case SYNONYM -> language.otherForm(segment[i], rng);
            case CATEGORY -> language.otherSymbol(segment[i], rng);
            case UNRELATED -> absent[i];
          };
    }
    x[2 * n] = segment[0];
    return x;
  }

  /** The sequences whose repeats are alike to this degree, [segment, T + 1]. */
  int[][] repeats(Similarity level) {
    return requireNonNull(repeats.get(level));
  }

  /** Where the A of a repeat stand, [segment, n - 2]: all but the first and the last. */
  int[][] queries() {
    int[][] queries = new int[repeats(Similarity.IDENTICAL).length][length - 2];
    for (int[] row : queries) {
      Arrays.setAll(row, q -> length + 1 + q);
    }
    return queries;
  }

  /** Where the B* of a query stands. */
  static int target(int query) {
    return query + 2;
  }
}
