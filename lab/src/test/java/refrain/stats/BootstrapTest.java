package refrain.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BootstrapTest {
  private static double error(double[] sample, int draws, long seed) {
    return Bootstrap.error(sample.length, u -> Samples.mean(Samples.at(sample, u)), draws, seed);
  }

  /** Of a mean: the standard deviation, with n - 1 below, over sqrt(n). */
  @Test
  void standardErrorOfAMeanIsItsClosedForm() {
    double[] sample = Simulated.normal(15, 2, 3, new SplittableRandom(4));
    double exact = StudentT.of(sample).error();
    assertThat(error(sample, 20_000, 9)).isCloseTo(exact, within(0.02 * exact));
    assertThat(error(new double[] {3, 3, 3}, 200, 1)).isZero();
  }

  @Test
  void theSeedIsAllThereIs() {
    double[] sample = Simulated.normal(12, 0, 1, new SplittableRandom(1));
    assertThat(error(sample, 500, 8)).isEqualTo(error(sample, 500, 8));
    assertThat(error(sample, 500, 9)).isNotEqualTo(error(sample, 500, 8));
  }

  @Test
  void saysWhatIsWrong() {
    double[] two = {1, 2};
    assertThatThrownBy(() -> error(two, 50, 1))
        .hasMessage(
            "bootstrap: expected at least 2 units and 100 draws, found 2 and 50; add seeds or draws");
    assertThatThrownBy(() -> Bootstrap.error(2, units -> Double.NaN, 200, 1))
        .hasMessage(
            "bootstrap: expected a statistic that is defined, found NaN, undefined on 200 of 200"
                + " draws; add seeds or configurations");
  }
}
