package refrain.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.QRDecomposition;
import org.hipparchus.linear.RealVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import refrain.base.RefrainException;

class DatingTest {
  private static final DatingSettings QUICK = new DatingSettings(100, 60);

  @Test
  void findsAChangeWithoutNoise() {
    double[] steps = Simulated.steps(101, 50);
    double[] y = new double[steps.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = 4 - 0.3 * Math.log(steps[i] + 100) - 0.5 / (1 + Math.exp((1813 - steps[i]) / 90));
    }
    ChangePoint at = new Dating(steps, QUICK).date(y);
    assertThat(at.inside()).isTrue();
    assertThat(at.evidence()).isGreaterThan(500);
    assertThat(at.tau()).isCloseTo(1813, within(1.0));
    assertThat(at.low()).isBetween(1800.0, at.tau());
    assertThat(at.high()).isBetween(at.tau(), 1826.0);
    assertThat(at.size()).isCloseTo(-0.5, within(0.005));
    assertThat(at.onset()).isCloseTo(1813 - 90 * Math.log(9), within(4.0));
    assertThat(at.end()).isCloseTo(1813 + 90 * Math.log(9), within(4.0));
  }

  @Test
  void anAbruptChangeIsAnywhereBetweenTwoObservations() {
    double[] steps = Simulated.steps(80, 100);
    double[] y = Simulated.normal(80, 0, 0.01, new SplittableRandom(3));
    for (int i = 40; i < 80; i++) {
      y[i] += 1;
    }
    ChangePoint at = new Dating(steps, QUICK).date(y);
    assertThat(at.inside()).isTrue();
    assertThat(at.tau()).isBetween(steps[39], steps[40]);
    assertThat(at.low()).isBetween(steps[38], steps[39] + 25);
    assertThat(at.high()).isBetween(steps[40] - 25, steps[41]);
  }

  /** Abrupt at first and slow at its end, as the ICL score is. */
  @Test
  void aChangeThatEndsSlowlyIsDatedAndItsMisfitIsNotNoise() {
    double[] steps = Simulated.steps(100, 10);
    SplittableRandom random = new SplittableRandom(9);
    double[] y = Simulated.normal(100, 0, 0.02, random);
    for (int i = 0; i < y.length; i++) {
      double w = steps[i] < 460 ? 15 : 50;
      y[i] -= 2.4 / (1 + Math.exp((460 - steps[i]) / w));
    }
    ChangePoint at = new Dating(steps, QUICK).date(y);
    assertThat(at.tau()).isCloseTo(460, within(3.0));
    assertThat(at.size()).isCloseTo(-2.4, within(0.05));
    assertThat(at.onset()).isCloseTo(460 - 15 * Math.log(9), within(6.0));
    assertThat(at.end()).isCloseTo(460 + 50 * Math.log(9), within(12.0));
    assertThat(at.phi()).isBetween(-0.3, 0.3);
    assertThat(at.low()).isLessThan(460);
    assertThat(at.high()).isGreaterThan(460);
  }

  @Test
  void aLineInLogStepsDoesNotChange() {
    double[] steps = Simulated.steps(60, 20);
    double[] y = new double[60];
    Dating dating = new Dating(steps, QUICK);
    assertThat(dating.date(y).inside()).isFalse();
    for (int i = 0; i < 60; i++) {
      y[i] = 7 - 1.25 * Math.log(steps[i] + 100);
    }
    assertThat(dating.date(y)).matches(at -> !at.inside() && at.evidence() == 0);
  }

  /** Two slopes in log-steps describe a bend better than a step does, and a step worse. */
  @Test
  void aBendIsNoEvidenceForAChange() {
    double[] steps = Simulated.steps(100, 10);
    double[] bend = Simulated.normal(100, 0, 0.02, new SplittableRandom(4));
    double[] step = bend.clone();
    for (int i = 0; i < 100; i++) {
      bend[i] -= 0.6 * Math.max(0, Math.log((steps[i] + 100) / 400));
      step[i] -= 0.6 / (1 + Math.exp((400 - steps[i]) / 20));
    }
    Dating dating = new Dating(steps, QUICK);
    assertThat(dating.date(bend).evidence()).isLessThan(5);
    assertThat(dating.date(step).evidence()).isGreaterThan(100);
  }

