package refrain.data;

import java.util.Arrays;
import java.util.List;
import refrain.base.RefrainException;

/**
 * Unigram, bigram and trigram models of token sequences: the baselines that a model must beat to be
 * said to use its context. Sequences are counted each on its own; nothing crosses their ends.
 *
 * <p>The unigram adds one to every count: P1(b) = (c(b) + 1) / (N + V). The higher orders
 * interpolate with the order below (Witten and Bell 1991; Chen and Goodman 1998, section 2.3):
 * after a context h seen c(h) times with d(h) distinct successors, P(b | h) = (c(h b) + d(h) P'(b))
 * / (c(h) + d(h)), P' the prediction from the context without its oldest token; P' itself where h
 * was never seen.
 */
public final class NgramTables {
  /** The orders, each conditioned on one token more than the one before. */
  public enum Order {
    UNIGRAM,
    BIGRAM,
    TRIGRAM
  }

  private final int vocab;
  private final double[] unigram;
  private final NgramCounts bigrams;
  private final NgramCounts trigrams;

  private NgramTables(int vocab, double[] unigram, NgramCounts bigrams, NgramCounts trigrams) {
    this.vocab = vocab;
    this.unigram = unigram;
    this.bigrams = bigrams;
    this.trigrams = trigrams;
  }

  /** The models of sequences of ids below V; at most about 2^31 tokens in all. */
  public static NgramTables of(int vocab, List<int[]> sequences) {
    long total = sequences.stream().mapToLong(x -> x.length).sum();
    if (total == 0 || total > Integer.MAX_VALUE - 8) {
      throw RefrainException.badInput(
          "n-gram tables: expected 1 to " + (Integer.MAX_VALUE - 8) + " tokens, found " + total);
    }
    double[] unigram = new double[vocab];
    int pairs = sequences.stream().mapToInt(x -> Math.max(0, x.length - 1)).sum();
    int triples = sequences.stream().mapToInt(x -> Math.max(0, x.length - 2)).sum();
    long[] two = new long[pairs];
    long[] three = new long[triples];
    int i = 0;
    int j = 0;
    for (int[] x : sequences) {
      for (int t = 0; t < x.length; t++) {
        unigram[x[t]]++;
        if (t >= 1) {
          two[i++] = (long) x[t - 1] * vocab + x[t];
        }
        if (t >= 2) {
          three[j++] = ((long) x[t - 2] * vocab + x[t - 1]) * vocab + x[t];
        }
      }
    }
    for (int b = 0; b < vocab; b++) {
      unigram[b] = (unigram[b] + 1) / (total + vocab);
    }
    return new NgramTables(
        vocab, unigram, new NgramCounts(vocab, two), new NgramCounts(vocab, three));
  }

  /**
   * The models of a source's training data: of a text the first {@code tokens} of its training part
   * (all of it where it is shorter), of a language samples of context T.
   */
  public static NgramTables of(DataSource source, Rng rng, int tokens, int context) {
    if (source instanceof TextSource text) {
      int n = Math.min(tokens, text.trainTokens());
      return of(text.vocab(), List.of(text.train(0, n)));
    }
    int sequences = Math.max(1, tokens / (context + 1));
    return of(source.vocab(), Arrays.asList(source.next(rng, sequences, context).tokens()));
  }

  public int vocab() {
    return vocab;
  }

  /**
   * log P(x[t + 1] | what the order may see of x[0..t]), nats. At t = 0 a trigram sees one token
   * only and predicts as the bigram does.
   */
  public double logProbability(Order order, int[] x, int t) {
    int next = x[t + 1];
    double p = unigram[next];
    if (order != Order.UNIGRAM) {
      p = interpolate(bigrams, x[t], next, p);
    }
    if (order == Order.TRIGRAM && t >= 1) {
      p = interpolate(trigrams, (long) x[t - 1] * vocab + x[t], next, p);
    }
    return StrictMath.log(p);
  }

  private static double interpolate(NgramCounts counts, long context, int next, double lower) {
    int from = counts.first(context);
    int to = counts.end(context);
    double distinct = to - from;
    return distinct == 0
        ? lower
        : (counts.count(from, to, context, next) + distinct * lower)
            / (counts.total(from, to) + distinct);
  }

  /**
   * The whole prediction after x[0..t], into {@code out}.
   *
   * @param out [V], filled with probabilities that sum to 1
   */
  public void distribution(Order order, int[] x, int t, double[] out) {
    System.arraycopy(unigram, 0, out, 0, vocab);
    if (order != Order.UNIGRAM) {
      interpolate(bigrams, x[t], out);
    }
    if (order == Order.TRIGRAM && t >= 1) {
      interpolate(trigrams, (long) x[t - 1] * vocab + x[t], out);
    }
  }

  private void interpolate(NgramCounts counts, long context, double[] out) {
    int from = counts.first(context);
    int to = counts.end(context);
    double distinct = to - from;
    if (distinct == 0) {
      return;
    }
    double denominator = counts.total(from, to) + distinct;
    for (int b = 0; b < vocab; b++) {
      out[b] *= distinct / denominator;
    }
    for (int i = from; i < to; i++) {
      out[counts.successor(i)] += counts.total(i, i + 1) / denominator;
    }
  }
}
