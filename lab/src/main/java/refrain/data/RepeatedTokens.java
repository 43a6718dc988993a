package refrain.data;

import java.util.Arrays;
import java.util.Optional;
import refrain.base.Default;

/**
 * R1: per sample a period p, uniform in [T / 4, T / 2], then p tokens without replacement, tiled to
 * T + 1. Nothing but copying predicts it: log V on the first period, 0 after it.
 *
 * @param vocab V, at least T / 2
 */
public record RepeatedTokens(@Default("128") int vocab) implements DataSpec {
  public RepeatedTokens {
    Require.between("repeated-tokens", "vocab", 2, 1 << 20, vocab);
  }

  /** Of tokens drawn uniformly. */
  @Override
  public double entropy() {
    return StrictMath.log(vocab);
  }

  @Override
  public DataSource open() {
    return DataSource.of(
        vocab,
        RepeatedTokens::distances,
        (rng, context) -> {
          check("repeated-tokens", vocab, context);
          return sample(rng, vocab, context);
        });
  }

  /** Of the periods of samples of T + 1 tokens. */
  static Optional<Distances> distances(int context) {
    return Optional.of(new Distances(context / 4, context / 2));
  }

  /** Refuses contexts that no sample has; {@code kind} is the language that asks for one. */
  static void check(String kind, int vocab, int context) {
    Require.contextAtLeast(kind, 4, context, "a period is a quarter of it");
    Require.contextAtMost(
        kind, 2 * vocab + 1, context, "a period of up to half of it has no repeats");
  }

  /**
   * A sample of T + 1 tokens. Other languages mix it in where ordinary induction heads are to form
   * beside something else.
   */
  static int[] sample(Rng rng, int vocab, int context) {
    int period = rng.nextInt(context / 4, context / 2 + 1);
    int[] x = Arrays.copyOf(rng.sample(vocab, period), context + 1);
    for (int t = period; t <= context; t++) {
      x[t] = x[t - period];
    }
    return x;
  }
}
