package refrain.probe;

import org.hipparchus.complex.Complex;
import org.hipparchus.linear.EigenDecompositionNonSymmetric;
import org.hipparchus.linear.RealMatrix;

/** Sums over the eigenvalues of a square matrix. */
final class Eigenvalues {
  /**
   * Added to every eigenvalue of a matrix of Frobenius norm 1 before they are searched for, and
   * taken off again. The search stops on errors relative to an eigenvalue's neighbours, which never
   * happens near the zeros of a matrix of lower rank; so none is near zero.
   */
  private static final double SHIFT = 2;

  /** Below this all eigenvalues of a matrix of norm 1 are rounding errors of zeros. */
  private static final double NOTHING = 1e-12;

  private Eigenvalues() {}

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
    double sum = 0;
    double absolute = 0;
    RealMatrix shifted = m.scalarMultiply(1 / size);
    for (int i = 0; i < m.getRowDimension(); i++) {
      shifted.addToEntry(i, i, SHIFT);
    }
    for (Complex lambda : new EigenDecompositionNonSymmetric(shifted).getEigenvalues()) {
      sum += lambda.getRealPart() - SHIFT;
      absolute += lambda.subtract(SHIFT).norm();
    }
    return absolute < NOTHING ? 0 : sum / absolute;
  }
}
