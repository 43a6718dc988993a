package refrain.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class EarlyLossTest {
  /** 5 to 1: half is 3, a quarter of the way from 3.5 at 20 to 1.5 at 40. */
  @Test
  void halfIsReadBetweenProbes() {
    double half = EarlyLoss.half(new long[] {0, 10, 20, 40, 50}, new double[] {5, 4, 3.5, 1.5, 1});
    assertThat(half).isCloseTo(25, within(1e-12));
    assertThat(EarlyLoss.half(new long[] {0, 10}, new double[] {5, 3})).isEqualTo(5);
  }

  @Test
  void whatDoesNotFallHasNone() {
    assertThat(EarlyLoss.half(new long[] {0, 10}, new double[] {3, 4})).isNaN();
    assertThat(EarlyLoss.half(new long[] {0}, new double[] {3})).isNaN();
    assertThat(EarlyLoss.half(new long[0], new double[0])).isNaN();
    assertThat(EarlyLoss.half(new long[] {0, 10}, new double[] {3, Double.NaN})).isNaN();
  }
}
