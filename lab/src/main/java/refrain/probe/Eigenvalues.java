package refrain.probe;

import org.hipparchus.linear.RealMatrix;
import refrain.base.RefrainException;

/**
 * The eigenvalues of a real square matrix: Householder reflections to Hessenberg form, then shifted
 * QR steps in complex arithmetic (Golub and Van Loan 2013, sections 7.4 and 7.5).
 *
 * <p>A subdiagonal entry counts as zero once it is a rounding error of the whole matrix, not of its
 * neighbours on the diagonal: the circuits measured here have low rank and with it many eigenvalues
 * that are zero, near which a library's neighbour-relative rule gave errors of several per cent.
 */
final class Eigenvalues {
  private static final double EPSILON = 0x1p-52;
  private static final int MAX_STEPS = 60;

  private final int n;
  private final double[][] re;
  private final double[][] im;
  private final double negligible;

  /**
   * @param m square, every entry finite
   */
  Eigenvalues(RealMatrix m) {
    n = m.getRowDimension();
    re = m.getData();
    im = new double[n][n];
    negligible = EPSILON * m.getFrobeniusNorm();
    hessenberg();
    int last = n - 1;
    int steps = 0;
    while (last > 0) {
      int first = blockStart(last);
      if (first == last) {
        last--;
        steps = 0;
      } else if (++steps > MAX_STEPS) {
        throw RefrainException.badInput(
            ("eigenvalues of a matrix [%s, %s] were not found in %s steps each; its weights "
                    + "may be about to diverge")
                .formatted(n, n, MAX_STEPS));
      } else {
        step(first, last, steps);
      }
    }
  }

  /**
   * The sum of the eigenvalues over the sum of their absolute values: 1 when all are positive, -1
   * when all are negative, about 0 for a random matrix. 0 for a matrix of zeros; NaN where an entry
   * is not finite.
   */
  static double positivity(RealMatrix m) {
    double size = m.getFrobeniusNorm();
    if (size == 0 || !Double.isFinite(size)) {
      return size == 0 ? 0 : Double.NaN;
    }
    double absolute = new Eigenvalues(m).absoluteSum();
    return absolute <= m.getRowDimension() * EPSILON * size ? 0 : m.getTrace() / absolute;
  }

