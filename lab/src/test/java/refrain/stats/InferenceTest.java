package refrain.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InferenceTest {
  private static final double[] VALUES = {1.1, 1.4, 0.8, 1.3, 0.9, 1.6};

  static Stream<Inference> all() {
    SplittableRandom random = new SplittableRandom(4);
    double[] x = new double[24];
    double[] y = new double[24];
    int[] arm = new int[24];
    int[] unit = new int[24];
    Arrays.setAll(
        x,
        i -> {
          arm[i] = i / 6;
          unit[i] = i % 6;
          y[i] = arm[i] + random.nextGaussian() / 5;
          return arm[i] + random.nextGaussian() / 5;
        });
    return Stream.of(
        StudentT.of(VALUES),
        new Binomial(7, 10),
        new Binomial(10, 10),
        Angle.of(x, y, arm, 400, 1),
        Correlation.ofRanks(x, y),
        new Coupling(x, y, null, null, arm, unit).difference());
  }

  /** The interval at 1 - p(value) ends at that value: the two are one test. */
  @ParameterizedTest
  @MethodSource("all")
  void anIntervalHoldsExactlyWhatTheTestDoesNotReject(Inference of) {
    for (double level : new double[] {0.5, 0.9, 0.95, 0.995}) {
      Interval i = of.interval(level);
      double span = i.high() - i.low();
      for (double part : new double[] {-0.02, 0.02, 0.3, 0.6, 0.98, 1.02}) {
        double value = i.low() + part * span;
        boolean held = value >= i.low() && value <= i.high();
        boolean edge = of instanceof Binomial && (value < 0 || value > 1);
        if (!edge) {
          assertThat(of.p(value) >= 1 - level)
              .as("%s, level %s, value %s in [%s, %s]", of, level, value, i.low(), i.high())
              .isEqualTo(held);
        }
      }
    }
  }

  /** Mean 7.1 / 6, sum of squares .46833; t with 5 degrees of freedom is 2.5706 at 95 %. */
  @Test
  void theMeanHasStudentsInterval() {
    StudentT t = StudentT.of(VALUES);
    double error = Math.sqrt(0.4683333333 / 5 / 6);
    assertThat(t.estimate()).isCloseTo(7.1 / 6, within(1e-12));
    assertThat(t.error()).isCloseTo(error, within(1e-9));
    assertThat(t.interval(0.95).high()).isCloseTo(7.1 / 6 + 2.570582 * error, within(1e-6));
    assertThat(t.p(7.1 / 6 - 2.570582 * error)).isCloseTo(0.05, within(1e-6));
    assertThat(StudentT.of(new double[] {3}).interval(0.95).low()).isNaN();
    assertThat(StudentT.of(new double[] {3}).p(0)).isNaN();
    StudentT alike = StudentT.of(new double[] {2, 2, 2});
    assertThat(alike.interval(0.95)).isEqualTo(new Interval(2, 2, 2, 0.95));
    assertThat(alike.p(2)).isEqualTo(1);
    assertThat(alike.p(1.9)).isZero();
  }

  @Test
  void clopperPearsonHasItsClosedForms() {
    assertThat(new Binomial(0, 12).interval(0.95).high())
        .isCloseTo(1 - Math.pow(0.025, 1 / 12.0), within(1e-9));
    assertThat(new Binomial(12, 12).interval(0.95).low())
        .isCloseTo(Math.pow(0.025, 1 / 12.0), within(1e-9));
    Interval half = new Binomial(5, 10).interval(0.95);
    assertThat(half.low()).isCloseTo(0.18709, within(1e-5));
    assertThat(half.high()).isCloseTo(0.81291, within(1e-5));
    assertThatThrownBy(() -> new Binomial(4, 3))
        .hasMessage(
            "binomial interval: expected 0 <= successes <= n and n >= 1, found 4 of 3; count again");
  }

  /** A line that is nearly vertical is as near to falling as to rising. */
  @Test
  void anIntervalThatReachesTheVerticalHoldsEveryDirection() {
    Angle steep = new Angle(new StudentT(-86, 5, 9));
    assertThat(steep.interval(0.95)).isEqualTo(new Interval(-86, -90, 90, 0.95));
    assertThat(steep.p(38)).isGreaterThan(0.4);
    Angle flat = new Angle(new StudentT(10, 5, 9));
    assertThat(flat.interval(0.95).high()).isCloseTo(10 + 2.262157 * 5, within(1e-5));
    assertThat(Angle.slope(45)).isCloseTo(1, within(1e-12));
  }

  /** The bootstrap goes round the circle: lines on either side of the vertical are alike. */
  @Test
  void directionsNearTheVerticalAreNear() {
    double[] x = {0, 0.1, 0, -0.1, 0.05, -0.05};
    double[] y = {0, 5, 10, 15, 20, 25};
    Angle angle = Angle.of(x, y, new int[] {0, 1, 2, 3, 4, 5}, 400, 1);
    assertThat(Math.abs(angle.estimate())).isGreaterThan(89);
    assertThat(angle.of().error()).isLessThan(2);
  }

  @Test
  void aPerfectOrderStillHasAnError() {
    double[] x = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    Correlation perfect = Correlation.ofRanks(x, x);
    assertThat(perfect.estimate()).isBetween(0.99, 1.0);
    assertThat(perfect.interval(0.95).low()).isBetween(0.95, 0.99);
    assertThatThrownBy(() -> Correlation.ofRanks(new double[3], new double[3]))
        .hasMessageStartingWith("rank correlation: expected at least 4 values, found 3");
  }
}
