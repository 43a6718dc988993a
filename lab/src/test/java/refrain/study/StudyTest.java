package refrain.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.store.Json;
import refrain.study.Claim.Side;
import refrain.study.Verdict.Ruling;
import refrain.train.Formation;

class StudyTest {
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
    return RunSummary.of(variant, 0, "id", curves, Formation.DEFAULT, 100, 1.5);
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

  @Test
  void estimatesOfRunsAndTheirControls() {
    RunSummary control = summary("2L", FORMED);
    RunSummary early = new RunSummary("x", 0, "id", 10, 0, -1.3, .8, .2, 0, 0, 0, 0, 0, 0);
    assertThat(Estimate.FORMATION_OVER_CONTROL.of(early, control)).isEqualTo(0.25);
    assertThat(Estimate.FORMATION_DISTANCE.of(early, control)).isEqualTo(0.75);
    assertThat(Estimate.ICL_SHARE_OF_CONTROL.of(early, control)).isEqualTo(0.5);
    assertThat(Estimate.FORMED.of(early, null)).isEqualTo(1);
    assertThat(Estimate.FORMATION_OVER_CONTROL.of(early, null)).isNaN();
  }

  @Test
  void aClaimHoldsWhenEverySeedClearsTheBar() {
    Claim least = claim(Side.AT_LEAST);
    assertThat(Verdict.of(least, List.of(.8, .71)).ruling()).isEqualTo(Ruling.HOLDS);
    assertThat(Verdict.of(least, List.of(.8, .71)).measured()).isEqualTo(.71);
    assertThat(Verdict.of(least, List.of(.8, .69)).ruling()).isEqualTo(Ruling.FAILS);
    assertThat(Verdict.of(least, List.of(.8, Double.NaN)).ruling()).isEqualTo(Ruling.FAILS);
    assertThat(Verdict.of(least, List.of()).ruling()).isEqualTo(Ruling.UNDECIDED);
    assertThat(Verdict.of(claim(Side.AT_MOST), List.of(.7, .2)).ruling()).isEqualTo(Ruling.HOLDS);
    assertThat(Verdict.of(claim(Side.AT_MOST), List.of(.7, .2)).measured()).isEqualTo(.7);
  }

  private static Claim claim(Side side) {
    return new Claim("id", "s", "v", Estimate.PREFIX_MATCHING_AFTER, side, .7, "why");
  }

  @Test
  void theStudiesThatComeWithTheProgramAreWhole() {
    Study study = Study.named("reproduce");
    assertThat(study.variants())
        .extracting(Variant::name)
        .containsExactly(
            "2L",
            "1L",
            "1L-smeared",
            "2L-smeared",
            "1L-smeared-from-2",
            "2L-smeared-from-0",
            "code-1L",
            "code-1L-smeared");
    assertThat(study.cells()).hasSize(6 * 3 + 2);
    assertThat(study.cells().stream().map(Study.Cell::id).distinct()).hasSize(20);
    assertThat(study.withSeeds(5).cells()).hasSize(6 * 5 + 2);
    assertThat(Study.named("code").cells()).hasSize(1);
    assertThat(Study.of(Json.tree(study), "again")).isEqualTo(study);
  }

  @Test
  void studiesThatCannotBeAreRefused() {
    assertThatThrownBy(() -> Study.named("nothing")).hasMessageContaining("no study 'nothing'");
    Variant alone =
        new Variant("a", "tiny", Json.object(), 0, null, Variant.Settled.AT_TWICE_CONTROL);
    assertThatThrownBy(() -> new Study("s", "t", 1, 0, 0, List.of(alone), List.of()))
        .hasMessageContaining("stops at twice its control's step and has no control");
    Variant lost = new Variant("a", "tiny", Json.object(), 0, "b", Variant.Settled.AT_END);
    assertThatThrownBy(() -> new Study("s", "t", 1, 0, 0, List.of(lost), List.of()))
        .hasMessageContaining("the control of variant 'a' is 'b'; there are a");
  }
}
