package refrain.analysis.explore;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Subject;
import refrain.data.TokenNames;

/**
 * A place where a token comes for the second time: A B … A, and B follows again. Of all such places
 * in some sequences of the run one is chosen that is neither the best nor the worst: the one at
 * which the model gives B the median probability.
 *
 * @param text where it stands
 * @param first position of the first A; B stands behind it
 * @param second position of the second A
 * @param a its name
 * @param b name of what follows
 * @param token id of B
 * @param probability of B behind the second A
 * @param among how many such places there were
 */
record Again(
    AskedText text,
    int first,
    int second,
    String a,
    String b,
    int token,
    double probability,
    int among) {
  /** Sequences that are looked through. */
  private static final int SEQUENCES = 12;

  /** What could be guessed before the heads were there shows nothing of them. */
  private static final double GUESSED = .1;

  private static final int LETTERS = 2;

  /** As addresses of the page have it: kind and number. */
  String where() {
    return switch (text) {
      case AskedText.Evaluation(int n) -> "evaluation." + n;
      case AskedText.Repeated(int n) -> "repeated." + n;
      case AskedText.Tokens _ ->
          throw new IllegalStateException("a place is of the run's own text");
    };
  }

  /**
   * The median place. Of a language it is sought in repeated random tokens, of text in the
   * evaluation set, among words of letters; where there is none, in the other.
   *
   * @param before the state in which B was no guess yet
   */
  static Optional<Again> of(Subject run, Explored before, Explored now, Watch watch) {
    TokenNames names = run.tokenNames();
    boolean text = names.endOfText().isPresent();
    List<Again> places =
        text
            ? evaluation(run, names, before, now, watch)
            : repeated(run, names, before, now, watch);
    if (places.isEmpty()) {
      places =
          text
              ? repeated(run, names, before, now, watch)
              : evaluation(run, names, before, now, watch);
    }
    int n = places.size();
    return places.stream()
        .sorted(Comparator.comparingDouble(Again::probability))
        .skip(Math.max(0, n - 1) / 2)
        .findFirst()
        .map(median ->
            new Again(
                median.text,
                median.first,
                median.second,
                median.a,
                median.b,
                median.token,
                median.probability,
                n));
  }

  private static List<Again> repeated(
      Subject run, TokenNames names, Explored before, Explored now, Watch watch) {
    int most = Math.min(SEQUENCES, run.spec().probing().measures().repeatedSequences());
    List<Again> places = new ArrayList<>();
    for (int n = 0; n < most; n++) {
      places.addAll(in(new AskedText.Repeated(n), false, names, before, now, watch));
    }
    return places;
  }

  private static List<Again> evaluation(
      Subject run, TokenNames names, Explored before, Explored now, Watch watch) {
    int most = Math.min(SEQUENCES, run.spec().probing().sequences());
    boolean words = names.endOfText().isPresent();
    List<Again> places = new ArrayList<>();
    for (int n = 0; n < most; n++) {
      places.addAll(in(new AskedText.Evaluation(n), words, names, before, now, watch));
    }
    return places;
  }

  private static List<Again> in(
      AskedText text, boolean words, TokenNames names, Explored before, Explored now, Watch watch) {
    Pass then = before.pass(new Pass.Asked(text, List.of()), watch);
    Pass pass = now.pass(new Pass.Asked(text, List.of()), watch);
    int[] x = pass.tokens();
    List<Again> places = new ArrayList<>();
    for (int t = 2; t + 1 < x.length && t < pass.positions(); t++) {
      Integer first = onlyBefore(x, t);
      if (first == null || x[first + 1] != x[t + 1] || first + 1 >= t || x[t + 1] == x[t]) {
        continue;
      }
      boolean said = !words || (isWord(names.name(x[t])) && isWord(names.name(x[t + 1])));
      if (said && Math.exp(-then.before()[t]) < GUESSED) {
        places.add(
            new Again(
                text,
                first,
                t,
                names.name(x[t]),
                names.name(x[t + 1]),
                x[t + 1],
                Math.exp(-pass.before()[t]),
                1));
      }
    }
    return places;
  }

  /** The one earlier position of the same token; null: there is none, or more than one. */
  private static @Nullable Integer onlyBefore(int[] x, int t) {
    Integer found = null;
    for (int i = 0; i < t; i++) {
      if (x[i] == x[t]) {
        if (found != null) {
          return null;
        }
        found = i;
      }
    }
    return found;
  }

  private static boolean isWord(String name) {
    return name.codePoints().filter(Character::isLetter).count() >= LETTERS;
  }
}
