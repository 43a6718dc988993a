package refrain.stats;

import java.util.SplittableRandom;

/**
 * Noise whose neighbours are correlated: e_i = phi e_(i-1) + innovation, stationary from the first.
 *
 * <p>Generalised least squares needs products x' Omega^-1 y for many phi. With the exact inverse
 * they are a quadratic in phi: a + phi^2 (a - ends) - phi c, where a = sum x_i y_i, ends = the
 * first and last of these, c = sum x_i (y_(i-1) + y_(i+1)). So every product is summed once and
 * read at any phi (the whitening is Prais and Winsten 1954).
 */
final class Ar1 {
  /** Beyond, the noise is a random walk for any curve that we see, and whitening loses digits. */
  private static final double LIMIT = 0.98;

  private Ar1() {}

  /** The sums of a product x' Omega^-1 y, unit innovations. */
  record Product(double a, double ends, double c) {
    static Product of(double[] x, double[] y) {
      int n = x.length;
      double a = 0;
      for (int i = 0; i < n; i++) {
        a += x[i] * y[i];
      }
      double c = 0;
      for (int i = 1; i < n; i++) {
        c += x[i] * y[i - 1] + x[i - 1] * y[i];
      }
      return new Product(a, x[0] * y[0] + x[n - 1] * y[n - 1], c);
    }

    double at(double phi) {
      return a + phi * phi * (a - ends) - phi * c;
    }
  }

  /** Correlation of neighbouring residuals, as it is. */
  static double raw(double[] residuals) {
    double both = 0;
    double squares = 0;
    for (int i = 1; i < residuals.length; i++) {
      both += residuals[i] * residuals[i - 1];
      squares += residuals[i - 1] * residuals[i - 1];
    }
    return squares == 0 ? 0 : both / squares;
  }

  /**
   * phi + (1 + 3 phi) / n, the first-order correction of its bias towards 0 (Kendall 1954, "Note on
   * bias in the estimation of autocorrelation").
   */
  static double corrected(double phi, int n) {
    return Math.clamp(phi + (1 + 3 * phi) / n, -LIMIT, LIMIT);
  }

  /** Noise with unit innovations. */
  static double[] simulate(int n, double phi, SplittableRandom random) {
    double[] noise = new double[n];
    double last = random.nextGaussian() / Math.sqrt(1 - phi * phi);
    for (int i = 0; i < n; i++) {
      noise[i] = last;
      last = phi * last + random.nextGaussian();
    }
    return noise;
  }
}
