package refrain.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.hipparchus.linear.EigenDecompositionSymmetric;
import org.hipparchus.linear.MatrixUtils;
import org.junit.jupiter.api.Test;

class DemingTest {
  @Test
  void withEqualErrorsItIsThePrincipalAxis() {
    for (int seed = 0; seed < 6; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      double[] x = Simulated.normal(9, 1, 1, random);
      double[] y = Simulated.normal(9, 2, 1 + seed, random);
      double sxy = Samples.cross(x, y);
      double[] axis =
          new EigenDecompositionSymmetric(
                  MatrixUtils.createRealMatrix(
                      new double[][] {{Samples.cross(x, x), sxy}, {sxy, Samples.cross(y, y)}}))
              .getEigenvector(0)
              .toArray();
      Deming line = Deming.fit(x, y, 1);
      double slope = axis[1] / axis[0];
      assertThat(line.slope()).as("seed %d", seed).isCloseTo(slope, within(1e-9 * Math.abs(slope)));
      assertThat(line.intercept() + line.slope() * Samples.mean(x))
          .isCloseTo(Samples.mean(y), within(1e-9));
    }
  }

  @Test
  void withErrorOnOneSideOnlyItIsLeastSquares() {
    SplittableRandom random = new SplittableRandom(8);
    double[] x = Simulated.normal(10, 0, 1, random);
    double[] y = Simulated.normal(10, 0, 1, random);
    double sxy = Samples.cross(x, y);
    assertThat(Deming.fit(x, y, 1e12).slope()).isCloseTo(sxy / Samples.cross(x, x), within(1e-9));
    assertThat(1 / Deming.fit(x, y, 1e-12).slope())
        .isCloseTo(sxy / Samples.cross(y, y), within(1e-9));
    assertThat(Deming.fit(x, y, 2.5).slope() * Deming.fit(y, x, 0.4).slope())
        .isCloseTo(1, within(1e-12));
  }

  @Test
  void saysWhatIsWrong() {
    double[] three = {1, 2, 3};
    assertThat(Deming.fit(three, new double[] {1, 0, 1}, 1).slope()).isNaN();
    assertThatThrownBy(() -> Deming.fit(three, three, 0))
        .hasMessageStartingWith("Deming regression: expected a ratio of error variances > 0");
  }
}
