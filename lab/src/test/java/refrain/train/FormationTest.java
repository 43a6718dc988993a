package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FormationTest {
  /** Below a third of the threshold, where it changes nothing. */
  private static final double CHANCE = 0.05;

  private final Formation rule = new Formation(0.2, 3);

  @Test
  void theFirstOfThreeProbesInARowCounts() {
    assertThat(rule.index(new double[] {0.1, 0.2, 0.3, 0.4, 0.5}, CHANCE)).isEqualTo(1);
  }

  @Test
  void anExcursionDoesNotCount() {
    assertThat(rule.index(new double[] {0.1, 0.3, 0.3, 0.1, 0.3, 0.3, 0.3}, CHANCE)).isEqualTo(4);
  }

  @Test
  void aRunThatEndsTooSoonAfterTheCrossingHasNone() {
    assertThat(rule.index(new double[] {0.1, 0.1, 0.3, 0.3}, CHANCE)).isEqualTo(Formation.NONE);
    assertThat(rule.index(new double[0], CHANCE)).isEqualTo(Formation.NONE);
  }

  @Test
  void aScoreNearThatOfUniformAttentionIsNoHead() {
    double[] scores = {0.25, 0.3, 0.28, 0.25, 0.61, 0.7, 0.65};
    assertThat(rule.index(scores, 0.2)).isEqualTo(4);
    assertThat(rule.index(scores, 0.3)).isEqualTo(Formation.NONE);
    assertThat(rule.index(scores, Double.NaN)).isZero();
  }

  @Test
  void aScoreThatIsNotANumberBreaksTheRow() {
    assertThat(rule.index(new double[] {0.3, Double.NaN, 0.3, 0.3, 0.3}, CHANCE)).isEqualTo(2);
  }

  @Test
  void rulesOutOfRangeAreNamed() {
    assertThatThrownBy(() -> new Formation(1.5, 3)).hasMessageContaining("threshold is 1.5");
    assertThatThrownBy(() -> new Formation(0.2, 0)).hasMessageContaining("hold is 0");
  }
}
