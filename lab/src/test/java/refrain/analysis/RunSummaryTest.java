package refrain.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import refrain.train.Formation;

class RunSummaryTest {
  /** Forms heads at step 40 of 100; the ICL score falls by 1.5 between steps 30 and 40. */
  private static final Curves FORMED =
      new Curves(
          new long[] {0, 10, 20, 30, 40, 50, 60},
          new double[] {0, 1, 2, 3, 4, 5, 6},
          new double[] {5, 5, 5, 5, 4, 3, 3},
          new double[] {0, -.1, -.2, -.5, -2.0, -2.5, -2.6},
          new double[] {.05, .05, .06, .09, .5, .8, .9},
          .05,
          new double[] {.1, .1, .2, .3, .4, .4, .4},
          new double[7][0]);

  private static RunSummary summary(String variant, Curves curves) {
    return RunSummary.of(variant, 0, "id", curves, Formation.DEFAULT, 100, 40, 1.5);
  }

  @Test
  void aRunThatFormedHeadsIsComparedWithATenthOfTrainingBefore() {
    RunSummary s = summary("2L", FORMED);
    assertThat(s.formationStep()).isEqualTo(40);
    assertThat(s.iclBefore()).isEqualTo(-.5);
    assertThat(s.iclAfter()).isEqualTo(-2.6);
    assertThat(s.prefixMatchingBefore()).isEqualTo(.09);
    assertThat(s.prefixMatching()).isEqualTo(.9);
    assertThat(s.prefixMatchingMax()).isEqualTo(.9);
    assertThat(s.iclMove()).isCloseTo(1.5, within(1e-12));
    assertThat(s.tokens()).isEqualTo(6);
    assertThat(s.steps()).isEqualTo(60);
  }

  @Test
  void aRunThatFormedNoneIsComparedWithHalfOfItsSteps() {
    Curves none =
        new Curves(
            FORMED.steps(),
            FORMED.tokens(),
            FORMED.loss(),
            FORMED.icl(),
            new double[] {.05, .05, .06, .05, .07, .05, .04},
            FORMED.chance(),
            FORMED.previousToken(),
            FORMED.lossByIndex());
    RunSummary s = summary("1L", none);
    assertThat(s.formationStep()).isNull();
    assertThat(s.prefixMatchingBefore()).isEqualTo(.05);
    assertThat(s.prefixMatchingMax()).isEqualTo(.07);
  }
}
