package refrain.data;

import java.util.Arrays;
import refrain.base.Default;

/**
 * A control without structure: independent tokens with P(token i) proportional to (i +
 * 1)^-exponent. Nothing can be learned but the unigram distribution, so every score that needs
 * context stays at its floor.
 *
 * @param vocab V
 * @param exponent Zipf's exponent; 0 is uniform
 */
public record Iid(@Default("128") int vocab, @Default("0") double exponent) implements DataSpec {
  public Iid {
    Require.between("iid", "vocab", 2, 1 << 20, vocab);
    Require.between("iid", "exponent", 0.0, 10.0, exponent);
  }

  /** The distribution of a token, [V]. */
  public double[] probabilities() {
    double[] p = new double[vocab];
    double sum = 0;
    for (int i = 0; i < vocab; i++) {
      p[i] = StrictMath.pow(i + 1, -exponent);
      sum += p[i];
    }
    for (int i = 0; i < vocab; i++) {
      p[i] /= sum;
    }
    return p;
  }

  @Override
  public double entropy() {
    return BigramTable.entropy(probabilities());
  }

  @Override
  public DataSource open() {
    AliasTable sampler = new AliasTable(new double[][] {probabilities()});
    return DataSource.of(
        vocab,
        (rng, context) -> {
          int[] x = new int[context + 1];
          Arrays.setAll(x, t -> sampler.sample(0, rng));
          return x;
        });
  }
}
