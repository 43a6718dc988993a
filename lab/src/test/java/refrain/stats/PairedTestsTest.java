package refrain.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PairedTestsTest {
  @Test
  void couplingIsBeyondTheSharedClock() {
    SplittableRandom random = new SplittableRandom(21);
    double[] a = new double[24];
    double[] coupled = new double[24];
    double[] apart = new double[24];
    int[] configuration = new int[24];
    for (int i = 0; i < 24; i++) {
      configuration[i] = i / 6;
      double clock = 10.0 * configuration[i];
      a[i] = clock + random.nextGaussian();
      coupled[i] = a[i] + 0.1 * random.nextGaussian();
      apart[i] = clock + random.nextGaussian();
    }
    assertThat(PairedTests.coupling(a, coupled, configuration, 999, 4)).isEqualTo(0.001);
    // The clock alone correlates them, and does not count.
    assertThat(RankCorrelation.of(a, apart, 999, 4).rho()).isGreaterThan(0.8);
    assertThat(PairedTests.coupling(a, apart, configuration, 999, 4)).isGreaterThan(0.05);
  }

  @Test
  void couplingErrsAtItsLevel() {
    long seed = 33;
    SplittableRandom random = new SplittableRandom(seed);
    int found = 0;
    for (int i = 0; i < 400; i++) {
      double[] a = Simulated.normal(10, 0, 1, random);
      double[] b = Simulated.normal(10, 0, 1, random);
      found += PairedTests.coupling(a, b, new int[10], 199, i) <= 0.05 ? 1 : 0;
    }
    assertThat(found / 400.0).as("seed %d", seed).isBetween(0.02, 0.085);
  }

  @Test
  void clopperPearsonHasItsClosedForms() {
    assertThat(Binomial.clopperPearson(0, 12, 0.95).high())
        .isCloseTo(1 - Math.pow(0.025, 1 / 12.0), within(1e-9));
    assertThat(Binomial.clopperPearson(12, 12, 0.95).low())
        .isCloseTo(Math.pow(0.025, 1 / 12.0), within(1e-9));
    Interval half = Binomial.clopperPearson(5, 10, 0.95);
    assertThat(half.low()).isCloseTo(0.18709, within(1e-5));
    assertThat(half.high()).isCloseTo(0.81291, within(1e-5));
    assertThatThrownBy(() -> Binomial.clopperPearson(4, 3, 0.95))
        .hasMessage(
            "binomial interval: expected 0 <= successes <= n and n >= 1, found 4 of 3; count again");
  }

  @Test
  void rankCorrelationSharesRanksOfTies() {
    assertThat(RankCorrelation.ranks(new double[] {5, 1, 5, 0})).containsExactly(3.5, 2, 3.5, 1);
    double[] x = {1, 2, 3, 4, 5};
    // 1 - 6 sum d^2 / (n (n^2 - 1)), d = 1, 1, 0, 0, 0.
    RankCorrelation swapped = RankCorrelation.of(x, new double[] {20, 10, 30, 40, 1e9}, 9999, 2);
    assertThat(swapped.rho()).isCloseTo(0.9, within(1e-12));
    // 10 of the 120 orders are at least as far from 0.
    assertThat(swapped.pValue()).isCloseTo(10 / 120.0, within(0.01));
    assertThat(RankCorrelation.of(x, new double[5], 9, 2).rho()).isNaN();
  }
}
