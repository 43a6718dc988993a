package refrain.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static refrain.study.SimulatedRuns.atLeast;
import static refrain.study.SimulatedRuns.atMost;
import static refrain.study.Verdict.Ruling.FAILS;
import static refrain.study.Verdict.Ruling.HOLDS;
import static refrain.study.Verdict.Ruling.UNDECIDED;

import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.stats.Binomial;
import refrain.stats.Interval;

class JudgeTest {
  private static final double NONE = Double.NaN;

  private static Estimate estimate(SimulatedRuns runs, refrain.study.Test test) {
    return runs.judge().estimate(test);
  }

  @Test
  void everySeedIsTheOneNearestToFailing() {
    SimulatedRuns runs = new SimulatedRuns().with("a", 0.9, 0.8, 1.0);
    Estimate e = estimate(runs, runs.ofX(Statistic.EVERY_SEED, atLeast(0.8)));
    assertThat(e.value()).isEqualTo(0.8);
    assertThat(e.low()).isEqualTo(0.8);
    assertThat(e.high()).isEqualTo(1.0);
    assertThat(e.n()).isEqualTo(3);
    assertThat(e.values()).containsExactly(0.9, 0.8, 1.0);
    assertThat(e.ruling()).isEqualTo(HOLDS);
    assertThat(estimate(runs, runs.ofX(Statistic.EVERY_SEED, atLeast(0.81))).ruling())
        .isEqualTo(FAILS);
  }

  @Test
  void everySeedFailsWhereOneHasNoValue() {
    SimulatedRuns runs = new SimulatedRuns().with("a", 0.9, NONE, 1.0);
    Estimate e = estimate(runs, runs.ofX(Statistic.EVERY_SEED, atLeast(0.8)));
    assertThat(e.value()).isNaN();
    assertThat(e.low()).isEqualTo(0.9);
    assertThat(e.n()).isEqualTo(2);
    assertThat(e.missing()).isEqualTo(1);
    assertThat(e.ruling()).isEqualTo(FAILS);
  }

  /** Two values give 2^2 resamples: means 1, 2, 2, 3; the expanded tails of n = 2 are the ends. */
  @Test
  void theMeanOfTwoReachesFromOneToTheOther() {
    SimulatedRuns runs = new SimulatedRuns().with("a", 1.0, 3.0);
    Estimate e = estimate(runs, runs.ofX(Statistic.MEAN, atLeast(1)));
    assertThat(e.value()).isEqualTo(2.0);
    assertThat(e.low()).isEqualTo(1.0);
    assertThat(e.high()).isEqualTo(3.0);
    assertThat(e.ruling()).isEqualTo(HOLDS);
  }

  /** -5 to 5: symmetric, so 0 +- t s/sqrt(12), t with 11 degrees of freedom: 2.201 and 1.796. */
  @Test
  void meanAndEquivalenceDifferInTheirLevel() {
    SimulatedRuns runs =
        new SimulatedRuns()
            .with("a", -5.0, -4.0, -3.0, -2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0);
    double error = Math.sqrt(110.5 / 11 / 12);
    Estimate mean = estimate(runs, runs.ofX(Statistic.MEAN, atLeast(-2.1)));
    assertThat(mean.high()).isCloseTo(2.201 * error, within(0.1));
    assertThat(mean.low()).isCloseTo(-2.201 * error, within(0.1));
    Estimate equal = estimate(runs, runs.ofX(Statistic.EQUIVALENCE, SimulatedRuns.within(1.85, 0)));
    assertThat(equal.high()).isCloseTo(1.796 * error, within(0.1));
    assertThat(equal.ruling()).isEqualTo(HOLDS);
    assertThat(estimate(runs, runs.ofX(Statistic.MEAN, SimulatedRuns.within(1.85, 0))).ruling())
        .isEqualTo(UNDECIDED);
  }

  @Test
  void runsThatAreAllAlikeHaveNoIntervalButThemselves() {
    SimulatedRuns runs = new SimulatedRuns().with("a", 2.0, 2.0, 2.0);
    Estimate e = estimate(runs, runs.ofX(Statistic.MEAN, atMost(2)));
    assertThat(List.of(e.value(), e.low(), e.high())).containsOnly(2.0);
    assertThat(e.ruling()).isEqualTo(HOLDS);
  }

  @Test
  void aMeanOfOneRunDecidesNothing() {
    SimulatedRuns runs = new SimulatedRuns().with("a", 2.0);
    Estimate e = estimate(runs, runs.ofX(Statistic.MEAN, atLeast(0)));
    assertThat(e.value()).isEqualTo(2.0);
    assertThat(e.low()).isNaN();
    assertThat(e.ruling()).isEqualTo(UNDECIDED);
  }

  /** A quarter of the runs may be without a value; with more, what all should have fails. */
  @Test
  void manyMissingValuesFailAMean() {
    SimulatedRuns quarter = new SimulatedRuns().with("a", 2.0, 2.1, 2.2, NONE);
    Estimate e = estimate(quarter, quarter.ofX(Statistic.MEAN, atLeast(1)));
    assertThat(e.ruling()).isEqualTo(HOLDS);
    assertThat(e.n()).isEqualTo(3);
    assertThat(e.missing()).isEqualTo(1);
    SimulatedRuns third = new SimulatedRuns().with("a", 2.0, 2.1, NONE);
    assertThat(estimate(third, third.ofX(Statistic.MEAN, atLeast(1))).ruling()).isEqualTo(FAILS);
    SimulatedRuns all = new SimulatedRuns().with("a", NONE, NONE);
    Estimate none = estimate(all, all.ofX(Statistic.MEAN, atLeast(1)));
    assertThat(none.ruling()).isEqualTo(FAILS);
    assertThat(none.value()).isNaN();
    assertThat(none.missing()).isEqualTo(2);
  }

