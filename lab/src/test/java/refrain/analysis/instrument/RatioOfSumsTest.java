package refrain.analysis.instrument;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RatioOfSumsTest {
  /** Left out in turn, units 2/3 and 1/4 leave the ratios 1/4 and 2/3. */
  @Test
  void theErrorIsTheJackknifes() {
    RatioOfSums ratio = RatioOfSums.of(new double[] {2, 1}, new double[] {3, 4});
    double a = 1 / 4.0;
    double b = 2 / 3.0;
    double mean = (a + b) / 2;
    double expected = Math.sqrt(((a - mean) * (a - mean) + (b - mean) * (b - mean)) / 2);
    assertThat(ratio.value()).isCloseTo(3 / 7.0, within(1e-12));
    assertThat(ratio.error()).isCloseTo(expected, within(1e-12));
  }

  /** With wholes that are all 1 the ratio is a mean, and the error that of a mean. */
  @Test
  void overEqualWholesItIsAMean() {
    RatioOfSums mean = RatioOfSums.of(new double[] {1, 2, 6}, new double[] {1, 1, 1});
    assertThat(mean.value()).isEqualTo(3);
    assertThat(mean.error()).isCloseTo(Math.sqrt((4 + 1 + 9) / 2.0 / 3), within(1e-12));
  }

  @Test
  void proportionalPartsHaveNoError() {
    RatioOfSums half = RatioOfSums.of(new double[] {1, 3, 5}, new double[] {2, 6, 10});
    assertThat(half.value()).isEqualTo(.5);
    assertThat(half.error()).isCloseTo(0, within(1e-12));
  }

  @Test
  void thereIsNoShareOfNothing() {
    assertThat(RatioOfSums.of(new double[] {1, 2}, new double[2]).value()).isNaN();
    assertThat(RatioOfSums.of(new double[] {1}, new double[] {2}).error()).isNaN();
    assertThatThrownBy(() -> RatioOfSums.of(new double[2], new double[3]))
        .hasMessage("ratio of sums: expected a whole for each of 2 parts, found 3");
  }
}
