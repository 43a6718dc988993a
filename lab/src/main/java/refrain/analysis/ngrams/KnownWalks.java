package refrain.analysis.ngrams;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import refrain.data.Batch;
import refrain.data.BigramRestarts;
import refrain.data.BigramTable;
import refrain.data.DataSpec;
import refrain.data.RelabelledBigrams;
import refrain.data.Rng;
import refrain.probe.LogSumExp;

/**
 * Walks in a language whose bigram table is known, before anything repeats: there the table is the
 * best prediction that there is.
 *
 * @param batch [sequences, tokens before any restart]
 * @param table of the language
 * @param names what the table's tokens are called in each sequence
 */
record KnownWalks(Batch batch, BigramTable table, int[][] names) {
  /** The language as one that can relabel its tokens; empty where its table is not known. */
  static Optional<RelabelledBigrams> language(DataSpec data) {
    return switch (data) {
      case RelabelledBigrams r -> Optional.of(r);
      case BigramRestarts r ->
          Optional.of(
              new RelabelledBigrams(
                  r.vocab(), r.c(), 1, 0, r.repeatProbability(), r.margin(), r.languageSeed()));
      default -> Optional.empty();
    };
  }

  static KnownWalks of(RelabelledBigrams language, Rng rng, int sequences) {
    BigramTable table = language.table();
    int[][] tokens = new int[sequences][];
    int[][] names = new int[sequences][];
    for (int s = 0; s < sequences; s++) {
      RelabelledBigrams.Walk walk =
          language.walk(table, rng, Math.max(language.margin(), TwiceSequences.LEAST_BLOCK));
      tokens[s] = walk.tokens();
      names[s] = walk.names();
    }
    return new KnownWalks(Batch.of(tokens), table, names);
  }

  /** Some of the sequences. */
  KnownWalks part(int from, int to) {
    return new KnownWalks(
        Batch.of(Arrays.copyOfRange(batch.tokens(), from, to)),
        table,
        Arrays.copyOfRange(names, from, to));
  }

  /** The same walks, where the table's tokens are said to be called otherwise: a wrong table. */
  KnownWalks misnamed(Rng rng) {
    int[][] wrong = new int[names.length][];
    Arrays.setAll(wrong, s -> rng.permutation(names[s].length));
    return new KnownWalks(batch, table, wrong);
  }

  /**
   * The mean over positions of KL(table || prediction), nats.
   *
   * @param logits of a model, [sequence, T V]
   */
  double divergence(float[][] logits) {
    int v = table.vocab();
    double sum = 0;
    for (int s = 0; s < logits.length; s++) {
      int[] was = inverse(names[s]);
      for (int t = 0; t < batch.context(); t++) {
        sum += divergence(was[batch.tokens()[s][t]], names[s], logits[s], t * v);
      }
    }
    return sum / ((double) logits.length * batch.context());
  }

  /** The same of a prediction of equally likely tokens. */
  double divergenceOfUniform() {
    return divergence(new float[batch.size()][batch.context() * table.vocab()]);
  }

  private double divergence(int a, int[] called, float[] logits, int from) {
    int v = table.vocab();
    double log = LogSumExp.of(logits, from, v);
    double kl = 0;
    for (int b = 0; b < v; b++) {
      double p = table.probability(a, b);
      kl += p > 0 ? p * (Math.log(p) - logits[from + called[b]] + log) : 0;
    }
    return kl;
  }

  private static int[] inverse(int[] names) {
    int[] was = new int[names.length];
    IntStream.range(0, names.length).forEach(a -> was[names[a]] = a);
    return was;
  }
}
