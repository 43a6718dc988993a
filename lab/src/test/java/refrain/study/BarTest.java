package refrain.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BarTest {
  private static final Bar AT_LEAST = SimulatedRuns.atLeast(0.7);
  private static final Bar AT_MOST = SimulatedRuns.atMost(-0.2);
  private static final Bar WITHIN = SimulatedRuns.within(0.25, 1);

  private static Bar bar(Bar.Side side) {
    return switch (side) {
      case AT_LEAST -> AT_LEAST;
      case AT_MOST -> AT_MOST;
      case WITHIN -> WITHIN;
    };
  }

  /** An interval holds where all of it does, fails where none of it does; the bar itself holds. */
  @ParameterizedTest
  @CsvSource({
    "AT_LEAST, 0.7, 0.9, INSIDE",
    "AT_LEAST, 0.69, 0.9, ACROSS",
    "AT_LEAST, 0.1, 0.7, ACROSS",
    "AT_LEAST, 0.1, 0.69, OUTSIDE",
    "AT_MOST, -0.9, -0.2, INSIDE",
    "AT_MOST, -0.9, 0, ACROSS",
    "AT_MOST, -0.1, 0, OUTSIDE",
    "WITHIN, 0.75, 1.25, INSIDE",
    "WITHIN, 0.5, 1.1, ACROSS",
    "WITHIN, 0.5, 2, ACROSS",
    "WITHIN, 0.5, 0.74, OUTSIDE",
    "WITHIN, 1.26, 2, OUTSIDE",
    "AT_LEAST, NaN, NaN, ACROSS",
    "AT_LEAST, NaN, 0.1, OUTSIDE",
    "WITHIN, NaN, NaN, ACROSS",
  })
  void rulesOnIntervals(Bar.Side side, double low, double high, Lies expected) {
    assertThat(bar(side).lies(low, high)).isEqualTo(expected);
  }

  @Test
  void aNumberThatDoesNotExistNeverClears() {
    for (Bar.Side side : Bar.Side.values()) {
      assertThat(bar(side).holds(Double.NaN)).as("%s", side).isFalse();
      assertThat(bar(side).worse(Double.NaN, 1)).as("%s", side).isNaN();
      assertThat(bar(side).worse(1, Double.NaN)).as("%s", side).isNaN();
    }
  }

  @Test
  void aBarHoldsAllThatAStricterOneDoes() {
    assertThat(AT_LEAST.contains(SimulatedRuns.atLeast(0.8))).isTrue();
    assertThat(AT_LEAST.contains(SimulatedRuns.atLeast(0.6))).isFalse();
    assertThat(AT_LEAST.contains(SimulatedRuns.atMost(2))).isFalse();
    assertThat(AT_LEAST.contains(WITHIN)).isTrue();
    assertThat(WITHIN.contains(SimulatedRuns.within(0.1, 1.1))).isTrue();
    assertThat(WITHIN.contains(SimulatedRuns.within(0.2, 1.1))).isFalse();
    assertThat(WITHIN.contains(AT_LEAST)).isFalse();
  }

  @Test
  void theWorseIsTheOneNearerToFailing() {
    assertThat(AT_LEAST.worse(0.9, 0.8)).isEqualTo(0.8);
    assertThat(AT_MOST.worse(-0.9, -0.8)).isEqualTo(-0.8);
    assertThat(WITHIN.worse(0.9, 1.2)).isEqualTo(1.2);
    assertThat(WITHIN.worse(0.7, 1.2)).isEqualTo(0.7);
  }

  @Test
  void readsAsAPersonWouldWriteIt() {
    assertThat(AT_LEAST.words()).isEqualTo(">= 0.70");
    assertThat(AT_MOST.words()).isEqualTo("<= -0.20");
    assertThat(WITHIN.words()).isEqualTo("0.75 to 1.25");
    assertThat(SimulatedRuns.atMost(6300).words()).isEqualTo("<= 6300");
  }

  @Test
  void barsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> SimulatedRuns.atLeast(Double.NaN))
        .hasMessage("bar: expected finite numbers and a distance of 0 or more, found NaN, 0.0");
    assertThatThrownBy(() -> SimulatedRuns.within(-0.1, 1))
        .hasMessage("bar: expected finite numbers and a distance of 0 or more, found -0.1, 1.0");
    assertThatThrownBy(() -> new Bar(Bar.Side.AT_MOST, 0.1, 1))
        .hasMessage("bar: 'around' is 1.0 and goes with WITHIN only; set it to 0");
  }
}
