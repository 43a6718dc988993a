package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TargetLossesTest {
  /** a b c a b d: after the second a its b could be copied; what follows b is another token. */
  @Test
  void onlyWhatFollowedBeforeCouldBeCopied() {
    TargetLosses found =
        TargetLosses.of(new float[][] {{1, 2, 4, 8, 16}}, new int[][] {{0, 1, 2, 0, 1, 3}});
    assertThat(found.copyable()).isEqualTo(8);
    assertThat(found.others()).isEqualTo(23 / 4.0);
    assertThat(found.all()).isCloseTo(31 / 5.0, within(1e-12));
  }

  @Test
  void whereNothingRepeatsNothingCould() {
    TargetLosses found = TargetLosses.of(new float[][] {{3, 5}}, new int[][] {{0, 1, 2}});
    assertThat(found.copyable()).isNaN();
    assertThat(found.all()).isEqualTo(4);
  }
}