  /** The sum of the absolute values. */
  private double absoluteSum() {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Math.hypot(re[i][i], im[i][i]);
    }
    return sum;
  }

  /** Zeros below the subdiagonal: H = Q^T M Q. */
  private void hessenberg() {
    for (int k = 0; k + 2 < n; k++) {
      double[] v = new double[n];
      double norm = 0;
      for (int i = k + 1; i < n; i++) {
        v[i] = re[i][k];
        norm = Math.hypot(norm, v[i]);
      }
      if (norm > negligible) {
        v[k + 1] += Math.copySign(norm, v[k + 1]);
        double squared = 0;
        for (int i = k + 1; i < n; i++) {
          squared += v[i] * v[i];
        }
        reflect(v, 2 / squared, k + 1);
      }
      for (int i = k + 2; i < n; i++) {
        re[i][k] = 0;
      }
    }
  }

  private void reflect(double[] v, double scale, int from) {
    for (int j = 0; j < n; j++) {
      double dot = 0;
      for (int i = from; i < n; i++) {
        dot += v[i] * re[i][j];
      }
      for (int i = from; i < n; i++) {
        re[i][j] -= scale * dot * v[i];
      }
    }
    for (double[] row : re) {
      double dot = 0;
      for (int j = from; j < n; j++) {
        dot += v[j] * row[j];
      }
      for (int j = from; j < n; j++) {
        row[j] -= scale * dot * v[j];
      }
    }
  }

  /** Where the unreduced block that ends at {@code last} starts. */
  private int blockStart(int last) {
    int first = last;
    while (first > 0) {
      double below = Math.hypot(re[first][first - 1], im[first][first - 1]);
      if (below <= negligible) {
        re[first][first - 1] = 0;
        im[first][first - 1] = 0;
        return first;
      }
      first--;
    }
    return first;
  }

  /** One QR step on a block: H - s = Q R, then H = R Q + s, with Givens rotations. */
  private void step(int first, int last, int count) {
    double[] s = shift(last);
    if (count % 10 == 0) {
      // Where steps go in circles, as on a permutation, an arbitrary shift breaks the symmetry.
      s[0] += .75 * Math.hypot(re[last][last - 1], im[last][last - 1]);
    }
    for (int i = first; i <= last; i++) {
      re[i][i] -= s[0];
      im[i][i] -= s[1];
    }
    // [c, d] conjugated makes [a; b] into [r; 0], c = a / r and d = b / r.
    double[][] c = new double[last][];
    for (int k = first; k < last; k++) {
      double r = Math.hypot(Math.hypot(re[k][k], im[k][k]), Math.hypot(re[k + 1][k], im[k + 1][k]));
      c[k] =
          r == 0
              ? new double[] {1, 0, 0, 0}
              : new double[] {re[k][k] / r, im[k][k] / r, re[k + 1][k] / r, im[k + 1][k] / r};
      rotateRows(k, last, c[k]);
    }
    for (int i = first; i <= last; i++) {
      rotateColumns(i, Math.max(first, i - 1), last, c);
    }
    for (int i = first; i <= last; i++) {
      re[i][i] += s[0];
      im[i][i] += s[1];
    }
  }

  /** [x; y] becomes [conj(c) x + conj(d) y; c y - d x] in rows k and k + 1, from column k on. */
  private void rotateRows(int k, int last, double[] g) {
    double cr = g[0];
    double ci = g[1];
    double dr = g[2];
    double di = g[3];
    double[] x = re[k];
    double[] xi = im[k];
    double[] y = re[k + 1];
    double[] yi = im[k + 1];
    for (int j = k; j <= last; j++) {
      double ar = x[j];
      double ai = xi[j];
      double br = y[j];
      double bi = yi[j];
      x[j] = cr * ar + ci * ai + dr * br + di * bi;
      xi[j] = cr * ai - ci * ar + dr * bi - di * br;
      y[j] = cr * br - ci * bi - dr * ar + di * ai;
      yi[j] = cr * bi + ci * br - dr * ai - di * ar;
    }
  }

  /**
   * [x, y] becomes [c x + d y, conj(c) y - conj(d) x] in row i, columns k and k + 1, one k after
   * the other: the inverse, from the right.
   */
  private void rotateColumns(int i, int from, int last, double[][] g) {
    double[] row = re[i];
    double[] rowI = im[i];
    for (int k = from; k < last; k++) {
      double cr = g[k][0];
      double ci = g[k][1];
      double dr = g[k][2];
      double di = g[k][3];
      double xr = row[k];
      double xi = rowI[k];
      double yr = row[k + 1];
      double yi = rowI[k + 1];
      row[k] = cr * xr - ci * xi + dr * yr - di * yi;
      rowI[k] = cr * xi + ci * xr + dr * yi + di * yr;
      row[k + 1] = cr * yr + ci * yi - dr * xr - di * xi;
      rowI[k + 1] = cr * yi - ci * yr - dr * xi + di * xr;
    }
  }

  /** Wilkinson's: the eigenvalue of the last 2 x 2 block nearer to its last entry, as {re, im}. */
  private double[] shift(int last) {
    int k = last - 1;
    // With h half the difference of the diagonal and q the product of the others:
    // d - q / (h + sign sqrt(h^2 + q)), the sign that makes the divisor large.
    double hr = (re[k][k] - re[last][last]) / 2;
    double hi = (im[k][k] - im[last][last]) / 2;
    double qr = re[k][last] * re[last][k] - im[k][last] * im[last][k];
    double qi = re[k][last] * im[last][k] + im[k][last] * re[last][k];
    double tr = hr * hr - hi * hi + qr;
    double ti = 2 * hr * hi + qi;
    double size = Math.hypot(tr, ti);
    double rootRe = Math.sqrt(Math.max(0, (size + tr) / 2));
    double rootIm = Math.copySign(Math.sqrt(Math.max(0, (size - tr) / 2)), ti);
    double sign = hr * rootRe + hi * rootIm < 0 ? -1 : 1;
    double br = hr + sign * rootRe;
    double bi = hi + sign * rootIm;
    double b = br * br + bi * bi;
    if (b == 0) {
      return new double[] {re[last][last], im[last][last]};
    }
    return new double[] {
      re[last][last] - (qr * br + qi * bi) / b, im[last][last] - (qi * br - qr * bi) / b
    };
  }
}
