package refrain.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class BenjaminiHochbergTest {
  /** The paper's own example, section 3.2: of fifteen tests four are discoveries at .05. */
  private static final double[] PAPER = {
    .0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528,
    .7590, 1.0
  };

  @Test
  void thePapersExampleHasFourDiscoveries() {
    boolean[] found = BenjaminiHochberg.discoveries(PAPER, .05);
    for (int i = 0; i < PAPER.length; i++) {
      assertThat(found[i]).as("p = %s", PAPER[i]).isEqualTo(i < 4);
    }
  }

  @Test
  void theOrderOfTheTestsIsKeptAndOneThatIsNotMadeIsNone() {
    assertThat(BenjaminiHochberg.discoveries(new double[] {.9, Double.NaN, .01, .02}, .05))
        .containsExactly(false, false, true, true);
    // k = 2 is large enough although k = 1 alone is not.
    assertThat(BenjaminiHochberg.discoveries(new double[] {.04, .045}, .05))
        .containsExactly(true, true);
    assertThat(BenjaminiHochberg.discoveries(new double[0], .05)).isEmpty();
  }

  @Test
  void whatIsNoProbabilityIsRefused() {
    assertThatThrownBy(() -> BenjaminiHochberg.discoveries(new double[] {1.5}, .05))
        .hasMessageContaining("expected p-values from 0 to 1, found 1.5");
  }

  /** Student 1908, "The probable error of a mean": the gain of hours of sleep on two drugs. */
  @Test
  void studentsSleepersDifferAsHeSays() {
    double[] gains = {1.2, 2.4, 1.3, 1.3, 0, 1.0, 1.8, .8, 4.6, 1.4};
    assertThat(StudentT.of(gains).p(0)).isCloseTo(.00283289, within(1e-8));
  }

  @Test
  void differencesThatAreAllAlikeAreCertainUnlessTheyAreNone() {
    assertThat(StudentT.of(new double[] {.5, .5, .5}).p(0)).isZero();
    assertThat(StudentT.of(new double[] {0, 0, 0}).p(0)).isEqualTo(1);
  }
}
