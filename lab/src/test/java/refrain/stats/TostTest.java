package refrain.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TostTest {
  private static final double[] ZEROS = new double[12];

  @Test
  void theIntervalWithinTheMarginIsTheTest() {
    SplittableRandom random = new SplittableRandom(6);
    int equivalent = 0;
    for (int i = 0; i < 60; i++) {
      double[] d = Simulated.normal(12, 0.04, 0.1, random);
      Tost t = Tost.paired(d, ZEROS, Tost.TEN_PERCENT, 0.05);
      Tost bootstrap = Tost.bootstrap(d, ZEROS, Tost.TEN_PERCENT, 0.05, 400, i);
      for (Tost test : new Tost[] {t, bootstrap}) {
        boolean inside = -test.margin() < test.low() && test.high() < test.margin();
        assertThat(test.equivalent()).as("simulation %d", i).isEqualTo(inside);
        assertThat(test.pValue() < 0.05 + 1e-6).as("simulation %d", i).isEqualTo(inside);
      }
      equivalent += t.equivalent() ? 1 : 0;
    }
    assertThat(equivalent).isBetween(5, 55);
  }

  /** Four differences, by hand: mean .02, standard error .01, t with 3 degrees of freedom. */
  @Test
  void agreesWithAHandComputedTest() {
    double s = 0.02 * Math.sqrt(3) / 2;
    double[] d = {0.02 - s, 0.02 + s, 0.02 - s, 0.02 + s};
    Tost test = Tost.paired(d, new double[4], 0.0435336, 0.05);
    assertThat(test.estimate()).isCloseTo(0.02, within(1e-12));
    // The one-sided 5 % point of t with 3 degrees of freedom is 2.35336.
    assertThat(test.high()).isCloseTo(0.02 + 0.0235336, within(1e-6));
    assertThat(test.pValue()).isCloseTo(0.05, within(1e-5));
  }

  @Test
  void atTheMarginItErrsAtItsLevel() {
    long seed = 77;
    SplittableRandom random = new SplittableRandom(seed);
    int byT = 0;
    for (int i = 0; i < 2000; i++) {
      double[] d = Simulated.normal(12, Tost.TEN_PERCENT, 0.05, random);
      byT += Tost.paired(d, ZEROS, Tost.TEN_PERCENT, 0.05).equivalent() ? 1 : 0;
    }
    assertThat(byT / 2000.0).as("t, seed %d", seed).isBetween(0.035, 0.065);
    int byBootstrap = 0;
    for (int i = 0; i < 200; i++) {
      double[] d = Simulated.normal(12, Tost.TEN_PERCENT, 0.05, random);
      byBootstrap += Tost.bootstrap(d, ZEROS, Tost.TEN_PERCENT, 0.05, 499, i).equivalent() ? 1 : 0;
    }
    assertThat(byBootstrap / 200.0).as("bootstrap, seed %d", seed).isBetween(0.01, 0.1);
  }

  @Test
  void withoutSpreadTheMeanDecides() {
    assertThat(Tost.paired(new double[] {1, 1}, new double[] {1, 1}, 0.1, 0.05).equivalent())
        .isTrue();
    assertThat(Tost.paired(new double[] {2, 2}, new double[] {1, 1}, 0.1, 0.05).equivalent())
        .isFalse();
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> Tost.paired(ZEROS, ZEROS, 0, 0.05))
        .hasMessage(
            "equivalence test: expected margin > 0 and 0 < alpha < 0.5, found 0.0 and 0.05; such as"
                + " ln 1.1 and 0.05");
  }
}
