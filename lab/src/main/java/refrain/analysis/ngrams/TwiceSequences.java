package refrain.analysis.ngrams;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.data.BigramTable;
import refrain.data.DataSource;
import refrain.data.Rng;

/**
 * Sequences that say everything twice: a block of tokens, at most (T + 1) / 2, and the same block
 * again; where there is room left it goes on, which no compared target can see. The targets that
 * are compared are the block's tokens from its third on, in the first and in the second block:
 * there an n-gram table of up to three tokens sees the same context both times and predicts the
 * same.
 *
 * @param batch [sequences, T + 1]
 * @param block tokens in a block
 */
record TwiceSequences(Batch batch, int block) {
  /** The first two tokens of a block are not compared, and one or two are too few to shuffle. */
  static final int LEAST_BLOCK = 4;

  private static final int TRIES = 10_000;

  /** Blocks in which no trigram occurs that occurred in training, uniform among those. */
  static TwiceSequences unseen(
      TrainingStream stream, Rng rng, int sequences, int context, int block) {
    return of(sequences, context, block, n -> unseenBlock(stream, rng, n));
  }

  /** Blocks of independent uniform tokens. */
  static TwiceSequences uniform(int vocab, Rng rng, int sequences, int context) {
    return of(
        sequences,
        context,
        half(context),
        n -> IntStream.range(0, n).map(t -> rng.nextInt(vocab)).toArray());
  }

  /**
   * Blocks of a language.
   *
   * @param source gives sequences that do not repeat themselves
   */
  static TwiceSequences language(DataSource source, Rng rng, int sequences, int context) {
    return of(
        sequences,
        context,
        half(context),
        n -> Arrays.copyOf(source.next(rng, 1, context).tokens()[0], n));
  }

  /**
   * Blocks in which each token is followed by one of those least likely to follow it.
   *
   * @param choices how many of these it is drawn from
   */
  static TwiceSequences rare(BigramTable table, int choices, Rng rng, int sequences, int context) {
    int[][] least = new int[table.vocab()][];
    for (int a = 0; a < least.length; a++) {
      int from = a;
      least[a] =
          IntStream.range(0, table.vocab())
              .boxed()
              .sorted(
                  Comparator.comparingDouble((Integer b) -> table.probability(from, b))
                      .thenComparing(b -> b))
              .limit(choices)
              .mapToInt(Integer::intValue)
              .toArray();
    }
    return of(
        sequences,
        context,
        half(context),
        n -> {
          int[] x = new int[n];
          x[0] = rng.nextInt(table.vocab());
          for (int t = 1; t < n; t++) {
            x[t] = least[x[t - 1]][rng.nextInt(choices)];
          }
          return x;
        });
  }

  /** The same with the second saying in another order, each sequence in its own. */
  TwiceSequences shuffled(Rng rng) {
    int[][] tokens = new int[batch.size()][];
    for (int i = 0; i < tokens.length; i++) {
      int[] x = batch.tokens()[i].clone();
      int[] order = rng.permutation(block);
      for (int t = 0; t < block; t++) {
        x[block + t] = x[order[t]];
      }
      tokens[i] = x;
    }
    return new TwiceSequences(Batch.of(tokens), block);
  }

  /**
   * The longest block of a context.
   *
   * @throws RefrainException where the context is too short
   */
  static int half(int context) {
    int block = (context + 1) / 2;
    if (block < LEAST_BLOCK) {
      throw RefrainException.badInput(
          ("sequences that say everything twice: the context is %s tokens, expected at least 7"
                  + " (two blocks of four)")
              .formatted(context));
    }
    return block;
  }

  private static TwiceSequences of(int sequences, int context, int block, IntFunction<int[]> draw) {
    int[][] tokens = new int[sequences][context + 1];
    for (int[] x : tokens) {
      int[] b = draw.apply(block);
      for (int t = 0; t < x.length; t++) {
        x[t] = b[t % block];
      }
    }
    return new TwiceSequences(Batch.of(tokens), block);
  }

  private static int[] unseenBlock(TrainingStream stream, Rng rng, int n) {
    int v = stream.vocab();
    for (int attempt = 0; attempt < TRIES; attempt++) {
      int[] x = new int[n];
      x[0] = rng.nextInt(v);
      x[1] = rng.nextInt(v);
      int t = 2;
      while (t < n) {
        int a = x[t - 2];
        int b = x[t - 1];
        int[] free = IntStream.range(0, v).filter(c -> !stream.seen(a, b, c)).toArray();
        if (free.length == 0) {
          break;
        }
        x[t++] = free[rng.nextInt(free.length)];
      }
      if (t == n) {
        return x;
      }
    }
    throw RefrainException.badInput(
        ("no sequence of %s tokens without a trigram that occurred in training was found in %s"
                + " tries; a larger vocabulary has more")
            .formatted(n, TRIES));
  }

  /** The loss of a target that something else than a model predicts, nats. */
  @FunctionalInterface
  interface LossAt {
    double of(int[] tokens, int t);
  }

  /** Losses of all targets, [sequences, T] in nats. */
  float[][] losses(LossAt loss) {
    float[][] losses = new float[batch.size()][batch.context()];
    for (int s = 0; s < losses.length; s++) {
      for (int t = 0; t < losses[s].length; t++) {
        losses[s][t] = (float) loss.of(batch.tokens()[s], t);
      }
    }
    return losses;
  }

  /** The mean of losses [sequences, T] over the compared targets of the first block. */
  double first(float[][] losses) {
    return mean(losses, 0);
  }

  /** The same of the second block. */
  double again(float[][] losses) {
    return mean(losses, block);
  }

  private double mean(float[][] losses, int from) {
    double sum = 0;
    for (float[] sequence : losses) {
      for (int t = from + 1; t < from + block - 1; t++) {
        sum += sequence[t];
      }
    }
    return sum / ((block - 2.0) * losses.length);
  }
}
