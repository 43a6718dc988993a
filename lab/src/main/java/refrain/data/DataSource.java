package refrain.data;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Where sequences come from. Immutable and safe to share between threads: what {@link #next} gives
 * depends on its arguments only.
 */
public interface DataSource {
  /** V: token ids are 0, ..., V - 1. */
  int vocab();

  /**
   * Sequences for training.
   *
   * @param rng advanced by the call; the same state gives the same batch
   * @param batch the number of sequences
   * @param context T; each sequence has T + 1 tokens
   * @throws refrain.base.RefrainException when the source cannot give sequences of this length
   */
  Batch next(Rng rng, int batch, int context);

  /**
   * A fixed set of sequences to evaluate on, disjoint from the training part where the source is
   * finite: the same seed gives the same set, in every run and at every snapshot.
   */
  default Batch evaluation(long seed, int batch, int context) {
    return next(Rng.of(seed).split("evaluation"), batch, context);
  }

  /**
   * How far back samples of T + 1 tokens repeat themselves; empty where they do not, or at whatever
   * distance.
   */
  default Optional<Distances> distances(int context) {
    return Optional.empty();
  }

  /** Draws a sample of a language, T + 1 tokens; an error where none has this length. */
  @FunctionalInterface
  interface Sampler {
    int[] sample(Rng rng, int context);
  }

  /** A language of V tokens, whose samples are drawn one after the other. */
  static DataSource of(int vocab, Sampler sampler) {
    return of(vocab, _ -> Optional.empty(), sampler);
  }

  /** The same, whose samples repeat themselves at known distances, given T. */
  static DataSource of(int vocab, IntFunction<Optional<Distances>> distances, Sampler sampler) {
    return new DataSource() {
      @Override
      public Optional<Distances> distances(int context) {
        return distances.apply(context);
      }

      @Override
      public int vocab() {
        return vocab;
      }

      @Override
      public Batch next(Rng rng, int batch, int context) {
        int[][] tokens = new int[batch][];
        Arrays.setAll(tokens, i -> sampler.sample(rng, context));
        return Batch.of(tokens);
      }
    };
  }
}
