package refrain.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LogSumExpTest {
  @Test
  void readsItsPartAndNeitherOverflowsNorVanishes() {
    float[] z = {99, 0, 1, 2, 99};
    double sum = 1 + Math.E + Math.E * Math.E;
    assertThat(LogSumExp.of(z, 1, 3)).isCloseTo(Math.log(sum), within(1e-12));
    assertThat(LogSumExp.of(new float[] {2000, 2000}, 0, 2))
        .isCloseTo(2000 + Math.log(2), within(1e-12));
    assertThat(LogSumExp.of(new float[] {-2000}, 0, 1)).isEqualTo(-2000);
  }
}
