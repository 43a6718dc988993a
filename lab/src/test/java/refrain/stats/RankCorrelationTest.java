package refrain.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RankCorrelationTest {
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

  /** Two groups of two and of one: four of the deals within groups, and rho of each. */
  @Test
  void withinGroupsIsWhatDealingOutWithinThemTakesAway() {
    double[] x = {4, 1, 9, 3, 7};
    double[] y = {2, 5, 8, 1, 3};
    double mean = 0;
    for (int[] deal :
        new int[][] {{0, 1, 2, 3, 4}, {1, 0, 2, 3, 4}, {0, 1, 3, 2, 4}, {1, 0, 3, 2, 4}}) {
      double[] dealt = java.util.Arrays.stream(deal).mapToDouble(i -> x[i]).toArray();
      mean += RankCorrelation.of(dealt, y, 0, 1).rho() / 4;
    }
    double rho = RankCorrelation.of(x, y, 0, 1).rho();
    assertThat(RankCorrelation.withinGroups(x, y, new int[] {5, 5, 2, 2, 0}))
        .isCloseTo(rho - mean, within(1e-12));
  }
}
