package refrain.analysis.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import refrain.analysis.Measured;
import refrain.base.RefrainException;
import refrain.data.Batch;

/**
 * A text in a run's tokens.
 *
 * @param tokens those that are read, and behind them the one that follows, where it is known
 * @param positions T, how many are read
 */
record ReadText(int[] tokens, int positions) {
  /**
   * The text that is asked for.
   *
   * @throws RefrainException when there is none, with what there is
   */
  static ReadText of(Measured run, AskedText asked) {
    return switch (asked) {
      case AskedText.Evaluation(int n) -> {
        int most = run.readable();
        check(n, most, "evaluation sequence");
        yield known(run.evaluation(n + 1).tokens()[n]);
      }
      case AskedText.Repeated(int n) -> {
        int most = run.probe().repeatedSequences();
        check(n, most, "sequence of repeated tokens");
        yield known(run.repeated(most).batch().tokens()[n]);
      }
      case AskedText.Tokens(List<Integer> tokens) -> {
        checkTokens(run, tokens, "text");
        RefrainException.require(
            tokens.size() <= run.context(),
            "text: has %s tokens, expected at most %s, the context that the model is trained on",
            tokens.size(),
            run.context());
        yield new ReadText(tokens.stream().mapToInt(t -> t).toArray(), tokens.size());
      }
    };
  }

  private static ReadText known(int[] tokens) {
    return new ReadText(tokens, tokens.length - 1);
  }

  private static void check(int n, int most, String what) {
    RefrainException.require(n >= 0 && n < most, "no %s %s; there are 0 to %s", what, n, most - 1);
  }

  /** Refuses a list that is empty or has tokens that the model does not know. */
  static void checkTokens(Measured run, List<Integer> tokens, String what) {
    RefrainException.require(!tokens.isEmpty(), "%s: has no token, expected one or more", what);
    int vocab = run.model().dVocab();
    for (int token : tokens) {
      RefrainException.require(
          token >= 0 && token < vocab,
          "%s: no token %s; the vocabulary has 0 to %s",
          what,
          token,
          vocab - 1);
    }
  }

  /** Whether it is known what follows a position. */
  boolean hasTarget(int position) {
    return position + 1 < tokens.length;
  }

  /**
   * The text, alone or with sequences of the evaluation set behind it, cut to its length.
   *
   * @param beside how many
   */
  Batch batch(Measured run, int beside) {
    List<int[]> all = new ArrayList<>();
    all.add(Arrays.copyOf(tokens, positions + 1)); // a target that is not known is left out later
    if (beside > 0) {
      for (int[] other : run.evaluation(beside + 1).tokens()) {
        if (all.size() <= beside && !Arrays.equals(other, tokens)) {
          all.add(Arrays.copyOf(other, positions + 1));
        }
      }
    }
    return Batch.of(all.toArray(int[][]::new));
  }
}
