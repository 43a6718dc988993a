package refrain.probe;

import java.util.Locale;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.data.Rng;

/**
 * Random tokens that all differ but for one: in the first of each pair of sequences a token A, with
 * B behind it, comes again at the very end, and B is what follows. In the second another token,
 * which did not occur before, stands in the place of the second A, and the same B follows. No run
 * of matches leads up to A, so only a match of A itself can tell of B.
 *
 * @param batch [2 pairs, T + 1]: a pair's sequences follow one another
 * @param seed the draw
 * @param pool what it was drawn from
 */
public record LoneMatches(Batch batch, long seed, TokenPool pool) {
  static final int PAIRS = 64;

  /** Tokens between the two A, B among them, at least. */
  private static final int APART = 3;

  /**
   * @param context positions that the model is trained on; sequences are shorter where the pool has
   *     not as many tokens
   * @throws RefrainException when there are too few positions or tokens
   */
  static LoneMatches draw(TokenPool pool, long seed, int context) {
    int start = pool.hasStart() ? 1 : 0;
    int positions = Math.min(context, pool.size() - 1 + start);
    RefrainException.require(
        positions >= start + APART + 2,
        "lone matches: %s positions of different tokens, expected at least %s (context %s, %s)",
        positions,
        start + APART + 2,
        context,
        pool.describe());
    Rng rng = Rng.of(seed).split("lone matches");
    int[][] tokens = new int[2 * PAIRS][];
    for (int pair = 0; pair < PAIRS; pair++) {
      int[] drawn = rng.sample(pool.size(), positions - start + 1);
      int[] matched = new int[positions + 1];
      if (start == 1) {
        matched[0] = pool.start();
      }
      for (int t = start; t < positions; t++) {
        matched[t] = pool.token(drawn[t - start]);
      }
      int first = start + rng.nextInt(positions - 1 - APART - start + 1);
      int last = positions - 1;
      int[] fresh = matched.clone();
      matched[last] = matched[first];
      fresh[last] = pool.token(drawn[positions - start]);
      matched[positions] = matched[first + 1];
      fresh[positions] = matched[first + 1];
      tokens[2 * pair] = matched;
      tokens[2 * pair + 1] = fresh;
    }
    return new LoneMatches(Batch.of(tokens), seed, pool);
  }

  String describe() {
    return String.format(
        Locale.ROOT,
        "%d pairs of sequences of %d random tokens drawn from %s with seed %d",
        batch.size() / 2,
        batch.context(),
        pool.describe(),
        seed);
  }
}
