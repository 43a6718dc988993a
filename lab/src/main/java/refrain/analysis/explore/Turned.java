package refrain.analysis.explore;

import org.hipparchus.linear.RealMatrix;

/**
 * How well what is written by A meets what is read by B, against chance: against A R B with R any
 * orthogonal matrix, which leaves all singular values as they are. With M = A^T A and N = B B^T, d
 * wide, ||A R B||^2 = tr(M R N R^T) has over all R the mean tr M tr N / d and the variance 2 m n /
 * ((d - 1) (d + 2)), m = tr M^2 - (tr M)^2 / d and n likewise of N.
 *
 * @param score ||A B|| / (||A|| ||B||); 0 where either is 0
 * @param z of ||A B||^2; NaN where every R gives the same
 */
record Turned(double score, double z) {
  /**
   * Of the squares.
   *
   * @param m A^T A, [d, d]
   * @param n B B^T, [d, d]
   */
  static Turned of(RealMatrix m, RealMatrix n) {
    double traces = m.getTrace() * n.getTrace();
    if (traces == 0) {
      return new Turned(0, Double.NaN);
    }
    int d = m.getRowDimension();
    double met = inner(m, n);
    double spread = centred(m) * centred(n);
    double sd = Math.sqrt(2 * spread / ((d - 1.0) * (d + 2.0)));
    // Of multiples of the identity all that differs is rounding.
    boolean alike = !(sd > 1e-12 * traces);
    return new Turned(
        Math.sqrt(Math.max(0, met) / traces), alike ? Double.NaN : (met - traces / d) / sd);
  }

  /** tr M^2 - (tr M)^2 / d, of a symmetric matrix. */
  private static double centred(RealMatrix m) {
    double trace = m.getTrace();
    return Math.max(0, inner(m, m) - trace * trace / m.getRowDimension());
  }

  /** tr(M N) of symmetric matrices. */
  private static double inner(RealMatrix m, RealMatrix n) {
    double sum = 0;
    for (int i = 0; i < m.getRowDimension(); i++) {
      for (int j = 0; j < m.getColumnDimension(); j++) {
        sum += m.getEntry(i, j) * n.getEntry(i, j);
      }
    }
    return sum;
  }
}
