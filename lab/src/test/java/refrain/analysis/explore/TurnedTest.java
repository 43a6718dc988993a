package refrain.analysis.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.QRDecomposition;
import org.hipparchus.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import refrain.data.Rng;

class TurnedTest {
  private static RealMatrix normal(Rng rng, int rows, int columns) {
    double[][] m = new double[rows][columns];
    for (double[] row : m) {
      Arrays.setAll(row, i -> rng.nextGaussian());
    }
    return new Array2DRowRealMatrix(m, false);
  }

  /**
   * Uniform over all orthogonal matrices: Q of a normal matrix, its signs those of R's diagonal.
   */
  private static RealMatrix orthogonal(Rng rng, int d) {
    QRDecomposition qr = new QRDecomposition(normal(rng, d, d));
    RealMatrix q = qr.getQ();
    for (int j = 0; j < d; j++) {
      if (qr.getR().getEntry(j, j) < 0) {
        for (int i = 0; i < d; i++) {
          q.setEntry(i, j, -q.getEntry(i, j));
        }
      }
    }
    return q;
  }

  @Test
  void zIsAgainstAllTurnsOfWhatIsRead() {
    Rng rng = Rng.of(4);
    int d = 7;
    RealMatrix a = normal(rng, 3, d);
    RealMatrix b = normal(rng, d, 2);
    RealMatrix m = a.transposeMultiply(a);
    RealMatrix n = b.multiplyTransposed(b);
    int draws = 40_000;
    double mean = 0;
    double squares = 0;
    for (int i = 0; i < draws; i++) {
      double met = a.multiply(orthogonal(rng, d)).multiply(b).getFrobeniusNorm();
      mean += met * met / draws;
      squares += met * met * met * met / draws;
    }
    double sd = Math.sqrt(squares - mean * mean);
    double own = a.multiply(b).getFrobeniusNorm();
    Turned turned = Turned.of(m, n);
    assertThat(turned.score())
        .isEqualTo(own / a.getFrobeniusNorm() / b.getFrobeniusNorm(), within(1e-12));
    assertThat(turned.z()).isEqualTo((own * own - mean) / sd, within(.03));
  }

  @Test
  void whatEveryTurnLeavesAloneHasNoZ() {
    RealMatrix one = MatrixUtils.createRealIdentityMatrix(5);
    assertThat(Turned.of(one, one)).isEqualTo(new Turned(1 / Math.sqrt(5), Double.NaN));
    assertThat(Turned.of(one.scalarMultiply(0), one)).isEqualTo(new Turned(0, Double.NaN));
  }
}