  @Test
  void whatALineAddsAndAUnitScalesIsNotDated() {
    double[] steps = Simulated.steps(70, 30);
    double[] y = Simulated.curve(steps, 900, 60, 60, 8, 0.5, new SplittableRandom(11));
    double[] other = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      other[i] = -40 * y[i] + 12 + 5 * Math.log(steps[i] + 100);
    }
    Dating dating = new Dating(steps, QUICK);
    ChangePoint one = dating.date(y);
    ChangePoint two = dating.date(other);
    assertThat(two.tau()).isCloseTo(one.tau(), within(0.5));
    assertThat(two.low()).isCloseTo(one.low(), within(0.5));
    assertThat(two.high()).isCloseTo(one.high(), within(0.5));
    assertThat(two.size()).isCloseTo(-40 * one.size(), within(0.5));
    assertThat(two.evidence()).isCloseTo(one.evidence(), within(0.5));
    assertThat(dating.date(y)).isEqualTo(one);
  }

  /** The quadratic in phi against whitening row by row and a QR decomposition. */
  @ParameterizedTest
  @ValueSource(doubles = {-0.4, 0, 0.6, 0.95})
  void residualsAreThoseOfWhitenedLeastSquares(double phi) {
    int n = 31;
    double[] steps = Simulated.steps(n, 40);
    double[] y = Simulated.curve(steps, 500, 50, 50, 3, 0.5, new SplittableRandom(7));
    StepGrid grid = new StepGrid(steps, 100, 10);
    double[] x = grid.sigmoid(610, new StepGrid.Shape(0.6, 0.8));
    double[][] rows = new double[n][];
    double[] target = new double[n];
    for (int i = 0; i < n; i++) {
      double first = Math.sqrt(1 - phi * phi);
      rows[i] =
          i == 0
              ? new double[] {first, first * grid.v[0], first * x[0]}
              : new double[] {1 - phi, grid.v[i] - phi * grid.v[i - 1], x[i] - phi * x[i - 1]};
      target[i] = i == 0 ? first * y[0] : y[i] - phi * y[i - 1];
    }
    Array2DRowRealMatrix design = new Array2DRowRealMatrix(rows);
    RealVector b = new QRDecomposition(design).getSolver().solve(new ArrayRealVector(target));
    double rss = Math.pow(design.operate(b).subtract(new ArrayRealVector(target)).getNorm(), 2);
    CurveFit fit = new CurveFit(grid, y);
    assertThat(fit.with(grid.new Baseline(phi), x)).isCloseTo(rss, within(1e-9 * rss));
    assertThat(fit.size(x, phi)).isCloseTo(b.getEntry(2), within(1e-9));
  }

  /** Three standard errors of 100 simulations are .065. */
  @ParameterizedTest
  @CsvSource({"120, 120, 0", "120, 120, 0.8", "60, 300, 0.8"})
  void theIntervalCovers(double before, double after, double phi) {
    long seed = 101;
    double[] steps = Simulated.steps(60, 100);
    assertThat(DatingCalibration.coverage(steps, 2500, before, after, -12, phi, 100, seed))
        .as("coverage at widths %s and %s, phi %s, seed %d", before, after, phi, seed)
        .isGreaterThan(0.885);
  }

  @Test
  void saysWhatIsWrongWithACurve() {
    double[] steps = Simulated.steps(30, 10);
    assertThatThrownBy(() -> new Dating(Simulated.steps(19, 10), QUICK))
        .isInstanceOf(RefrainException.class)
        .hasMessage("steps of a curve: expected at least 20 values, found 19; add seeds or probes");
    assertThatThrownBy(() -> new Dating(steps, QUICK).date(new double[29]))
        .hasMessage(
            "curve to date: expected a value for each of 30 steps, found 29; drop missing steps");
    double[] hole = new double[30];
    hole[4] = Double.NaN;
    assertThatThrownBy(() -> new Dating(steps, QUICK).date(hole))
        .hasMessage(
            "curve to date: expected finite numbers, found NaN at index 4; leave it out first");
    double[] doubled = steps.clone();
    doubled[9] = doubled[8];
    assertThatThrownBy(() -> new Dating(doubled, QUICK))
        .hasMessage(
            "steps of a curve: expected them to increase, found 90.0 after 90.0; sort, drop doubles");
    assertThatThrownBy(() -> new DatingSettings(-1, 60))
        .hasMessage(
            "dating: expected t0 >= 0 and candidates >= 10, found -1.0 and 60; such as 100 and 60");
  }
}