  @Test
  void aShareHasItsExactInterval() {
    SimulatedRuns runs =
        new SimulatedRuns().with("a", 1.0, 1.0, 0.0, 1.0).with("b", 1.0, 0.5, 0.49, 1.0);
    Interval exact = Binomial.clopperPearson(6, 8, 0.95);
    Estimate e = estimate(runs, runs.ofX(Statistic.SHARE, atLeast(0.3)));
    assertThat(e.value()).isEqualTo(0.75);
    assertThat(e.low()).isEqualTo(exact.low());
    assertThat(e.high()).isEqualTo(exact.high());
    assertThat(e.ruling()).isEqualTo(HOLDS);
  }

  /** y = 3 x^2: a line of slope 2 in logarithms, whichever variants are drawn. */
  @Test
  void theSlopeIsOneOfLogarithms() {
    SimulatedRuns runs =
        new SimulatedRuns()
            .with("a", new double[] {1, 2}, new double[] {3, 12})
            .with("b", new double[] {4, 8}, new double[] {48, 192})
            .with("c", new double[] {5, 9}, new double[] {75, 243});
    Estimate e = estimate(runs, runs.ofBoth(Statistic.DEMING_SLOPE, SimulatedRuns.within(.01, 2)));
    assertThat(e.value()).isCloseTo(2, within(1e-9));
    assertThat(e.low()).isCloseTo(2, within(1e-9));
    assertThat(e.high()).isCloseTo(2, within(1e-9));
    assertThat(e.ruling()).isEqualTo(HOLDS);
  }

  @Test
  void aSlopeOfOneVariantIsNotKnown() {
    SimulatedRuns runs =
        new SimulatedRuns().with("a", new double[] {1, 2, 3, 4}, new double[] {1, 2, 3, 5});
    Estimate e = estimate(runs, runs.ofBoth(Statistic.DEMING_SLOPE, atLeast(0)));
    assertThat(e.value()).isNaN();
    assertThat(e.ruling()).isEqualTo(UNDECIDED);
  }

  /** 1 - 6 sum d^2 / (n (n^2 - 1)), d = 1, 1, 0, 0, 0. */
  @Test
  void ranksCorrelateAsByHand() {
    SimulatedRuns runs =
        new SimulatedRuns()
            .with("a", new double[] {1, 2, 3, 40, 500}, new double[] {0.2, 0.1, 3, 4, 5});
    Estimate e = estimate(runs, runs.ofBoth(Statistic.RANK_CORRELATION, atLeast(-1)));
    assertThat(e.value()).isCloseTo(0.9, within(1e-12));
    assertThat(e.low()).isBetween(-1.0, 0.9);
    assertThat(e.high()).isEqualTo(1.0, within(1e-9));
    assertThat(e.ruling()).isEqualTo(HOLDS);
  }

  /** Pairs that agree exactly: of the 4! 4! orders within the variants one is as near. */
  @Test
  void couplingIsAPValue() {
    double[] a = {10, 20, 30, 40};
    double[] b = {100, 200, 300, 400};
    SimulatedRuns runs = new SimulatedRuns().with("a", a, a).with("b", b, b);
    Estimate e = estimate(runs, runs.ofBoth(Statistic.COUPLING, atMost(0.05)));
    assertThat(e.value()).isCloseTo(1 / 576.0, within(0.0015));
    assertThat(e.ruling()).isEqualTo(HOLDS);
  }

  /** Values of a relation that exist only in part leave it open, whatever is left over. */
  @Test
  void manyMissingPairsLeaveARelationOpen() {
    double[] x = {1, 2, 3, 4, 5, 6};
    double[] y = {1, 2, 3, 4, NONE, NONE};
    SimulatedRuns runs = new SimulatedRuns().with("a", x, y);
    Estimate e = estimate(runs, runs.ofBoth(Statistic.RANK_CORRELATION, atLeast(-1)));
    assertThat(e.value()).isEqualTo(1.0, within(1e-9));
    assertThat(e.missing()).isEqualTo(2);
    assertThat(e.ruling()).isEqualTo(UNDECIDED);
    SimulatedRuns three =
        new SimulatedRuns().with("a", new double[] {1, 2, 3}, new double[] {1, 2, 3});
    assertThat(estimate(three, three.ofBoth(Statistic.RANK_CORRELATION, atLeast(-1))).ruling())
        .isEqualTo(UNDECIDED);
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
                Compare.RATIO,
                Statistic.MEAN,
                atLeast(0)))
        .hasMessage("test: RATIO of 'formation.step' needs 'other' or 'against'");
    assertThatThrownBy(() ->
            new refrain.study.Test(
                List.of("a"),
                SimulatedRuns.X,
                null,
                null,
                Compare.VALUE,
                Statistic.COUPLING,
                atLeast(0)))
        .hasMessage("test: COUPLING of 'formation.step' needs 'other' or 'against'");
  }
}
