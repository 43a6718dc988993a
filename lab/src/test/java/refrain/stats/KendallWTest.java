package refrain.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class KendallWTest {
  /** Siegel 1956, Nonparametric Statistics, table 9.7: three executives rank six applicants. */
  @Test
  void threeExecutivesRankSixApplicants() {
    double[][] ranks = {{1, 6, 3, 2, 5, 4}, {1, 5, 6, 4, 2, 3}, {6, 3, 2, 5, 4, 1}};
    // S = 25.5, W = 12 * 25.5 / (9 * 210).
    assertThat(KendallW.of(ranks)).isCloseTo(306.0 / 1890, within(1e-12));
  }

  /** Kendall 1948, Rank Correlation Methods (Siegel 1956, table 9.9): ten things with ties. */
  @Test
  void tiesAreCorrectedFor() {
    double[][] ranks = {
      {1, 4.5, 2, 4.5, 3, 7.5, 6, 9, 7.5, 10},
      {2.5, 1, 2.5, 4.5, 4.5, 8, 9, 6.5, 10, 6.5},
      {2, 1, 4.5, 4.5, 4.5, 4.5, 8, 8, 8, 10}
    };
    // S = 591, the ties' T = 1 + 1.5 + 7: W = 591 / (742.5 - 3 * 9.5).
    assertThat(KendallW.of(ranks)).isCloseTo(591 / 714.0, within(1e-12));
  }

  /** (m W - 1) / (m - 1) is the mean of Spearman's rho over all pairs of judges. */
  @Test
  void itIsTheMeanRankCorrelationOfAllPairs() {
    double[][] scores = {
      {.3, 2, -1, .7, 8, 4.4, 0},
      {1, 2, 3, 5, 4, 7, 6},
      {-2, -7, -3, -1, -9, -4, -5},
      {4, 1, 7, 2, 3, 6, 5}
    };
    double rho = 0;
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < i; j++) {
        rho += RankCorrelation.of(scores[i], scores[j], 0, 0).rho() / 6;
      }
    }
    assertThat((4 * KendallW.of(scores) - 1) / 3).isCloseTo(rho, within(1e-12));
  }

  @Test
  void fullAgreementIsOneAndChanceIsOneOverTheJudges() {
    double[][] scores = new double[5][];
    for (int j = 0; j < 5; j++) {
      scores[j] = new double[] {.1, .5 + j, 7 + j, 9 * j + 9, 300};
    }
    assertThat(KendallW.of(scores)).isCloseTo(1, within(1e-12));
    assertThat(KendallW.shuffled(scores, 4000, 1)).isCloseTo(.2, within(.006));
    assertThat(KendallW.of(new double[][] {{1, 1}, {2, 2}})).isNaN();
  }

  @Test
  void whatCannotBeRankedIsRefused() {
    assertThatThrownBy(() -> KendallW.of(new double[][] {{1, 2}}))
        .hasMessageContaining("at least two judges and two things, found 1 and 2");
    assertThatThrownBy(() -> KendallW.of(new double[][] {{1, 2}, {1, Double.NaN}}))
        .hasMessageContaining("expected finite scores, found NaN");
    assertThatThrownBy(() -> KendallW.of(new double[][] {{1, 2}, {1, 2, 3}}))
        .hasMessageContaining("expected 2 things of each judge, found 3");
  }
}
