package refrain.data;

import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

/**
 * Languages of which a share of the samples are {@link RepeatedTokens}: they make ordinary
 * induction heads form in a model that learns something else beside them.
 *
 * @param kind of the language
 * @param vocab V
 * @param share of the samples
 * @param check refuses contexts, T, that no other sample has
 */
record WithRepeats(String kind, int vocab, double share, IntConsumer check) {
  /** Draws one of the other samples, of T + 1 tokens. */
  @FunctionalInterface
  interface Others {
    /**
     * @param u uniform in [share, 1), for a language that has several kinds of them
     */
    Counted draw(Rng rng, double u, int context);
  }

  /** A sample, and the positions whose targets count for the training loss. */
  record Counted(int[] tokens, IntPredicate counts) {
    static Counted everywhere(int[] tokens) {
      return new Counted(tokens, _ -> true);
    }
  }

  /** The other samples count everywhere. */
  DataSource and(DataSource.Sampler others) {
    return DataSource.of(
        vocab,
        this::distances,
        (rng, context) -> {
          checkContext(context);
          return rng.nextDouble() < share
              ? RepeatedTokens.sample(rng, vocab, context)
              : others.sample(rng, context);
        });
  }

  /** The other samples say where they count. */
  DataSource andCounted(Others others) {
    WithRepeats repeats = this;
    return new DataSource() {
      @Override
      public int vocab() {
        return vocab;
      }

      @Override
      public Optional<Distances> distances(int context) {
        return repeats.distances(context);
      }

      @Override
      public Batch next(Rng rng, int batch, int context) {
        checkContext(context);
        int[][] tokens = new int[batch][];
        float[][] weights = new float[batch][context];
        for (int i = 0; i < batch; i++) {
          double u = rng.nextDouble();
          Counted sample =
              u < share
                  ? Counted.everywhere(RepeatedTokens.sample(rng, vocab, context))
                  : others.draw(rng, u, context);
          tokens[i] = sample.tokens;
          for (int t = 0; t < context; t++) {
            weights[i][t] = sample.counts.test(t) ? 1 : 0;
          }
        }
        return new Batch(tokens, weights);
      }
    };
  }

  private Optional<Distances> distances(int context) {
    return share > 0 ? RepeatedTokens.distances(context) : Optional.empty();
  }

  private void checkContext(int context) {
    check.accept(context);
    if (share > 0) {
      RepeatedTokens.check(kind, vocab, context);
    }
  }
}
