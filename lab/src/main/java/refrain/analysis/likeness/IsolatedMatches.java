package refrain.analysis.likeness;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import refrain.analysis.instrument.QueryReadings;
import refrain.data.Exemplars;
import refrain.data.Rng;

/**
 * Pairs of an exemplar and a label, all of different classes and labels, and behind them an
 * exemplar A that resembles one of them, A*, to a known degree: what follows is A*'s label. The
 * other pairs, and where A* stands, are the same for all degrees.
 *
 * @param pairs n, in each sequence
 * @param places where the pair of A* is, [sequence], from 0
 * @param tokens by likeness, [sequence, 2 n + 2]; the last is only a target. Without classes that
 *     are never in a pair these likenesses have no sequences.
 */
record IsolatedMatches(int pairs, int[] places, Map<Likeness, int[][]> tokens) {
  private static final int MOST_PAIRS = 8;
  private static final long SEED = 47;

  /**
   * Draws the sequences.
   *
   * @param context n_ctx of the model, at least 5
   */
  static IsolatedMatches draw(Exemplars language, int context, int sequences) {
    int pairs =
        Math.min(
            Math.min(MOST_PAIRS, (context - 1) / 2),
            Math.min(language.labelled() - 1, language.labels()));
    Rng rng = Rng.of(SEED).split("isolated matches");
    Map<Likeness, int[][]> tokens = new EnumMap<>(Likeness.class);
    for (Likeness likeness : Likeness.values()) {
      boolean none = likeness.unlabelled() && language.unlabelled() == 0;
      tokens.put(likeness, new int[none ? 0 : sequences][]);
    }
    int[] places = new int[sequences];
    for (int s = 0; s < sequences; s++) {
      // The class of A*, those of the other pairs, and one that does not occur.
      int[] classes = rng.sample(language.labelled(), pairs + 1);
      int[] labels = rng.sample(language.labels(), pairs);
      places[s] = rng.nextInt(pairs);
      int[] common = new int[2 * pairs + 2];
      for (int k = 0, other = 1; k < pairs; k++) {
        int of = k == places[s] ? classes[0] : classes[other++];
        common[2 * k] = of * language.size() + rng.nextInt(language.size());
        common[2 * k + 1] = language.label(labels[k]);
      }
      common[2 * pairs + 1] = common[2 * places[s] + 1];
      int hidden =
          language.unlabelled() == 0 ? 0 : language.labelled() + rng.nextInt(language.unlabelled());
      for (Likeness likeness : Likeness.values()) {
        int[][] of = requireNonNull(tokens.get(likeness));
        if (of.length > 0) {
          int[] members = pick(language, likeness, rng);
          int first = likeness.unlabelled() ? hidden : classes[0];
          int asks = likeness == Likeness.OTHER ? classes[pairs] : first;
          of[s] = common.clone();
          of[s][2 * places[s]] = first * language.size() + members[0];
          of[s][2 * pairs] = asks * language.size() + members[1];
        }
      }
    }
    return new IsolatedMatches(pairs, places, tokens);
  }

  /** Two places in a class, of A* and of A. */
  private static int[] pick(Exemplars language, Likeness likeness, Rng rng) {
    int size = language.size();
    List<int[]> all = new ArrayList<>();
    for (int a = 0; a < size; a++) {
      for (int b = 0; b < size; b++) {
        boolean apart = Math.abs(a - b) == size - 1;
        boolean near = a / language.members() == b / language.members();
        boolean fits =
            switch (likeness) {
              case IDENTICAL, UNLABELLED_SAME -> a == b;
              case SUBCLASS -> near && a != b;
              case CLASS -> !near && !apart;
              case APART -> apart;
              case UNLABELLED -> a != b;
              case OTHER -> true;
            };
        if (fits) {
          all.add(new int[] {a, b});
        }
      }
    }
    return all.get(rng.nextInt(all.size()));
  }

  boolean has(Likeness likeness) {
    return of(likeness).length > 0;
  }

  /** [sequence, T + 1]. */
  int[][] of(Likeness likeness) {
    return requireNonNull(tokens.get(likeness));
  }

  /** Where A stands. */
  int asks() {
    return 2 * pairs;
  }

  /** The same for each sequence, as readings want it. */
  int[][] queries() {
    return QueryReadings.oneEach(places.length, asks());
  }

  /** Where the label of A* stands. */
  int target(int sequence) {
    return 2 * places[sequence] + 1;
  }

  /** The labels in a context, in order. */
  int[] labels(Likeness likeness, int sequence) {
    int[] x = of(likeness)[sequence];
    return IntStream.range(0, pairs).map(k -> x[2 * k + 1]).toArray();
  }
}
