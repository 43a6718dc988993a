package refrain.study;

import static org.assertj.core.api.Assertions.assertThat;
import static refrain.study.SimulatedRuns.atLeast;
import static refrain.study.SimulatedRuns.atMost;
import static refrain.study.Verdict.Ruling.FAILS;
import static refrain.study.Verdict.Ruling.HOLDS;
import static refrain.study.Verdict.Ruling.UNDECIDED;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private final SimulatedRuns runs =
      new SimulatedRuns()
          .with("high", 0.9, 0.8, 1.0)
          .with("low", 0.1, 0.2, 0.1)
          .with("wide", -3.0, 0.5, 4.0)
          .with("holes", Double.NaN, Double.NaN, 0.9)
          .with("hole", 0.9, 0.8, 1.0, Double.NaN)
          .with("one", 0.9)
          .with("unborn", (Double) null);

  private static refrain.study.Test test(String variant, Statistic statistic, Bar bar) {
    return new refrain.study.Test(
        List.of(variant), SimulatedRuns.X, null, null, Compare.VALUE, statistic, bar);
  }

  private Verdict verdict(
      refrain.study.Test test, refrain.study.@Nullable Test control, int seeds) {
    Claim claim =
        new Claim("c", "co-perturbation", "R0", "A sentence.", test, control, seeds, "why");
    return runs.judge(claim).verdicts().getFirst();
  }

  private void expect(
      String variant, @Nullable String control, int seeds, Verdict.Ruling ruling, String reason) {
    Verdict v =
        verdict(
            test(variant, Statistic.MEAN, atLeast(0.7)),
            control == null ? null : test(control, Statistic.MEAN, atMost(0.3)),
            seeds);
    assertThat(v.ruling()).isEqualTo(ruling);
    assertThat(v.reason()).isEqualTo(reason);
  }

  @Test
  void aClaimHoldsOnlyIfItsControlDoes() {
    expect("high", null, 3, HOLDS, "");
    expect("high", "low", 3, HOLDS, "");
    expect("high", "high", 3, FAILS, "its control fails");
    expect("high", "wide", 3, UNDECIDED, "its control is undecided");
    expect("high", "one", 3, UNDECIDED, "its control is undecided");
    expect("high", "unborn", 3, UNDECIDED, "its control is undecided");
    expect("low", "low", 3, FAILS, "");
    expect("low", "unborn", 3, FAILS, "");
  }

  @Test
  void theReasonSaysWhatIsNotPlain() {
    expect("unborn", null, 1, UNDECIDED, "no run has been analysed");
    expect("high", "low", 10, UNDECIDED, "n = 3, needs 10; so far it holds");
    expect("high", "high", 10, UNDECIDED, "n = 3, needs 10; so far it fails");
    expect("wide", null, 10, UNDECIDED, "n = 3, needs 10");
    expect("wide", null, 3, UNDECIDED, "the interval reaches over the bar");
    expect("one", null, 1, UNDECIDED, "too few runs for an interval");
    expect("holes", null, 3, FAILS, "2 runs have no value");
    expect("hole", null, 3, HOLDS, "1 run has no value");
  }

  @Test
  void onlyTheNumberOfRunsIsTooFewRuns() {
    assertThat(verdict(test("high", Statistic.MEAN, atLeast(0.7)), null, 10).tooFewRuns()).isTrue();
    assertThat(verdict(test("wide", Statistic.MEAN, atLeast(0.7)), null, 3).tooFewRuns()).isFalse();
  }
}
