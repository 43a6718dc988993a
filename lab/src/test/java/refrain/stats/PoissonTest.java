package refrain.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PoissonTest {
  /** Garwood's table: 0 [0, 3.689], 9 [4.115, 17.085]. */
  @Test
  void intervalsAreGarwoods() {
    Interval none = Poisson.mean(0, 0.95);
    assertThat(none.low()).isZero();
    assertThat(none.high()).isCloseTo(-Math.log(0.025), within(1e-9));
    Interval nine = Poisson.mean(9, 0.95);
    assertThat(nine.estimate()).isEqualTo(9);
    assertThat(nine.low()).isCloseTo(4.115, within(5e-4));
    assertThat(nine.high()).isCloseTo(17.085, within(5e-4));
  }
}
