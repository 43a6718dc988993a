package refrain.data;

import java.util.Optional;
import refrain.base.Default;

/**
 * R0, the default language of Refrain: a bigram language whose samples may start again. A sample is
 * a walk of T + 1 tokens through a fixed bigram table (row a is softmax(c N(0, 1))). With
 * probability {@code repeatProbability} it starts again at an offset r, uniform in [margin, T -
 * margin): from there on x[t] = x[t - r], so the first r tokens are tiled when the rest is longer
 * than r. The random offset matters: with a fixed one a single layer can copy by position.
 *
 * @param vocab V
 * @param c the entropy parameter; 0.5 keeps the bigram stage short, 1.5 hides the induction stage
 * @param repeatProbability the share of samples that start again
 * @param margin the least distance of the restart from either end, tokens
 * @param languageSeed fixes the bigram table
 */
public record BigramRestarts(
    @Default("128") int vocab,
    @Default("0.5") double c,
    @Default("0.75") double repeatProbability,
    @Default("16") int margin,
    @Default("12345") long languageSeed)
    implements DataSpec {
  public BigramRestarts {
    Require.between("bigram-restarts", "vocab", 2, 4096, vocab);
    Require.between("bigram-restarts", "c", 0.0, 10.0, c);
    Require.between("bigram-restarts", "repeatProbability", 0.0, 1.0, repeatProbability);
    Require.between("bigram-restarts", "margin", 1, 1 << 20, margin);
  }

  /** The language's table. */
  public BigramTable table() {
    return BigramTable.random(Rng.of(languageSeed).split("bigram"), vocab, c);
  }

  @Override
  public double entropy() {
    return table().entropy();
  }

  @Override
  public BigramRestarts replicate(int n) {
    return new BigramRestarts(vocab, c, repeatProbability, margin, languageSeed + n);
  }

  @Override
  public DataSource open() {
    BigramTable table = table();
    return DataSource.of(
        vocab,
        context -> Optional.of(new Distances(margin, context - margin - 1)),
        (rng, context) -> sample(table, rng, context));
  }

  private int[] sample(BigramTable table, Rng rng, int context) {
    Require.contextAtLeast(
        "bigram-restarts", 2 * margin + 1, context, "twice the margin and one more");
    int[] x = table.walk(rng, context + 1);
    return restarted(x, rng, repeatProbability, margin);
  }

  /**
   * A sample, with a probability made to begin again at an offset drawn uniformly.
   *
   * @param x T + 1 tokens, changed in place
   * @param margin the offset's least distance from either end
   */
  static int[] restarted(int[] x, Rng rng, double probability, int margin) {
    if (rng.nextDouble() < probability) {
      int offset = rng.nextInt(margin, x.length - 1 - margin);
      for (int t = offset; t < x.length; t++) {
        x[t] = x[t - offset];
      }
    }
    return x;
  }
}
