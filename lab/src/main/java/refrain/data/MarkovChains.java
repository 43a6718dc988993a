package refrain.data;

import org.hipparchus.special.Gamma;
import refrain.base.Default;

/**
 * In-context Markov chains (Edelman et al. 2024): each sample draws a transition matrix of its own,
 * rows Dirichlet(concentration, ..., concentration), and walks through it from a uniform first
 * state. Nothing can be learned about the next token but from the context, and the best predictor
 * is known: {@link #bayes}.
 *
 * @param states k, the number of states and of tokens
 * @param concentration the parameter of the Dirichlet prior; 1 is uniform over distributions
 */
public record MarkovChains(@Default("3") int states, @Default("1") double concentration)
    implements DataSpec {
  private static final String KIND = "markov-chains";

  public MarkovChains {
    Require.between(KIND, "states", 2, 256, states);
    Require.between(KIND, "concentration", 1e-3, 1e3, concentration);
  }

  /** The mean over the prior of a row's entropy: psi(k alpha + 1) - psi(alpha + 1). */
  @Override
  public double entropy() {
    return Gamma.digamma(states * concentration + 1) - Gamma.digamma(concentration + 1);
  }

  @Override
  public DataSource open() {
    return DataSource.of(states, this::sample);
  }

  /**
   * The Bayes-optimal prediction of each next token, nats: [T, k] of log P(x[t + 1] = b | x[0..t])
   * = log((c_ab + alpha) / (c_a + k alpha)), where a = x[t], c_ab counts the transitions from a to
   * b in x[0..t] and c_a their sum. With alpha = 1 this is the add-one rule.
   *
   * @param tokens [T + 1], the last of them not read
   */
  public double[][] bayes(int[] tokens) {
    int context = tokens.length - 1;
    int[][] counts = new int[states][states];
    int[] totals = new int[states];
    double[][] logs = new double[context][states];
    for (int t = 0; t < context; t++) {
      int a = tokens[t];
      if (t > 0) {
        counts[tokens[t - 1]][a]++;
        totals[tokens[t - 1]]++;
      }
      double denominator = totals[a] + states * concentration;
      for (int b = 0; b < states; b++) {
        logs[t][b] = StrictMath.log((counts[a][b] + concentration) / denominator);
      }
    }
    return logs;
  }

  private int[] sample(Rng rng, int context) {
    double[][] cumulative = new double[states][states];
    for (double[] row : cumulative) {
      fillCumulative(rng, row);
    }
    int[] x = new int[context + 1];
    x[0] = rng.nextInt(states);
    for (int t = 1; t <= context; t++) {
      double[] row = cumulative[x[t - 1]];
      double u = rng.nextDouble() * row[states - 1];
      int b = 0;
      while (b < states - 1 && row[b] <= u) {
        b++;
      }
      x[t] = b;
    }
    return x;
  }

  private void fillCumulative(Rng rng, double[] row) {
    // Scaled by the largest: with a small concentration every draw may underflow.
    double largest = Double.NEGATIVE_INFINITY;
    for (int b = 0; b < row.length; b++) {
      row[b] = logGamma(rng, concentration);
      largest = Math.max(largest, row[b]);
    }
    double sum = 0;
    for (int b = 0; b < row.length; b++) {
      sum += StrictMath.exp(row[b] - largest);
      row[b] = sum;
    }
  }

  /** The logarithm of a Gamma(shape, 1) draw (Marsaglia and Tsang 2000; boosted below 1). */
  static double logGamma(Rng rng, double shape) {
    double boost = 0;
    double a = shape;
    if (a < 1) {
      boost = StrictMath.log(1 - rng.nextDouble()) / a;
      a += 1;
    }
    double d = a - 1.0 / 3;
    double c = 1 / StrictMath.sqrt(9 * d);
    while (true) {
      double x = rng.nextGaussian();
      double v = 1 + c * x;
      if (v > 0) {
        double cube = v * v * v;
        double u = 1 - rng.nextDouble();
        if (StrictMath.log(u) < x * x / 2 + d - d * cube + d * StrictMath.log(cube)) {
          return boost + StrictMath.log(d * cube);
        }
      }
    }
  }
}
