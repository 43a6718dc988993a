package refrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.base.RefrainException;
import refrain.data.NgramTables.Order;

class NgramTablesTest {
  /** 0 1 0 2 and 0 1: P1(1) = 3/9; after 0 three times, two kinds: (2 + 2/3) / (3 + 2). */
  @Test
  void interpolatesByHand() {
    NgramTables tables = NgramTables.of(3, List.of(new int[] {0, 1, 0, 2}, new int[] {0, 1}));
    int[] x = {1, 0, 1};
    assertThat(probability(tables, Order.UNIGRAM, x, 1)).isCloseTo(3 / 9.0, within(1e-12));
    double bigram = (2 + 2 * 3 / 9.0) / 5;
    assertThat(probability(tables, Order.BIGRAM, x, 1)).isCloseTo(bigram, within(1e-12));
    // After 1 0 came 2, once: (0 + 1 * bigram) / (1 + 1).
    assertThat(probability(tables, Order.TRIGRAM, x, 1)).isCloseTo(bigram / 2, within(1e-12));
    // 2 was never followed, so the unigram answers; the second sequence's end is not joined on.
    assertThat(probability(tables, Order.TRIGRAM, new int[] {1, 2, 1}, 1))
        .isCloseTo(3 / 9.0, within(1e-12));
    assertThat(probability(tables, Order.TRIGRAM, new int[] {0, 1}, 0))
        .isEqualTo(probability(tables, Order.BIGRAM, new int[] {0, 1}, 0));
    assertThatThrownBy(() -> NgramTables.of(3, List.of()))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("found 0");
  }

  private static double probability(NgramTables tables, Order order, int[] x, int t) {
    return Math.exp(tables.logProbability(order, x, t));
  }

  @Test
  void predictsDistributions() {
    Rng rng = Rng.of(1);
    NgramTables tables = NgramTables.of(new TrigramLanguage(9, 2, 1).open(), rng, 500, 30);
    double[] out = new double[9];
    for (Order order : Order.values()) {
      for (int[] x : new Iid(9, 0).open().next(rng, 20, 7).tokens()) {
        for (int t = 0; t < 7; t++) {
          tables.distribution(order, x, t, out);
          double sum = 0;
          for (double p : out) {
            sum += p;
          }
          assertThat(sum).isCloseTo(1, within(1e-12));
          assertThat(out[x[t + 1]]).isCloseTo(probability(tables, order, x, t), within(1e-12));
        }
      }
    }
  }

  /** With enough data each order's loss is the language's entropy of that order. */
  @Test
  void learnsTheEntropiesOfALanguage() {
    BigramRestarts spec = new BigramRestarts(16, 1.5, 0, 1, 2);
    NgramTables tables = NgramTables.of(spec.open(), Rng.of(1), 400_000, 199);
    Batch batch = spec.open().next(Rng.of(2), 500, 199);
    BigramTable table = spec.table();
    assertThat(Entropy.loss(tables, Order.UNIGRAM, batch))
        .isCloseTo(Entropy.unigram(table), within(.01));
    assertThat(Entropy.loss(tables, Order.BIGRAM, batch))
        .isCloseTo(Entropy.rate(table), within(.01));
    // A trigram has nothing to add here and pays for its sparser counts.
    assertThat(Entropy.loss(tables, Order.TRIGRAM, batch)).isBetween(Entropy.rate(table), 2.5);
  }

  @Test
  void onlyTheTrigramPredictsTheTrigramLanguage() {
    TrigramLanguage spec = new TrigramLanguage(10, 2, 3);
    NgramTables tables = NgramTables.of(spec.open(), Rng.of(1), 300_000, 99);
    Batch batch = spec.open().next(Rng.of(2), 300, 99);
    assertThat(Entropy.loss(tables, Order.TRIGRAM, batch))
        .isLessThan(Entropy.loss(tables, Order.BIGRAM, batch) - .3);
  }
}
