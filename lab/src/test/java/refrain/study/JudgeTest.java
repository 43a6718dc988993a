package refrain.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static refrain.study.Lies.ACROSS;
import static refrain.study.Lies.INSIDE;
import static refrain.study.Lies.OUTSIDE;
import static refrain.study.SimulatedRuns.atLeast;
import static refrain.study.SimulatedRuns.atMost;

import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.stats.Binomial;
import refrain.stats.Interval;

class JudgeTest {
  private static final double NONE = Double.NaN;

  private static Estimate estimate(SimulatedRuns runs, refrain.study.Test test) {
    return runs.judge().estimate(test);
  }

  private static Lies lies(SimulatedRuns runs, refrain.study.Test test) {
    return runs.judge().evidence(test).lies(0.05);
  }

  @Test
  void exactSeedsAreTheOneNearestToFailing() {
    SimulatedRuns runs = new SimulatedRuns().with("a", 0.9, 0.8, 1.0);
    Estimate e = estimate(runs, runs.ofX(Statistic.EVERY_SEED, atLeast(0.8)));
    assertThat(List.of(e.value(), e.low(), e.high())).containsOnly(0.8);
    assertThat(e.n()).isEqualTo(3);
    assertThat(e.values()).containsExactly(0.9, 0.8, 1.0);
    assertThat(e.exact()).isTrue();
    assertThat(e.p()).isZero();
    assertThat(lies(runs, runs.ofX(Statistic.EVERY_SEED, atLeast(0.8)))).isEqualTo(INSIDE);
    assertThat(lies(runs, runs.ofX(Statistic.EVERY_SEED, atLeast(0.81)))).isEqualTo(OUTSIDE);
  }

  @Test
  void everySeedNeedsAValueOfEachUnlessOneRefutesIt() {
    SimulatedRuns runs = new SimulatedRuns().with("a", 0.9, NONE, 1.0);
    Estimate e = estimate(runs, runs.ofX(Statistic.EVERY_SEED, atLeast(0.8)));
    assertThat(e.n()).isEqualTo(2);
    assertThat(e.missing()).isEqualTo(1);
    assertThat(e.p()).isEqualTo(1);
    assertThat(lies(runs, runs.ofX(Statistic.EVERY_SEED, atLeast(0.8)))).isEqualTo(ACROSS);
    assertThat(lies(runs, runs.ofX(Statistic.EVERY_SEED, atLeast(0.95)))).isEqualTo(OUTSIDE);
  }

  /** b - a is 1, 2 and 1; the fourth seed has no b. */
  @Test
  void aContrastIsOneNumberASeedOverItsVariants() {
    SimulatedRuns runs = new SimulatedRuns().with("a", 1.0, 2.0, 4.0, 7.0).with("b", 2.0, 4.0, 5.0);
    Estimate e = estimate(runs, contrast(List.of("a", "b"), List.of(-1.0, 1.0), Statistic.MEAN));
    assertThat(e.values()).containsExactly(1.0, 2.0, 1.0);
    assertThat(e.value()).isCloseTo(4 / 3.0, within(1e-12));
    assertThat(e.low()).isCloseTo(4 / 3.0 - 4.30265 / 3, within(1e-5));
    assertThat(contrast(List.of("a", "b"), List.of(-0.25, 1.0), Statistic.MEAN).words())
        .endsWith(", - 0.25 a + 1 b");
    assertThatThrownBy(() -> contrast(List.of("a", "b"), List.of(1.0), Statistic.MEAN))
        .hasMessage(
            "test: weights are [1.0], expected one for each of 2 variants, and the statistic MEAN");
    assertThatThrownBy(() -> contrast(List.of("a"), List.of(1.0), Statistic.SHARE))
        .hasMessageContaining("and the statistic MEAN");
  }

  private static refrain.study.Test contrast(
      List<String> variants, List<Double> weights, Statistic statistic) {
    return new refrain.study.Test(
        variants,
        weights,
        SimulatedRuns.X,
        null,
        null,
        null,
        null,
        Compare.VALUE,
        statistic,
        atLeast(0));
  }

  /** Two values, 2 +- 12.706 sqrt(2 / 2): t with one degree of freedom. */
  @Test
  void theMeanOfTwoSaysLittle() {
    SimulatedRuns runs = new SimulatedRuns().with("a", 1.0, 3.0);
    Estimate e = estimate(runs, runs.ofX(Statistic.MEAN, atLeast(1)));
    assertThat(e.value()).isEqualTo(2.0);
    assertThat(e.low()).isCloseTo(2 - 12.7062, within(1e-4));
    assertThat(lies(runs, runs.ofX(Statistic.MEAN, atLeast(1)))).isEqualTo(ACROSS);
  }

