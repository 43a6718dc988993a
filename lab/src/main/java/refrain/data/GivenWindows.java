package refrain.data;

import static refrain.base.RefrainException.require;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import refrain.base.Default;

/**
 * Windows of tokens that were cut elsewhere: a text in the tokens of a model of others. Nothing is
 * trained on them; they are what such a model is measured on, the first ones first.
 *
 * @param vocab V
 * @param start the token that sequences begin with; -1: none does
 * @param never tokens that stand for no text, which random sequences do not have
 * @param windows T + 1 tokens each, all of one length
 */
public record GivenWindows(
    int vocab, @Default("-1") int start, List<Integer> never, List<List<Integer>> windows)
    implements DataSpec {
  private static final String NAME = "windows";

  public GivenWindows {
    never = List.copyOf(never);
    windows = windows.stream().map(List::copyOf).toList();
    Require.between(NAME, "vocab", 2, 1 << 24, vocab);
    Require.between(NAME, "start", -1, vocab - 1, start);
    require(!windows.isEmpty(), "data windows: windows is empty, expected one or more");
    int length = windows.getFirst().size();
    for (List<Integer> window : windows) {
      require(
          window.size() == length && length >= 2,
          "data windows: a window has %s tokens, expected %s as the first one, and 2 or more",
          window.size(),
          length);
      for (int token : window) {
        Require.between(NAME, "a token", 0, vocab - 1, token);
      }
    }
  }

  /** The same as data; random sequences are drawn from {@link #drawn}. */
  public static final class Source implements DataSource {
    private final GivenWindows given;

    private Source(GivenWindows given) {
      this.given = given;
    }

    @Override
    public int vocab() {
      return given.vocab;
    }

    /** What random sequences are drawn from. */
    public int[] drawn() {
      boolean[] left = new boolean[given.vocab];
      given.never.forEach(token -> left[token] = true);
      return IntStream.range(0, given.vocab).filter(token -> !left[token]).toArray();
    }

    /** The token that sequences begin with; -1: none does. */
    public int start() {
      return given.start;
    }

    @Override
    public Batch next(Rng rng, int batch, int context) {
      int[][] tokens = new int[batch][];
      Arrays.setAll(tokens, i -> window(rng.nextInt(given.windows.size()), context));
      return Batch.of(tokens);
    }

    /** The first windows, whatever the seed. */
    @Override
    public Batch evaluation(long seed, int batch, int context) {
      require(
          batch <= given.windows.size(),
          "data windows: there are %s sequences, not %s",
          given.windows.size(),
          batch);
      int[][] tokens = new int[batch][];
      Arrays.setAll(tokens, i -> window(i, context));
      return Batch.of(tokens);
    }

    private int[] window(int i, int context) {
      List<Integer> window = given.windows.get(i);
      Require.contextAtMost(NAME, window.size() - 1, context, "its windows are no longer");
      return window.stream().limit(context + 1L).mapToInt(Integer::intValue).toArray();
    }
  }

  @Override
  public DataSource open() {
    return new Source(this);
  }
}
