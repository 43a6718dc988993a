package refrain.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CrossingTest {
  private static final double[] STEPS = {0, 10, 20, 30, 40, 50, 60, 70, 80};

  @Test
  void aBarIsPassedWhereThreePointsInARowLieBeyondIt() {
    double[] values = {0, .3, .1, .1, .3, .4, .5, .5, .5};
    assertThat(Crossing.above(STEPS, values, .2)).isCloseTo(35, within(1e-9));
    assertThat(Crossing.above(STEPS, values, 0)).isZero();
    assertThat(Crossing.above(STEPS, values, .6)).isNaN();
    assertThat(Crossing.above(STEPS, new double[] {0, 0, 0, 0, 0, 0, 0, 1, 1}, .5)).isNaN();
  }

  @Test
  void waysAreMeasuredFromTheFirstValueToTheMeanOfTheLastFive() {
    double[] up = {1, 1, 1, 2, 5, 5, 5, 5, 5};
    assertThat(Crossing.halfWay(STEPS, up)).isCloseTo(30 + 10 / 3.0, within(1e-9));
    assertThat(Crossing.partWay(STEPS, up, .1)).isCloseTo(24, within(1e-9));
    double[] down = Arrays.stream(up).map(v -> -v).toArray();
    assertThat(Crossing.halfWay(STEPS, down)).isCloseTo(30 + 10 / 3.0, within(1e-9));
    assertThat(Crossing.halfWay(STEPS, new double[9])).isNaN();
    assertThat(Crossing.halfWay(new double[] {0, 1}, new double[] {0, 1})).isNaN();
  }

  /** 5 to 1: half is 3, a quarter of the way from 3.5 at 20 to 1.5 at 40. */
  @Test
  void halfOfAFallIsReadBetweenPoints() {
    double half =
        Crossing.halfFall(new double[] {0, 10, 20, 40, 50}, new double[] {5, 4, 3.5, 1.5, 1});
    assertThat(half).isCloseTo(25, within(1e-12));
    assertThat(Crossing.halfFall(new double[] {0, 10}, new double[] {5, 3})).isEqualTo(5);
  }

  @Test
  void whatDoesNotFallHasNoHalf() {
    assertThat(Crossing.halfFall(new double[] {0, 10}, new double[] {3, 4})).isNaN();
    assertThat(Crossing.halfFall(new double[] {0}, new double[] {3})).isNaN();
    assertThat(Crossing.halfFall(new double[0], new double[0])).isNaN();
    assertThat(Crossing.halfFall(new double[] {0, 10}, new double[] {3, Double.NaN})).isNaN();
  }
}
