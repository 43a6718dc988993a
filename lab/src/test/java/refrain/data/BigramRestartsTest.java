package refrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import refrain.base.RefrainException;
import refrain.store.Json;

class BigramRestartsTest {
  @Test
  void surprisalOfAWalkIsTheEntropyRate() {
    for (double c : new double[] {0, .5, 1.5}) {
      BigramTable table = new BigramRestarts(64, c, 0, 16, 1).table();
      int[] x = table.walk(Rng.of(2), 200_001);
      double nats = 0;
      for (int t = 1; t < x.length; t++) {
        nats -= Math.log(table.probability(x[t - 1], x[t]));
      }
      assertThat(nats / 200_000).isCloseTo(Entropy.rate(table), within(.01));
    }
    assertThat(Entropy.rate(new BigramRestarts(64, 0, 0, 16, 1).table()))
        .isCloseTo(Math.log(64), within(1e-12));
  }

  /** For large V, H(softmax(c z)) tends to log V - c^2 / 2: the log-normal's size bias. */
  @Test
  void entropyFallsAsHalfTheSquareOfC() {
    for (double c : new double[] {.5, 1}) {
      double rate = Entropy.rate(new BigramRestarts(1024, c, 0, 16, 3).table());
      assertThat(rate).isCloseTo(Math.log(1024) - c * c / 2, within(.01));
    }
  }

  @Test
  void stationaryDistributionIsFixedByTheTable() {
    BigramTable table = new BigramRestarts(7, 1, 0, 16, 4).table();
    double[] pi = table.stationary();
    for (int b = 0; b < 7; b++) {
      double flow = 0;
      for (int a = 0; a < 7; a++) {
        flow += pi[a] * table.probability(a, b);
      }
      assertThat(flow).isCloseTo(pi[b], within(1e-12));
    }
    assertThat(Arrays.stream(pi).sum()).isCloseTo(1, within(1e-12));
  }

  @Test
  void threeQuartersStartAgainAtAUniformOffset() {
    int n = 20_000;
    int context = 64;
    Batch batch = Json.defaults(BigramRestarts.class).open().next(Rng.of(5), n, context);
    int[] offsets = new int[context + 1];
    for (int[] x : batch.tokens()) {
      assertThat(x).hasSize(context + 1);
      offsets[period(x)]++;
    }
    int repeats = n - offsets[context];
    assertThat(repeats / (double) n).isCloseTo(.75, within(.015));
    for (int r = 0; r < context; r++) {
      if (r < 16 || r >= 48) {
        assertThat(offsets[r]).as("offset %d", r).isZero();
      } else {
        assertThat((double) offsets[r]).isCloseTo(n * .75 / 32, within(110.0));
      }
    }
  }

  /** The least r with x[t] = x[t - r] for all t >= r, or the last index where there is none. */
  private static int period(int[] x) {
    for (int r = 1; r < x.length - 4; r++) {
      boolean same = true;
      for (int t = r; t < x.length && same; t++) {
        same = x[t] == x[t - r];
      }
      if (same) {
        return r;
      }
    }
    return x.length - 1;
  }

  @Test
  void neverOrAlwaysStartsAgain() {
    int[][] never = new BigramRestarts(97, .5, 0, 5, 1).open().next(Rng.of(1), 200, 31).tokens();
    int[][] always = new BigramRestarts(97, .5, 1, 5, 1).open().next(Rng.of(1), 200, 31).tokens();
    assertThat(Arrays.asList(never)).allSatisfy(x -> assertThat(period(x)).isEqualTo(31));
    assertThat(Arrays.asList(always)).allSatisfy(x -> assertThat(period(x)).isBetween(5, 25));
  }

  @Test
  void sameGeneratorStateGivesTheSameBatch() {
    DataSource source = Json.defaults(BigramRestarts.class).open();
    Rng rng = Rng.of(9);
    source.next(rng, 3, 64);
    long[] saved = rng.state();
    int[][] once = source.next(rng, 3, 64).tokens();
    int[][] again =
        Json.defaults(BigramRestarts.class).open().next(Rng.ofState(saved), 3, 64).tokens();
    assertThat(again).isDeepEqualTo(once);
    assertThat(source.evaluation(1, 2, 40).tokens())
        .isDeepEqualTo(source.evaluation(1, 2, 40).tokens());
  }

  @Test
  void refusesWhatItCannotMean() {
    assertThatThrownBy(() -> new BigramRestarts(1, .5, .75, 16, 0))
        .isInstanceOf(RefrainException.class)
        .hasMessage("data bigram-restarts: vocab must be an integer from 2 to 4096, found 1");
    assertThatThrownBy(() -> new BigramRestarts(128, Double.NaN, .75, 16, 0))
        .hasMessageContaining("c must be a number from 0.0 to 10.0, found NaN");
    assertThatThrownBy(() -> new BigramRestarts(128, .5, 1.5, 16, 0))
        .hasMessageContaining("repeatProbability");
    assertThatThrownBy(() -> Json.defaults(BigramRestarts.class).open().next(Rng.of(0), 1, 32))
        .isInstanceOf(RefrainException.class)
        .hasMessage(
            "bigram-restarts: context must be at least 33 (twice the margin and one more), found"
                + " 32");
  }
}
