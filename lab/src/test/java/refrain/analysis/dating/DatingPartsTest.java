package refrain.analysis.dating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import refrain.analysis.Curves;
import refrain.analysis.Findings;
import refrain.probe.IclIndices;

class DatingPartsTest {
  /** A line in log-steps with noise, and a sigmoid of some size at step 300. */
  private static DatedCurve.Observed curve(int n, double size) {
    SplittableRandom random = new SplittableRandom(5);
    double[] steps = new double[n];
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      steps[i] = 10.0 * (i + 1);
      values[i] =
          1
              - .2 * Math.log(steps[i] + 100)
              + size / (1 + Math.exp((300 - steps[i]) / 15))
              + .01 * random.nextGaussian();
    }
    return new DatedCurve.Observed(steps, values);
  }

  private static Findings dated(DatedCurve.Observed observed) {
    return ChangeDates.of(DatedCurve.ICL, observed, 100);
  }

  @Test
  void aChangeIsDatedWithItsIntervalAndSize() {
    Findings f = dated(curve(60, -2));
    assertThat(f.value("date.icl.exists")).isEqualTo(1);
    assertThat(f.value("date.icl.tau")).isCloseTo(300, within(2.0));
    assertThat(f.value("date.icl.low")).isLessThan(300);
    assertThat(f.value("date.icl.high")).isGreaterThan(300);
    // A tenth and nine tenths of a sigmoid lie ln 9 = 2.2 widths from its middle.
    assertThat(f.value("date.icl.onset")).isCloseTo(300 - 15 * Math.log(9), within(5.0));
    assertThat(f.value("date.icl.end")).isCloseTo(300 + 15 * Math.log(9), within(5.0));
    assertThat(f.value("date.icl.change")).isCloseTo(-2, within(.1));
    assertThat(f.series("curve.icl")).hasSize(60);
  }

  @Test
  void ordinaryLearningHasAChangeOfZero() {
    Findings f = dated(curve(60, 0));
    assertThat(f.value("date.icl.exists")).isZero();
    assertThat(f.value("date.icl.change")).isZero();
    assertThat(f.value("date.icl.evidence")).isLessThan(ChangeDates.EVIDENCE);
  }

  /** A slide has a date too, its middle, though it is no abrupt change. */
  @Test
  void aSlideHasADateWithoutBeingAChange() {
    double[] steps = new double[100];
    double[] values = new double[100];
    SplittableRandom random = new SplittableRandom(6);
    for (int i = 0; i < 100; i++) {
      steps[i] = 10.0 * (i + 1);
      values[i] = -.3 / (1 + Math.exp((450 - steps[i]) / 90)) + .02 * random.nextGaussian();
    }
    Findings f = dated(new DatedCurve.Observed(steps, values));
    assertThat(f.value("date.icl.tau")).isCloseTo(450, within(60.0));
    assertThat(f.value("date.icl.exists")).isZero();
  }

  @Test
  void tooFewObservationsGiveNoAnswer() {
    Findings f = dated(curve(19, -2));
    assertThat(f.value("date.icl.exists")).isNaN();
    assertThat(f.value("date.icl.change")).isNaN();
    assertThat(f.value("date.icl.tau")).isNaN();
  }

  private static Curves icl(long[] steps, double... icl) {
    int n = steps.length;
    return new Curves(
        steps,
        new double[n],
        new double[n],
        icl,
        new double[n],
        0,
        new double[n],
        new double[n][0]);
  }

  @Test
  void theShareOfAWindowIsOfTheRunsOwnFinalScore() {
    Curves curves = icl(new long[] {0, 10, 30}, 0, -1, -4);
    assertThat(IclWindow.share(curves, 5, 20)).isCloseTo((2.5 - .5) / 4, within(1e-12));
    assertThat(IclWindow.share(curves, 20, 99)).isCloseTo((4 - 2.5) / 4, within(1e-12));
    assertThat(IclWindow.share(curves, Double.NaN, 20)).isNaN();
  }

  @Test
  void theLargestFallIsThatOfTheBestWindowOfTwo() {
    // From 20 to 40 the score falls by 2, from 10 to 20 by .1, from 30 to 60 by 1.4.
    Curves curves = icl(new long[] {0, 10, 20, 30, 40, 50, 60}, 0, 0, -.1, -.9, -2.1, -2.2, -2.3);
    assertThat(IclWindow.largest(curves)).isEqualTo(20);
    assertThat(IclWindow.largest(icl(new long[] {0, 10}, 0, -1))).isNaN();
  }

  @Test
  void theSlopeByIndexIsExactForALossThatIsLinearInTheLogOfTheIndex() {
    double[] byIndex = new double[64];
    for (int t = 0; t < 64; t++) {
      byIndex[t] =
          t < 5 ? 99 : 5 - .7 * Math.log(t + 1); // what lies before the windows is not read
    }
    assertThat(IndexSlope.slope(byIndex, IclIndices.R0)).isCloseTo(-.7, within(1e-12));
  }

  @Test
  void aConvexLossDoesNotBendTheWrongWay() {
    double[] x = new double[100];
    double[] y = new double[100];
    for (int i = 0; i < 100; i++) {
      x[i] = 10.0 * i;
      y[i] = 3 * Math.pow(x[i] + 10, -.3); // d y / d ln x rises from step 25 on
    }
    double[] slopes = LossBend.slopes(x, y);
    assertThat(slopes[0]).isNaN();
    assertThat(LossBend.fall(slopes, 10, 100).depth()).isCloseTo(0, within(1e-12));
  }

  @Test
  void aDropBendsTheWrongWayWhereItIsSteepest() {
    double[] x = new double[101];
    double[] y = new double[101];
    for (int i = 0; i <= 100; i++) {
      x[i] = 10.0 * i;
      // Slope -.1 per unit of ln x, and -2 between 400 and 600.
      double steep = Math.log(Math.clamp(x[i], 400, 600) / 400);
      y[i] = -.1 * Math.log(Math.max(x[i], 1)) - 1.9 * steep;
    }
    double[] slopes = LossBend.slopes(x, y);
    LossBend.Fall fall = LossBend.fall(slopes, 10, 101);
    assertThat(x[fall.at()]).isBetween(450.0, 550.0);
    assertThat(fall.depth()).isCloseTo(-1.9, within(.05));
    assertThat(LossBend.fall(slopes, 10, 31).depth()).isCloseTo(0, within(1e-9));
  }
}
