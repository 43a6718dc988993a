package refrain.analysis;

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
}
