package refrain.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static refrain.study.SimulatedRuns.atLeast;
import static refrain.study.SimulatedRuns.atMost;
import static refrain.study.Verdict.Ruling.BELOW_OUR_BAR;
import static refrain.study.Verdict.Ruling.CONTROL_FAILED;
import static refrain.study.Verdict.Ruling.HOLDS;
import static refrain.study.Verdict.Ruling.NO_VALUE;
import static refrain.study.Verdict.Ruling.OUR_GUESS_REFUTED;
import static refrain.study.Verdict.Ruling.PAPER_REFUTED;
import static refrain.study.Verdict.Ruling.UNDECIDED;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private final SimulatedRuns runs =
      new SimulatedRuns()
          .with("high", 0.9, 0.885, 0.915)
          .with("low", 0.1, 0.12, 0.1)
          .with("wide", -3.0, 0.5, 4.0)
          .with("holes", Double.NaN, Double.NaN, 0.9)
          .with("hole", 0.9, 0.88, 0.92, Double.NaN)
          .with("one", 0.9)
          .with("unborn", (Double) null);

  private static refrain.study.Test test(String variant, Statistic statistic, Bar bar) {
    return new refrain.study.Test(
        List.of(variant), SimulatedRuns.X, null, null, null, null, Compare.VALUE, statistic, bar);
  }

  private Claim claim(
      refrain.study.Test test,
      refrain.study.@Nullable Test control,
      int seeds,
      Claim.Kind kind,
      @Nullable Paper paper) {
    return new Claim(
        "c",
        "co-perturbation",
        "R0",
        "A sentence.",
        kind,
        test,
        control,
        seeds,
        paper,
        new Otherwise.NoEffect("Nothing happens."),
        Seen.NOTHING,
        List.of(),
        "why");
  }

  private Verdict verdict(
      refrain.study.Test test, refrain.study.@Nullable Test control, int seeds) {
    return runs.judge(claim(test, control, seeds, Claim.Kind.EXPLORATORY, null))
        .verdicts()
        .getFirst();
  }

  private void expect(
      String variant, @Nullable String control, int seeds, Verdict.Ruling ruling, String reason) {
    Verdict v =
        verdict(
            test(variant, Statistic.MEAN, atLeast(0.7)),
            control == null ? null : test(control, Statistic.MEAN, atMost(0.3)),
            seeds);
    assertThat(v.ruling()).as(variant + ", " + control).isEqualTo(ruling);
    assertThat(v.reason()).as(variant + ", " + control).isEqualTo(reason);
  }

  @Test
  void aClaimHoldsOnlyIfItsControlDoes() {
    expect("high", null, 3, HOLDS, "");
    expect("high", "low", 3, HOLDS, "");
    expect(
        "high", "wide", 3, UNDECIDED, "its control is undecided: 0.50 [-8.19, 9.19], bar <= 0.30");
    expect("high", "one", 3, UNDECIDED, "its control is undecided: 0.90, bar <= 0.30");
    expect("high", "unborn", 3, UNDECIDED, "its control is undecided: none, bar <= 0.30");
    expect("low", "low", 3, OUR_GUESS_REFUTED, "");
    expect("low", "unborn", 3, OUR_GUESS_REFUTED, "");
  }

  /** A claim that fails for its control shows the control's number, not its own. */
  @Test
  void aControlThatFailsSaysItsNumber() {
    expect("high", "high", 3, CONTROL_FAILED, "its control: 0.90 [0.86, 0.94], bar <= 0.30");
    expect("high", "holes", 3, NO_VALUE, "its control: 2 of 3 have no value");
  }

  @Test
  void theReasonSaysWhatIsNotPlain() {
    expect("unborn", null, 1, UNDECIDED, "no run has been analysed");
    expect("high", "low", 10, UNDECIDED, "n = 3, needs 10; so far: holds");
    expect("high", "high", 10, UNDECIDED, "n = 3, needs 10; so far: control failed");
    expect("wide", null, 10, UNDECIDED, "n = 3, needs 10");
    expect("wide", null, 3, UNDECIDED, "the interval reaches over the bar");
    expect("one", null, 1, UNDECIDED, "too few runs for an interval");
    expect("holes", null, 3, NO_VALUE, "2 of 3 have no value");
    expect("hole", null, 3, HOLDS, "1 of 4 has no value");
  }

  /** .9 [.86, .94] against a bar of 2: the paper's sentence may say 1.5, or that there is none. */
  @Test
  void beyondOurBarIsNotYetBeyondThePapers() {
    refrain.study.Test test = test("high", Statistic.MEAN, atLeast(2));
    Paper own = new Paper("Half again as much.", "Argument 1", atLeast(1.5));
    Paper some = new Paper("There is some.", "Argument 1", null);
    Paper none = new Paper("There is less than one.", "Argument 1", atMost(1));
    assertThat(ruled(test, own).ruling()).isEqualTo(PAPER_REFUTED);
    assertThat(ruled(test, own).reason()).isEqualTo("the paper: >= 1.50");
    assertThat(ruled(test, some).ruling()).isEqualTo(BELOW_OUR_BAR);
    assertThat(ruled(test, some).reason()).isEqualTo("the paper's own: >= 0.00");
    assertThat(ruled(test, null).ruling()).isEqualTo(OUR_GUESS_REFUTED);
    assertThatThrownBy(() -> ruled(test, none))
        .hasMessage(
            "study: claim 'c' could hold where the paper is refuted: its bar is >= 2.00, the"
                + " paper's <= 1.00");
  }

  private Verdict ruled(refrain.study.Test test, @Nullable Paper paper) {
    return runs.judge(claim(test, null, 3, Claim.Kind.EXPLORATORY, paper)).verdicts().getFirst();
  }

  /**
   * Twelve seeds of mean 1 and standard error .271. p = .0036, .019 and .049 pass .05 / 3, .05 / 2
   * and .05. With .035 for .019 the second does not and takes the third with it, which passes where
   * it is judged by itself.
   */
  @Test
  void primaryClaimsAreJudgedTogetherAndOthersEachByItself() {
    SimulatedRuns dozen =
        new SimulatedRuns().with("a", 2.1, -0.2, 1.4, 0.3, 1.9, 0.6, 1.1, 2.6, 0.1, 1.3, -0.4, 1.2);
    List<Claim> claims =
        Stream.of(0.0, 0.4, 0.25)
            .map(bar -> claim("a", bar, Claim.Kind.PRIMARY))
            .collect(Collectors.toCollection(ArrayList::new));
    claims.add(claim("a", 0.4, Claim.Kind.EXPLORATORY));
    List<Verdict> all = dozen.judge(claims.toArray(Claim[]::new)).verdicts();
    assertThat(all)
        .extracting(v -> (double) Math.round(1e4 * v.p()) / 1e4)
        .containsExactly(0.0036, 0.0493, 0.0185, 0.0493);
    assertThat(all)
        .extracting(v -> (double) Math.round(1e4 * v.level()) / 1e4)
        .containsExactly(0.0167, 0.05, 0.025, 0.05);
    assertThat(all).extracting(Verdict::ruling).containsOnly(HOLDS);
    claims.set(2, claim("a", 0.35, Claim.Kind.PRIMARY));
    List<Verdict> some = dozen.judge(claims.toArray(Claim[]::new)).verdicts();
    assertThat(some)
        .extracting(v -> (double) Math.round(1e4 * v.level()) / 1e4)
        .containsExactly(0.0167, 0.025, 0.025, 0.05);
    assertThat(some)
        .extracting(Verdict::ruling)
        .containsExactly(HOLDS, UNDECIDED, UNDECIDED, HOLDS);
    Study part =
        dozen
            .study(claims.get(0), elsewhere(claims.get(1)), elsewhere(claims.get(2)))
            .only(List.of(Argument.named(claims.get(0).argument(), null, "")));
    assertThat(dozen.judge(part).verdicts().getFirst().level()).isCloseTo(0.05 / 3, within(1e-12));
    Estimate open = some.get(1).estimate();
    assertThat(open.low()).isLessThan(0.4);
    assertThat(open.usual().low()).isGreaterThan(0.4);
  }

  private Claim claim(String variant, double bar, Claim.Kind kind) {
    Claim c = claim(test(variant, Statistic.MEAN, atLeast(bar)), null, 12, kind, null);
    return named(kind + "-" + bar, c.argument(), c);
  }

  private static Claim elsewhere(Claim c) {
    return named(c.id(), "elsewhere", c);
  }

  private static Claim named(String id, String argument, Claim c) {
    return new Claim(
        id,
        argument,
        c.data(),
        c.sentence(),
        c.kind(),
        c.test(),
        c.control(),
        c.seeds(),
        c.paper(),
        c.otherwise(),
        c.seen(),
        c.supersedes(),
        c.why());
  }

  /** Of three seeds with an error of .2 the worst is 1.3 or 1.1 of them away from the bar. */
  @Test
  void everySeedIsHeldAgainstTheBarWithItsOwnError() {
    double[] values = {1.39, 1.04, 0.93};
    double[] errors = {0.64, 0.36, 0.28};
    EverySeed seeds = new EverySeed(atLeast(0.8), values, errors);
    assertThat(seeds.estimate()).isEqualTo(0.93);
    assertThat(seeds.lies(0.05)).isEqualTo(Lies.ACROSS);
    assertThat(atLeast(0.8).p(seeds)).isCloseTo(0.3212, within(1e-3));
    EverySeed sure = new EverySeed(atLeast(0.8), values, new double[] {0.1, 0.1, 0.05});
    assertThat(sure.lies(0.05)).isEqualTo(Lies.INSIDE);
    assertThat(sure.interval(0.95).low()).isCloseTo(0.93 - 1.6449 * 0.05, within(1e-4));
    // One seed of three at .05 / 3: 2.128 errors and not 1.645.
    EverySeed low =
        new EverySeed(atLeast(1), new double[] {1.5, 1.4, 0.9}, new double[] {.05, .05, .05});
    assertThat(low.lies(0.05)).isEqualTo(Lies.ACROSS);
    assertThat(low.against(atLeast(1.01)).lies(0.05)).isEqualTo(Lies.OUTSIDE);
    EverySeed within =
        new EverySeed(SimulatedRuns.within(0.5, 1), values, new double[] {0.05, 0.05, 0.05});
    assertThat(within.lies(0.05)).isEqualTo(Lies.INSIDE);
    assertThat(SimulatedRuns.within(0.5, 1).p(within)).isCloseTo(0.0139, within(1e-3));
    assertThat(within.against(SimulatedRuns.within(0.2, 1)).lies(0.05)).isEqualTo(Lies.OUTSIDE);
  }

  @Test
  void onlyTheNumberOfRunsIsTooFewRuns() {
    assertThat(verdict(test("high", Statistic.MEAN, atLeast(0.7)), null, 10).tooFewRuns()).isTrue();
    assertThat(verdict(test("wide", Statistic.MEAN, atLeast(0.7)), null, 3).tooFewRuns()).isFalse();
  }
}
