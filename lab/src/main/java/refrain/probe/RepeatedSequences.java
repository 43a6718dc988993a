package refrain.probe;

import java.util.Arrays;
import java.util.Locale;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.data.Rng;

/**
 * The paper's probe text (Olsson et al. 2022, "Head activation evaluators"): a start token, then a
 * block of random tokens repeated four times; 10 examples of 25 tokens. Position 0 is the start
 * token, position 1 + r block + m the m-th token of the block.
 *
 * <p>Choices that the paper leaves open: the tokens of a block differ from each other where the
 * pool is large enough (otherwise they are independent draws); where the vocabulary has no start
 * token, a random token that is not in the block stands in for it; where the context is shorter
 * than 1 + 4 * 25 the block is shortened to (context - 1) / 4. The context is that of training: a
 * model with a longer n_ctx has never seen the positions beyond it.
 *
 * @param batch [examples, 1 + repeats * block + 1] tokens; the last is the first of the block
 *     again, the target of the last position
 * @param block tokens in a block
 * @param repeats how often the block stands there
 * @param seed the draw
 * @param pool what it was drawn from
 */
public record RepeatedSequences(Batch batch, int block, int repeats, long seed, TokenPool pool) {
  /** The paper's. */
  public static final int BLOCK = 25;

  /** The paper's. */
  public static final int REPEATS = 4;

  /** The paper's. */
  public static final int EXAMPLES = 10;

  /**
   * Draws the sequences.
   *
   * @param context positions that the model is trained on, at least 9
   */
  public static RepeatedSequences draw(TokenPool pool, long seed, int examples, int context) {
    int block = Math.min(BLOCK, (context - 1) / REPEATS);
    if (block < 2) {
      throw RefrainException.badInput(
          ("repeated sequences: the context is %s tokens, expected at least %s (a start "
                  + "token and a block of two, %s times)")
              .formatted(context, 1 + 2 * REPEATS, REPEATS));
    }
    Rng rng = Rng.of(seed).split("repeated sequences");
    int[][] tokens = new int[examples][];
    Arrays.setAll(tokens, e -> example(pool, rng, block));
    return new RepeatedSequences(Batch.of(tokens), block, REPEATS, seed, pool);
  }

  private static int[] example(TokenPool pool, Rng rng, int block) {
    int[] drawn = new int[block + 1];
    if (pool.size() > block) {
      drawn = rng.sample(pool.size(), block + 1);
    } else {
      Arrays.setAll(drawn, m -> rng.nextInt(pool.size()));
    }
    int[] x = new int[REPEATS * block + 2];
    x[0] = pool.start() == TokenPool.NO_START ? pool.token(drawn[block]) : pool.start();
    for (int t = 1; t < x.length; t++) {
      x[t] = pool.token(drawn[(t - 1) % block]);
    }
    return x;
  }

  /** Such as "10 sequences of a start token and 15 random tokens repeated 4 times ...". */
  public String describe() {
    return String.format(
        Locale.ROOT,
        "%d sequences of a start token and %d random tokens repeated %d times, drawn from"
            + " %s with seed %d",
        batch.size(),
        block,
        repeats,
        pool.describe(),
        seed);
  }
}
