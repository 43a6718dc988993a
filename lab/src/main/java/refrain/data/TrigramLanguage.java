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
  private static final int POWER_ITERATIONS = 10_000;

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

  /** In the long run: each pair's row counts as often as a long walk comes by. */
  @Override
  public double entropy() {
    double[][] rows = probabilities();
    double[] pairs = new double[rows.length];
    Arrays.fill(pairs, 1.0 / rows.length);
    double change = 1;
    for (int i = 0; i < POWER_ITERATIONS && change > 1e-14; i++) {
      double[] next = new double[rows.length];
      for (int pair = 0; pair < rows.length; pair++) {
        for (int b = 0; b < vocab; b++) {
          next[pair % vocab * vocab + b] += pairs[pair] * rows[pair][b];
        }
      }
      change = 0;
      for (int pair = 0; pair < rows.length; pair++) {
        change = Math.max(change, Math.abs(next[pair] - pairs[pair]));
      }
      pairs = next;
    }
    double sum = 0;
    for (int pair = 0; pair < rows.length; pair++) {
      sum += pairs[pair] * BigramTable.entropy(rows[pair]);
    }
    return sum;
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