  /** -5 to 5: 0 +- t s/sqrt(12), t with 11 degrees of freedom is 2.201; p is two-sided. */
  @Test
  void pIsTheLeastLevelAtWhichTheIntervalClearsTheBar() {
    SimulatedRuns runs =
        new SimulatedRuns()
            .with("a", -5.0, -4.0, -3.0, -2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0);
    double reach = 2.200985 * Math.sqrt(110.5 / 11 / 12);
    Estimate mean = estimate(runs, runs.ofX(Statistic.MEAN, atLeast(-reach)));
    assertThat(mean.high()).isCloseTo(reach, within(1e-5));
    assertThat(mean.low()).isCloseTo(-reach, within(1e-5));
    assertThat(mean.p()).isCloseTo(0.05, within(1e-5));
    Estimate equal = estimate(runs, runs.ofX(Statistic.MEAN, SimulatedRuns.within(reach, 0)));
    assertThat(equal.p()).isCloseTo(0.05, within(1e-5));
    assertThat(estimate(runs, runs.ofX(Statistic.MEAN, atLeast(0.1))).p()).isEqualTo(1);
  }

  /** The runs of a seed share their language: (1 + 5) / 2, (2 + 8) / 2, (3 + 11) / 2. */
  @Test
  void severalVariantsAreAveragedWithinTheSeed() {
    SimulatedRuns runs = new SimulatedRuns().with("a", 1.0, 2.0, 3.0).with("b", 5.0, 8.0, 11.0);
    Estimate e = estimate(runs, runs.ofX(Statistic.MEAN, atLeast(0)));
    assertThat(e.values()).containsExactly(3.0, 5.0, 7.0);
    assertThat(e.n()).isEqualTo(3);
    SimulatedRuns hole = new SimulatedRuns().with("a", 1.0, 2.0, 3.0).with("b", 5.0, NONE, 11.0);
    assertThat(estimate(hole, hole.ofX(Statistic.MEAN, atLeast(0))).missing()).isEqualTo(1);
  }

  @Test
  void runsThatAreAllAlikeHaveNoIntervalButThemselves() {
    SimulatedRuns runs = new SimulatedRuns().with("a", 2.0, 2.0, 2.0);
    Estimate e = estimate(runs, runs.ofX(Statistic.MEAN, atMost(2)));
    assertThat(List.of(e.value(), e.low(), e.high())).containsOnly(2.0);
    assertThat(e.p()).isZero();
  }

  @Test
  void aMeanOfOneRunDecidesNothing() {
    SimulatedRuns runs = new SimulatedRuns().with("a", 2.0);
    Estimate e = estimate(runs, runs.ofX(Statistic.MEAN, atLeast(0)));
    assertThat(e.value()).isEqualTo(2.0);
    assertThat(e.low()).isNaN();
    assertThat(e.p()).isEqualTo(1);
  }

  /** A quarter of the seeds may be without a value; with more there is no estimate to judge. */
  @Test
  void manyMissingValuesAreNoValue() {
    SimulatedRuns quarter = new SimulatedRuns().with("a", 2.0, 2.1, 2.2, NONE);
    Estimate e = estimate(quarter, quarter.ofX(Statistic.MEAN, atLeast(1)));
    assertThat(e.p()).isLessThan(0.05);
    assertThat(e.n()).isEqualTo(3);
    assertThat(e.missing()).isEqualTo(1);
    SimulatedRuns third = new SimulatedRuns().with("a", 2.0, 2.1, NONE);
    assertThat(estimate(third, third.ofX(Statistic.MEAN, atLeast(1))).p()).isEqualTo(1);
    SimulatedRuns all = new SimulatedRuns().with("a", NONE, NONE);
    Estimate none = estimate(all, all.ofX(Statistic.MEAN, atLeast(1)));
    assertThat(none.value()).isNaN();
    assertThat(none.missing()).isEqualTo(2);
  }

  /** In seed 1 neither has it, in seed 2 one of the two: 2 of 4 seeds have it in both. */
  @Test
  void aShareHasItsExactInterval() {
    SimulatedRuns runs =
        new SimulatedRuns().with("a", 1.0, 0.49, 0.0, 1.0).with("b", 1.0, 0.4, 0.5, 1.0);
    Interval exact = new Binomial(2, 4).interval(0.95);
    Estimate e = estimate(runs, runs.ofX(Statistic.SHARE, atLeast(0.3)));
    assertThat(e.value()).isEqualTo(0.5);
    assertThat(e.low()).isEqualTo(exact.low());
    assertThat(e.high()).isEqualTo(exact.high());
    assertThat(estimate(runs, runs.ofX(Statistic.SHARE, atMost(0.9))).value()).isEqualTo(0.75);
  }

