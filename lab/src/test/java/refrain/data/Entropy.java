package refrain.data;

import java.util.stream.IntStream;

/** What no model of a bigram language can beat, and what n-gram models lose; nats. */
public final class Entropy {
  private Entropy() {}

  /** The entropy rate: sum over a of pi(a) H(row a) (Cover and Thomas, section 4.2). */
  static double rate(BigramTable table) {
    double[] pi = table.stationary();
    double rate = 0;
    for (int a = 0; a < table.vocab(); a++) {
      int from = a;
      rate +=
          pi[a]
              * of(
                  IntStream.range(0, pi.length)
                      .mapToDouble(b -> table.probability(from, b))
                      .toArray());
    }
    return rate;
  }

  /** The entropy of the stationary distribution: the loss of the best unigram model. */
  static double unigram(BigramTable table) {
    return of(table.stationary());
  }

  /** The entropy of a distribution. */
  static double of(double[] p) {
    double h = 0;
    for (double x : p) {
      if (x > 0) {
        h -= x * StrictMath.log(x);
      }
    }
    return h;
  }

  /** The mean loss of an n-gram model over all positions of a batch, nats per token. */
  public static double loss(NgramTables tables, NgramTables.Order order, Batch batch) {
    double nats = 0;
    for (int[] x : batch.tokens()) {
      for (int t = 0; t + 1 < x.length; t++) {
        nats -= tables.logProbability(order, x, t);
      }
    }
    return nats / ((double) batch.size() * batch.context());
  }
}
