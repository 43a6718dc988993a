package refrain.data;

import java.util.Arrays;
import refrain.base.Default;

/**
 * A control with structure but nothing to copy: a walk in which the next token depends on the two
 * before it through a fixed table with rows softmax(c N(0, 1)), the first two tokens uniform. It
 * rewards previous-token heads and no induction head.
 *
 * @param vocab V; the table holds V cubed probabilities
 * @param c the entropy parameter
 * @param languageSeed fixes the table
 */
public record TrigramLanguage(
    @Default("64") int vocab, @Default("1.5") double c, @Default("12345") long languageSeed)
    implements DataSpec {
  private static final String KIND = "trigram";

  public TrigramLanguage {
    Require.between(KIND, "vocab", 2, 192, vocab);
    Require.between(KIND, "c", 0.0, 10.0, c);
  }

  /** P(next | a, b), [V * V, V], row a * V + b after the tokens a b. */
  public double[][] probabilities() {
    Rng rng = Rng.of(languageSeed).split("trigram");
    double[][] rows = new double[vocab * vocab][];
    Arrays.setAll(rows, r -> BigramTable.softmaxOfNormals(rng, vocab, c));
    return rows;
  }

  @Override
  public TrigramLanguage replicate(int n) {
    return new TrigramLanguage(vocab, c, languageSeed + n);
  }

  @Override
  public DataSource open() {
    AliasTable sampler = new AliasTable(probabilities());
    return DataSource.of(
        vocab,
        (rng, context) -> {
          int[] x = new int[context + 1];
          x[0] = rng.nextInt(vocab);
          x[1] = rng.nextInt(vocab);
          for (int t = 2; t <= context; t++) {
            x[t] = sampler.sample(x[t - 2] * vocab + x[t - 1], rng);
          }
          return x;
        });
  }
}
