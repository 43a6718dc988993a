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

  /** 12 configurations of 5 seeds that share their clock: slope 1, about 95 % of intervals. */
  @Test
  void theClusterIntervalHoldsTheSlope() {
    long seed = 55;
    SplittableRandom random = new SplittableRandom(seed);
    int covered = 0;
    double sum = 0;
    for (int simulation = 0; simulation < 150; simulation++) {
      double[] x = new double[60];
      double[] y = new double[60];
      int[] cluster = new int[60];
      for (int i = 0; i < 60; i++) {
        cluster[i] = i / 5;
      }
      for (int c = 0; c < 12; c++) {
        double clock = 7 + 0.5 * random.nextGaussian();
        double shared = 0.05 * random.nextGaussian();
        for (int i = 5 * c; i < 5 * c + 5; i++) {
          x[i] = clock + 0.1 * random.nextGaussian();
          y[i] = clock + shared + 0.1 * random.nextGaussian();
        }
      }
      Bootstrap slopes = Deming.slopes(x, y, cluster, 1, 399, simulation);
      Interval interval = slopes.expandedBca(0.95);
      sum += interval.estimate();
      covered += Simulated.holds(interval, 1) ? 1 : 0;
    }
    assertThat(sum / 150).as("mean slope, seed %d", seed).isCloseTo(1, within(0.02));
    assertThat(covered / 150.0).as("coverage, seed %d", seed).isBetween(0.84, 0.99);
  }

  @Test
  void saysWhatIsWrong() {
    double[] three = {1, 2, 3};
    assertThat(Deming.fit(three, new double[] {1, 0, 1}, 1).slope()).isNaN();
    assertThatThrownBy(() -> Deming.fit(three, three, 0))
        .hasMessageStartingWith("Deming regression: expected a ratio of error variances > 0");
    assertThatThrownBy(() -> Deming.slopes(three, three, new int[2], 1, 200, 1))
        .hasMessage(
            "Deming regression: expected a cluster for each of 3 pairs, found 2; give one each");
  }
}
