package refrain.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Statistics against simulated runs of known truth, within three standard errors of the few
 * simulations that a test affords; {@link JudgeCalibration} takes more.
 */
class JudgeCoverageTest {
  @Test
  void meansOfADozenSeedsAreCovered() {
    double covered = JudgeCalibration.mean(12, SplittableRandom::nextGaussian, 0, 400, 11);
    assertThat(covered).as("normal, expected .950").isBetween(0.915, 0.985);
  }

  @Test
  void equivalenceErrsAtItsLevel() {
    double positive = JudgeCalibration.equivalence(12, JudgeCalibration.TEN_PERCENT, 400, 12);
    assertThat(positive).as("at the margin, expected .051").isBetween(0.015, 0.085);
  }

  @Test
  void sharesAreCoveredAtLeast() {
    assertThat(JudgeCalibration.share(12, 0.8, 1000, 13)).isGreaterThan(0.95 - 0.02);
  }

  @Test
  void slopesOfTwoUncertainDatesAreCovered() {
    double covered = JudgeCalibration.deming(12, 4, 60, 14);
    assertThat(covered).as("expected .948").isBetween(0.86, 1.0);
  }

  @Test
  void couplingErrsAtItsLevelAndFindsWhatIsThere() {
    assertThat(JudgeCalibration.coupling(12, 4, 0, 120, 15)).isBetween(0.0, 0.12);
    assertThat(JudgeCalibration.coupling(12, 4, 0.7, 20, 16)).isGreaterThan(0.9);
  }

  @Test
  void rankCorrelationsAreCovered() {
    assertThat(JudgeCalibration.rank(30, 0.8, 60, 17)).as("expected .966").isGreaterThan(0.88);
  }
}
