package refrain.draw.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import refrain.draw.Num;
import refrain.draw.chart.Scale.Tick;

class ScaleTest {
  private static List<String> labels(boolean log, double lo, double hi, int target) {
    return new Scale(log, lo, hi).ticks(target).stream().map(Tick::label).toList();
  }

  @Test
  void linearTicksAreRound() {
    assertThat(labels(false, 0, 1, 5)).containsExactly("0.0", "0.2", "0.4", "0.6", "0.8", "1.0");
    assertThat(labels(false, 0, 900, 9)).hasSize(10).startsWith("0", "100").endsWith("900");
    assertThat(labels(false, -2.9, -0.3, 5))
        .containsExactly("−2.5", "−2.0", "−1.5", "−1.0", "−0.5");
    assertThat(labels(false, 0, 3.7e6, 4)).containsExactly("0", "1M", "2M", "3M");
    assertThat(labels(false, 0, 25_000, 5)).containsExactly("0", "5k", "10k", "15k", "20k", "25k");
    assertThat(labels(false, 0.1, 0.3, 4)).containsExactly("0.10", "0.15", "0.20", "0.25", "0.30");
  }

  @Test
  void logTicksAreDecadesWithTwoAndFiveWhereThereIsRoom() {
    assertThat(labels(true, 1, 1e4, 5)).containsExactly("1", "10", "100", "1000", "10k");
    assertThat(labels(true, 10, 1000, 6))
        .containsExactly("10", "20", "50", "100", "200", "500", "1000");
    assertThat(labels(true, 1, 1e12, 4)).hasSizeBetween(3, 5);
    assertThat(labels(true, 100, 300, 4)).containsExactly("100", "150", "200", "250", "300");
  }

  @Test
  void everyTickLiesInTheScaleAndTheirNumberIsNearTheTarget() {
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 2000; i++) {
      double lo = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(-5, 7));
      double hi = lo + random.nextDouble(0.01, 1) * Math.pow(10, random.nextInt(-4, 7));
      int target = random.nextInt(2, 10);
      List<Tick> ticks = new Scale(false, lo, hi).ticks(target);
      assertThat(ticks.size()).as("%s..%s", lo, hi).isBetween(target / 2, 2 * target + 1);
      double slack = 1e-9 * Math.max(Math.abs(lo), Math.abs(hi)) + 1e-9 * (hi - lo);
      for (Tick t : ticks) {
        assertThat(t.value()).isBetween(lo - slack, hi + slack);
      }
      assertThat(ticks.stream().map(Tick::label).distinct().count()).isEqualTo(ticks.size());
    }
  }

  @Test
  void mapsEndsToZeroAndOne() {
    for (boolean log : new boolean[] {false, true}) {
      Scale scale = new Scale(log, 2, 8);
      assertThat(scale.at(2)).isEqualTo(0);
      assertThat(scale.at(8)).isEqualTo(1);
    }
    assertThat(new Scale(true, 2, 8).at(4)).isEqualTo(0.5);
    assertThat(new Scale(false, 2, 8).at(4)).isEqualTo(1 / 3.0);
  }

  @Test
  void aroundConstantOrMissingDataIsAScaleAllTheSame() {
    assertThat(Scale.around(false, 0.06, 0.06, true, 5).at(0.06)).isBetween(0.3, 0.7);
    assertThat(Scale.around(false, 0, 0, true, 5).at(0)).isEqualTo(0.5);
    double none = Double.POSITIVE_INFINITY;
    assertThat(Scale.around(false, none, -none, true, 5).ticks(5)).isNotEmpty();
    assertThat(Scale.around(true, none, -none, false, 5).ticks(5)).isNotEmpty();
  }

  @Test
  void refusesWhatCannotBeAScale() {
    assertThatThrownBy(() -> new Scale(true, 0, 10))
        .hasMessage("a logarithmic scale cannot run from 0.0 to 10.0");
    assertThatThrownBy(() -> new Scale(false, 1, Double.NaN)).hasMessageContaining("linear");
  }

  @Test
  void numbersReadTheSameEverywhere() {
    assertThat(Num.coord(0)).isEqualTo("0");
    assertThat(Num.coord(-0.001)).isEqualTo("0");
    assertThat(Num.coord(-0.5)).isEqualTo("-.5");
    assertThat(Num.coord(12.345)).isEqualTo("12.35");
    assertThat(Num.coord(3.05)).isEqualTo("3.05");
    assertThat(Num.fixed(-0.004, 2)).isEqualTo("0.00");
    assertThat(Num.fixed(-2.345, 1)).isEqualTo("−2.3");
    assertThat(Num.fixed(Double.NaN, 1)).isEqualTo("not measured");
    assertThat(Num.readable(430)).isEqualTo("430");
    assertThat(Num.readable(0.0123)).isEqualTo("0.012");
  }
}
