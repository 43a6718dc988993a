package refrain.analysis.dating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeadsTest {
  private static final double[] STEPS =
      IntStream.rangeClosed(0, 100).mapToDouble(i -> 10 * i).toArray();

  private static double[] curve(DoubleUnaryOperator of) {
    return Arrays.stream(STEPS).map(of).toArray();
  }

  private static double rise(double step, double at) {
    return 1 / (1 + Math.exp((at - step) / 15));
  }

  /** A sigmoid has done a share q at its middle + w logit q. */
  @Test
  void aSigmoidIsReadAtItsShares() {
    double[] at = Leads.crossings(STEPS, curve(s -> .06 + .8 * rise(s, 400)));
    double[] shares = {.1, .25, .5, .75};
    for (int i = 0; i < shares.length; i++) {
      double exact = 400 + 15 * Math.log(shares[i] / (1 - shares[i]));
      assertThat(at[i]).as("share %s", shares[i]).isCloseTo(exact, within(1.0));
    }
  }

  @Test
  void driftBeforeTheChangeIsNotPartOfTheRise() {
    double[] plain = Leads.crossings(STEPS, curve(s -> -2 * rise(s, 400)));
    double[] drifting =
        Leads.crossings(STEPS, curve(s -> -2 * rise(s, 400) - .25 * Math.min(1, s / 200)));
    for (int i = 0; i < 4; i++) {
      assertThat(drifting[i]).isCloseTo(plain[i], within(1.0));
    }
  }

  @Test
  void aCurveThatEndsInItsWindowIsNotRead() {
    assertThat(Leads.crossings(STEPS, curve(s -> rise(s, 900)))).containsOnly(Double.NaN);
  }

  @Test
  void aSignCountsOnlyWhereItHoldsAtAllFour() {
    assertThat(Leads.least(.04, .03, .09, .05)).isEqualTo(.03);
    assertThat(Leads.least(-.04, -.3, -.09, -.05)).isEqualTo(-.04);
    assertThat(Leads.least(.04, .03, -.01, .05)).isZero();
    assertThat(Leads.least(.04, Double.NaN, .01, .05)).isNaN();
  }

  /** A head that attends by a to the right token raises its logit by g a. */
  @Test
  void thePlaceboIsTheLossOfOneBoostedToken() {
    double first = Math.log(128);
    double again = .5;
    double[] matching = {.05, .4, .8};
    double[] loss = Leads.placebo(matching, first, again);
    assertThat(loss[2]).isCloseTo(again, within(1e-12));
    double boost = Math.log(127) + Math.log(1 / (Math.exp(.5) - 1)); // the logit at the end
    for (int i = 0; i < 3; i++) {
      double raised = Math.exp(boost * matching[i] / .8);
      assertThat(loss[i]).isCloseTo(-Math.log(raised / (raised + 127)), within(1e-12));
    }
  }

  /** Where loss follows matching at once, nothing is later than the placebo. */
  @Test
  void aScoreThatFollowsAtOnceIsNotLaterThanItsPlacebo() {
    double[] matching = curve(s -> .05 + .8 * rise(s, 400));
    double[] loss = Leads.placebo(matching, Math.log(128), .3);
    double[] score = Arrays.stream(loss).map(l -> .5 * (l - Math.log(128))).toArray();
    double[] a = Leads.crossings(STEPS, score);
    double[] b = Leads.crossings(STEPS, loss);
    for (int i = 0; i < 4; i++) {
      assertThat(a[i]).isCloseTo(b[i], within(1e-9));
    }
  }
}
