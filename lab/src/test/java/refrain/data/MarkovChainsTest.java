package refrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import refrain.store.Json;

class MarkovChainsTest {
  /** The add-one rule by hand: after 0 1 0 1 0 the transition 0 -> 1 was seen twice. */
  @Test
  void predictsByTheAddOneRule() {
    double[][] logs = new MarkovChains(2, 1).bayes(new int[] {0, 1, 0, 1, 0, 1});
    assertThat(Math.exp(logs[0][1])).isCloseTo(1 / 2.0, within(1e-12));
    assertThat(Math.exp(logs[2][1])).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(Math.exp(logs[4][1])).isCloseTo(3 / 4.0, within(1e-12));
    assertThat(Math.exp(logs[3][0])).isCloseTo(2 / 3.0, within(1e-12));
  }

  /**
   * The posterior by brute force: P(next | x) = integral of the likelihood of x and next over the
   * prior, here on a fine grid over both rows of a two-state chain.
   */
  @Test
  void isThePosteriorPredictive() {
    int[] x = {1, 1, 0, 1, 0, 0, 0, 1, 1, 0};
    for (double alpha : new double[] {1, 2.5}) {
      double[][] logs = new MarkovChains(2, alpha).bayes(x);
      for (int t = 0; t < x.length - 1; t++) {
        double evidence = 0;
        double one = 0;
        int grid = 400;
        for (int i = 0; i < grid; i++) {
          for (int j = 0; j < grid; j++) {
            double[] toOne = {(i + .5) / grid, (j + .5) / grid};
            double p = 1;
            for (double q : toOne) {
              p *= Math.pow(q * (1 - q), alpha - 1);
            }
            for (int s = 1; s <= t; s++) {
              double q = toOne[x[s - 1]];
              p *= x[s] == 1 ? q : 1 - q;
            }
            evidence += p;
            one += p * toOne[x[t]];
          }
        }
        assertThat(Math.exp(logs[t][1])).isCloseTo(one / evidence, within(1e-4));
      }
    }
  }

  @Test
  void noOtherSmoothingPredictsItsSamplesBetter() {
    int n = 4000;
    int context = 30;
    MarkovChains chains = Json.defaults(MarkovChains.class);
    Batch batch = chains.open().next(Rng.of(1), n, context);
    double best = loss(chains, batch);
    for (double other : new double[] {.3, .7, 1.5, 3}) {
      assertThat(loss(new MarkovChains(3, other), batch)).isGreaterThan(best);
    }
  }

  private static double loss(MarkovChains predictor, Batch batch) {
    double nats = 0;
    for (int[] x : batch.tokens()) {
      double[][] logs = predictor.bayes(x);
      for (int t = 0; t < logs.length; t++) {
        nats -= logs[t][x[t + 1]];
      }
    }
    return nats / (batch.size() * batch.context());
  }

  /** Gamma(a): E[log x] is digamma(a), -0.5772 at 1 and psi(2.5) = 0.70316. */
  @Test
  void drawsGammas() {
    double[][] shapesAndMeans = {{1, -0.5772157}, {2.5, 0.7031566}, {.1, -10.4237549}};
    for (double[] shapeAndMean : shapesAndMeans) {
      Rng rng = Rng.of(1);
      double sum = 0;
      int n = 200_000;
      for (int i = 0; i < n; i++) {
        sum += MarkovChains.logGamma(rng, shapeAndMean[0]);
      }
      double tolerance = 5 * Math.max(1, 1 / shapeAndMean[0]) * 1.3 / Math.sqrt(n);
      assertThat(sum / n).isCloseTo(shapeAndMean[1], within(tolerance));
    }
  }

  @Test
  void survivesATinyConcentration() {
    Batch batch = new MarkovChains(4, 1e-3).open().next(Rng.of(1), 500, 12);
    for (int[] x : batch.tokens()) {
      assertThat(x).hasSize(13);
      assertThat(x).containsAnyOf(0, 1, 2, 3).doesNotContain(4);
    }
    assertThatThrownBy(() -> new MarkovChains(2, 0))
        .hasMessageContaining("concentration must be a number from 0.001 to 1000.0, found 0.0");
  }
}
