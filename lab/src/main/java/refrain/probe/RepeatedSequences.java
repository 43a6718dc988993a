package refrain.probe;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.data.Distances;
import refrain.data.Rng;

/**
 * Random tokens said again and again, which probes read (Olsson et al. 2022, "Head activation
 * evaluators"). There are two kinds:
 *
 * <ul>
 *   <li>{@link #paper}: a block of 25 tokens four times, 10 examples, behind a start token where
 *       the language has one;
 *   <li>{@link #trained}: where the context is too short for that, blocks repeated to the end of
 *       the context, each example at another of the distances at which the language repeats itself.
 *       At a distance that training never had, a head that matches by position too would be
 *       measured on what it never saw.
 * </ul>
 *
 * <p>The tokens of a block differ from each other where the pool is large enough (otherwise they
 * are independent draws). The context is that of training: a model with a longer n_ctx has never
 * seen the positions beyond it.
 *
 * @param batch [examples, T + 1] tokens; the last is a target only
 * @param first position of the first token of the first block: 1 behind a start token, else 0
 * @param blocks tokens in the block of each example
 * @param seed the draw
 * @param pool what it was drawn from
 * @param shape such as "a start token and 25 random tokens repeated 4 times"
 */
public record RepeatedSequences(
    Batch batch, int first, int[] blocks, long seed, TokenPool pool, String shape) {
  /** The paper's. */
  public static final int BLOCK = 25;

  /** The paper's. */
  public static final int REPEATS = 4;

  /** The paper's. */
  public static final int EXAMPLES = 10;

  /** The fewest positions that a block of two tokens, said twice, fills. */
  public static final int LEAST = 4;

  private static final String START = "a start token and ";

  /**
   * Draws the sequences that scores are read on: the paper's where the context holds them, else
   * those at the trained distances.
   *
   * @param context positions that the model is trained on, at least {@link #LEAST}
   */
  public static RepeatedSequences draw(TokenPool pool, long seed, int examples, int context) {
    return first(pool) + REPEATS * BLOCK <= context
        ? paper(pool, seed, examples)
        : repeatedToTheEnd(pool, seed, examples, context);
  }

  /**
   * Sequences at the trained distances beside those of {@link #draw}; empty where these are at the
   * trained distances themselves, or where the language has no distances of its own.
   */
  public static Optional<RepeatedSequences> trained(
      TokenPool pool, long seed, int examples, int context) {
    boolean beside =
        first(pool) + REPEATS * BLOCK <= context && pool.distances().apply(context).isPresent();
    return beside ? Optional.of(repeatedToTheEnd(pool, seed, examples, context)) : Optional.empty();
  }

  private static RepeatedSequences paper(TokenPool pool, long seed, int examples) {
    int[] blocks = new int[examples];
    Arrays.fill(blocks, BLOCK);
    return drawn(
        pool,
        seed,
        first(pool),
        blocks,
        first(pool) + REPEATS * BLOCK,
        (pool.hasStart() ? START : "") + BLOCK + " random tokens repeated " + REPEATS + " times");
  }

  /** Blocks of the trained distances, evenly spread, of which at least two fit. */
  private static RepeatedSequences repeatedToTheEnd(
      TokenPool pool, long seed, int examples, int context) {
    int first = first(pool);
    int room = context - first;
    if (room < LEAST) {
      throw RefrainException.badInput(
          "repeated sequences: the context is %s tokens, expected at least %s (a block of two, twice%s)",
          context, first + LEAST, pool.hasStart() ? ", behind a start token" : "");
    }
    Distances at = pool.distances().apply(context).orElse(new Distances(room / 4, room / 2));
    int least = Math.clamp(at.least(), 2, room / 2);
    int most = Math.clamp(at.most(), least, room / 2);
    int[] blocks = new int[examples];
    for (int e = 0; e < examples; e++) {
      double way = examples == 1 ? .5 : e / (examples - 1.0);
      blocks[e] = least + (int) Math.round(way * (most - least));
    }
    return drawn(
        pool,
        seed,
        first,
        blocks,
        context,
        String.format(
            Locale.ROOT,
            "%s%d to %d random tokens repeated up to %d positions",
            pool.hasStart() ? START : "",
            least,
            most,
            context));
  }

  /**
   * The sequences that runs of earlier programs are measured on to their end: four blocks whatever
   * the context, and a random token in the place of a start token that the language does not have.
   *
   * @param context positions, at least 9
   */
  public static RepeatedSequences before(TokenPool pool, long seed, int examples, int context) {
    int[] blocks = new int[examples];
    Arrays.fill(blocks, Math.min(BLOCK, (context - 1) / REPEATS));
    int block = blocks[0];
    return drawn(
        pool,
        seed,
        1,
        blocks,
        1 + REPEATS * block,
        START + block + " random tokens repeated " + REPEATS + " times");
  }

  /** Positions before the first block. */
  private static int first(TokenPool pool) {
    return pool.hasStart() ? 1 : 0;
  }

  private static RepeatedSequences drawn(
      TokenPool pool, long seed, int first, int[] blocks, int positions, String shape) {
    Rng rng = Rng.of(seed).split("repeated sequences");
    int[][] tokens = new int[blocks.length][positions + 1];
    for (int e = 0; e < blocks.length; e++) {
      // One more than a block has: the stand-in of a start token, which earlier programs drew.
      int[] block = tokens(pool, rng, blocks[e] + 1);
      if (first == 1) {
        tokens[e][0] = pool.hasStart() ? pool.start() : block[blocks[e]];
      }
      for (int t = first; t <= positions; t++) {
        tokens[e][t] = block[(t - first) % blocks[e]];
      }
    }
    return new RepeatedSequences(Batch.of(tokens), first, blocks, seed, pool, shape);
  }

  private static int[] tokens(TokenPool pool, Rng rng, int n) {
    int[] drawn = new int[n];
    if (pool.size() >= n) {
      drawn = rng.sample(pool.size(), n);
    } else {
      Arrays.setAll(drawn, m -> rng.nextInt(pool.size()));
    }
    return Arrays.stream(drawn).map(pool::token).toArray();
  }

  /** The first position of the second block of an example. */
  public int again(int example) {
    return first + blocks[example];
  }

  /** Tokens in the shortest block. */
  public int shortest() {
    return Arrays.stream(blocks).min().orElseThrow();
  }

  /**
   * Such as "10 sequences of 16 to 32 random tokens repeated up to 64 positions, drawn from ...".
   */
  public String describe() {
    return String.format(
        Locale.ROOT,
        "%d sequences of %s, drawn from %s with seed %d",
        batch.size(),
        shape,
        pool.describe(),
        seed);
  }
}