  /** y = 3 x^2: a line of slope 2 in logarithms, whichever variants are drawn. */
  @Test
  void theDirectionIsOneOfLogarithms() {
    SimulatedRuns runs =
        new SimulatedRuns()
            .with("a", new double[] {1, 2}, new double[] {3, 12})
            .with("b", new double[] {4, 8}, new double[] {48, 192})
            .with("c", new double[] {5, 9}, new double[] {75, 243});
    double two = Math.toDegrees(Math.atan(2));
    Estimate e = estimate(runs, runs.ofBoth(Statistic.DEMING_ANGLE, SimulatedRuns.within(1, 63)));
    assertThat(e.value()).isCloseTo(two, within(1e-9));
    assertThat(e.low()).isCloseTo(two, within(1e-9));
    assertThat(e.high()).isCloseTo(two, within(1e-9));
    assertThat(e.p()).isLessThan(1e-6);
  }

  @Test
  void aDirectionOfOneVariantIsNotKnown() {
    SimulatedRuns runs =
        new SimulatedRuns().with("a", new double[] {1, 2, 3, 4}, new double[] {1, 2, 3, 5});
    Estimate e = estimate(runs, runs.ofBoth(Statistic.DEMING_ANGLE, atLeast(0)));
    assertThat(e.value()).isNaN();
    assertThat(e.p()).isEqualTo(1);
  }

  /** 1 - 6 sum d^2 / (n (n^2 - 1)), d = 1, 1, 0, 0, 0. */
  @Test
  void ranksCorrelateAsByHand() {
    SimulatedRuns runs =
        new SimulatedRuns()
            .with("a", new double[] {1, 2, 3, 40, 500}, new double[] {0.2, 0.1, 3, 4, 5});
    Estimate e = estimate(runs, runs.ofBoth(Statistic.RANK_CORRELATION, atLeast(-0.9)));
    assertThat(e.value()).isCloseTo(0.9, within(1e-12));
    assertThat(e.low()).isBetween(-1.0, 0.9);
    assertThat(e.high()).isBetween(0.9, 1.0);
  }

  /** With two of six pairs missing there is a number to see, and none to judge. */
  @Test
  void manyMissingPairsLeaveARelationWithoutAValue() {
    double[] x = {1, 2, 3, 4, 5, 6};
    double[] y = {1, 2, 3, 4, NONE, NONE};
    SimulatedRuns runs = new SimulatedRuns().with("a", x, y);
    Estimate e = estimate(runs, runs.ofBoth(Statistic.RANK_CORRELATION, atLeast(-0.9)));
    assertThat(e.value()).isGreaterThan(0.9);
    assertThat(e.p()).isEqualTo(1);
    SimulatedRuns three =
        new SimulatedRuns().with("a", new double[] {1, 2, 3}, new double[] {1, 2, 3});
    assertThat(lies(three, three.ofBoth(Statistic.RANK_CORRELATION, atLeast(-0.9))))
        .isEqualTo(ACROSS);
  }

  @Test
  void runsAreComparedWithTheirOwnSeed() {
    SimulatedRuns runs =
        new SimulatedRuns().with("a", 2.0, 8.0, 30.0).with("b", 1.0, 2.0, null, 5.0);
    double[][] expected = {{2, 4}, {1, 6}, {Math.log(2), Math.log(4)}};
    Compare[] compares = {Compare.RATIO, Compare.DIFFERENCE, Compare.LOG_RATIO};
    for (int i = 0; i < 3; i++) {
      Estimate e =
          estimate(
              runs,
              new refrain.study.Test(
                  List.of("a"),
                  SimulatedRuns.X,
                  null,
                  "b",
                  null,
                  null,
                  compares[i],
                  Statistic.EVERY_SEED,
                  atLeast(0)));
      assertThat(e.values()).containsExactly(expected[i][0], expected[i][1]);
    }
  }

  @Test
  void aPairWithoutASecondNumberIsRefused() {
    assertThatThrownBy(() ->
            new refrain.study.Test(
                List.of("a"),
                SimulatedRuns.X,
                null,
                null,
                null,
                null,
                Compare.RATIO,
                Statistic.MEAN,
                atLeast(0)))
        .hasMessage("test: RATIO of 'dose.bias' needs 'other' or 'against'");
    assertThatThrownBy(() ->
            new refrain.study.Test(
                List.of("a"),
                SimulatedRuns.X,
                null,
                null,
                null,
                null,
                Compare.VALUE,
                Statistic.COUPLING,
                atLeast(0)))
        .hasMessage("test: COUPLING of 'dose.bias' needs 'other' or 'against'");
  }

  @Test
  void aPlaceboGoesWithACoupling() {
    assertThatThrownBy(() ->
            new refrain.study.Test(
                List.of("a"),
                SimulatedRuns.X,
                SimulatedRuns.Y,
                null,
                "formed",
                null,
                Compare.RATIO,
                Statistic.MEAN,
                atLeast(0)))
        .hasMessage(
            "test: 'placebo' and 'given' go with COUPLING only, found MEAN of 'dose.bias';"
                + " leave them out");
  }
}
