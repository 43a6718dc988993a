package refrain.stats;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DifferenceTest {
  /** From two noisy curves a seed to the interval: three standard errors of 40 simulations. */
  @Test
  void theDifferenceOfTwoChangeTimesIsCovered() {
    DifferenceCalibration.Truth truth = new DifferenceCalibration.Truth(0.1, 0.03, 0.5, 0.6);
    assertThat(DifferenceCalibration.coverage(truth, 40, 7)).isGreaterThanOrEqualTo(0.83);
  }
}
