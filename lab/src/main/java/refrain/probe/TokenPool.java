package refrain.probe;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import refrain.base.RefrainException;
import refrain.data.DataSource;
import refrain.data.Distances;
import refrain.data.GivenWindows;
import refrain.data.TextSource;

/**
 * The tokens that random sequences are drawn from. The paper leaves out the most and the least
 * common ones without saying how many.
 *
 * @param tokens that are drawn, at least two
 * @param start the start token, or {@link #NO_START}
 * @param describe such as "all 128 tokens"
 * @param distances at which a model of these tokens was trained to find repeats, given the context
 */
public record TokenPool(
    int[] tokens, int start, String describe, IntFunction<Optional<Distances>> distances) {
  /** No start-of-sequence token in the vocabulary. */
  public static final int NO_START = -1;

  /** Share of the vocabulary at each end of the order by frequency that counts as extreme. */
  private static final double EXTREMES = 0.05;

  private static final int COUNTED_AT_ONCE = 1 << 20;

  public TokenPool {
    if (tokens.length < 2) {
      throw RefrainException.badInput(
          "random sequences need at least two tokens to draw from, found " + tokens.length);
    }
  }

  /** Every token: for languages in which all are about equally common. */
  public static TokenPool all(int vocab) {
    int[] tokens = IntStream.range(0, vocab).toArray();
    return new TokenPool(tokens, NO_START, "all " + vocab + " tokens", _ -> Optional.empty());
  }

  /**
   * What random tokens are drawn from for a model of this data: of a language all tokens; of text,
   * as in the paper, none of the most and the least common ones, with its end-of-text token as the
   * start.
   */
  public static TokenPool of(DataSource data) {
    if (data instanceof GivenWindows.Source windows) {
      int[] drawn = windows.drawn();
      String words = "the " + drawn.length + " tokens that stand for text";
      TokenPool pool = new TokenPool(drawn, NO_START, words, _ -> Optional.empty());
      return windows.start() < 0 ? pool : pool.withStart(windows.start());
    }
    if (!(data instanceof TextSource text)) {
      TokenPool all = all(data.vocab());
      return new TokenPool(all.tokens, NO_START, all.describe, data::distances);
    }
    long[] counts = new long[text.vocab()];
    for (int from = 0; from < text.trainTokens(); from += COUNTED_AT_ONCE) {
      int to = Math.min(text.trainTokens(), from + COUNTED_AT_ONCE);
      for (int token : text.train(from, to)) {
        counts[token]++;
      }
    }
    return byFrequency(counts, EXTREMES).withStart(text.tokenizer().endOfText());
  }

  /**
   * The tokens of middling frequency.
   *
   * @param counts [V] how often each token occurs in the training text
   * @param share of the vocabulary left out at each end, 0 to less than 0.5
   */
  public static TokenPool byFrequency(long[] counts, double share) {
    if (!(share >= 0 && share < 0.5)) {
      throw RefrainException.badInput(
          "token pool: the share left out at each end is " + share + ", expected 0 to below 0.5");
    }
    int[] order =
        IntStream.range(0, counts.length)
            .boxed()
            .sorted(Comparator.comparingLong((Integer t) -> counts[t]).thenComparing(t -> t))
            .mapToInt(Integer::intValue)
            .toArray();
    int cut = (int) Math.floor(share * counts.length);
    int[] kept = Arrays.copyOfRange(order, cut, counts.length - cut);
    Arrays.sort(kept);
    return new TokenPool(
        kept,
        NO_START,
        String.format(
            Locale.ROOT,
            "all but the %d most and %d least common of %d tokens",
            cut,
            cut,
            counts.length),
        _ -> Optional.empty());
  }

  /** The same, with a start-of-sequence (or end-of-text) token that is never drawn. */
  public TokenPool withStart(int token) {
    int[] rest = Arrays.stream(tokens).filter(t -> t != token).toArray();
    return new TokenPool(rest, token, describe + ", start token " + token, distances);
  }

  /** Whether sequences begin with a start token. */
  public boolean hasStart() {
    return start != NO_START;
  }

  int size() {
    return tokens.length;
  }

  int token(int i) {
    return tokens[i];
  }
}
