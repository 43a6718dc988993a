package refrain.data;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * A bigram language: the distribution of the next token given the current one.
 *
 * <p>{@link #random} draws row a as softmax(c z_a), z_a of V independent normals: c = 0 is uniform,
 * a larger c has a lower entropy.
 */
public final class BigramTable {
  private static final int POWER_ITERATIONS = 10_000;

  private final double[][] probabilities;
  private final AliasTable sampler;

  /**
   * @param probabilities [V, V], rows sum to 1
   */
  BigramTable(double[][] probabilities) {
    this.probabilities = probabilities;
    this.sampler = new AliasTable(probabilities);
  }

  static BigramTable random(Rng rng, int vocab, double c) {
    double[][] rows = new double[vocab][];
    Arrays.setAll(rows, a -> softmaxOfNormals(rng, vocab, c));
    return new BigramTable(rows);
  }

  static double[] softmaxOfNormals(Rng rng, int n, double c) {
    return softmax(n, c, b -> rng.nextGaussian());
  }

  /** softmax(c z), z asked for in order. */
  static double[] softmax(int n, double c, IntToDoubleFunction z) {
    double[] row = new double[n];
    double sum = 0;
    for (int b = 0; b < n; b++) {
      row[b] = StrictMath.exp(c * z.applyAsDouble(b));
      sum += row[b];
    }
    for (int b = 0; b < n; b++) {
      row[b] /= sum;
    }
    return row;
  }

  public int vocab() {
    return probabilities.length;
  }

  /** P(next = b | current = a). */
  public double probability(int a, int b) {
    return probabilities[a][b];
  }

  /** A draw of the token after {@code a}. */
  int next(int a, Rng rng) {
    return sampler.sample(a, rng);
  }

  /** A walk of {@code length} tokens whose first is uniform. */
  int[] walk(Rng rng, int length) {
    int[] x = new int[length];
    x[0] = rng.nextInt(vocab());
    for (int t = 1; t < length; t++) {
      x[t] = sampler.sample(x[t - 1], rng);
    }
    return x;
  }

  /** The entropy of the next token in the long run, nats: sum over a of pi(a) H(P(. | a)). */
  public double entropy() {
    double[] pi = stationary();
    double sum = 0;
    for (int a = 0; a < pi.length; a++) {
      sum += pi[a] * entropy(probabilities[a]);
    }
    return sum;
  }

  /** The entropy of a distribution, nats. */
  static double entropy(double[] probabilities) {
    double sum = 0;
    for (double p : probabilities) {
      sum -= p > 0 ? p * StrictMath.log(p) : 0;
    }
    return sum;
  }

  /** The stationary distribution, [V], by power iteration to 1e-14. */
  public double[] stationary() {
    int v = vocab();
    double[] pi = new double[v];
    Arrays.fill(pi, 1.0 / v);
    for (int i = 0; i < POWER_ITERATIONS; i++) {
      double[] next = new double[v];
      for (int a = 0; a < v; a++) {
        for (int b = 0; b < v; b++) {
          next[b] += pi[a] * probabilities[a][b];
        }
      }
      double change = 0;
      for (int a = 0; a < v; a++) {
        change = Math.max(change, Math.abs(next[a] - pi[a]));
      }
      pi = next;
      if (change < 1e-14) {
        break;
      }
    }
    return pi;
  }
}
