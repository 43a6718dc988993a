package refrain.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import refrain.base.Default;
import refrain.base.RefrainException;

/**
 * The bigram language with restarts ({@link BigramRestarts}) whose tokens change places: a sample
 * is a walk through one fixed table, and then every token a of it becomes names[a], a permutation
 * that each sample draws anew, or draws from a few. With a new one each time no table of n-grams
 * can be learned, since every token follows every other one equally often; what repeats can be
 * copied as in the plain language.
 *
 * <p>Some successors of each token may have the probability 0: pairs that never stand in any sample
 * but where a restart begins.
 *
 * <p>The best prediction is known: {@link #best}, and where there are too many permutations to go
 * through it lies between {@link #told} and {@link #blind}.
 *
 * @param vocab V
 * @param c the entropy parameter of the table, rows softmax(c N(0, 1))
 * @param tables how many permutations there are, the first of which leaves all tokens as they are;
 *     0: each sample draws one of all V!
 * @param never the share of each token's successors that never follow it
 * @param repeatProbability the share of samples that start again
 * @param margin the least distance of the restart from either end, tokens
 * @param languageSeed fixes table and permutations
 */
public record RelabelledBigrams(
    @Default("128") int vocab,
    @Default("1") double c,
    @Default("0") int tables,
    @Default("0") double never,
    @Default("0.75") double repeatProbability,
    @Default("16") int margin,
    @Default("12345") long languageSeed)
    implements DataSpec {
  private static final String KIND = "relabelled-bigrams";

  /** So many tokens have permutations few enough to go through them all. */
  private static final int FEW = 6;

  public RelabelledBigrams {
    Require.between(KIND, "vocab", 2, 4096, vocab);
    Require.between(KIND, "c", 0.0, 10.0, c);
    Require.between(KIND, "tables", 0, 4096, tables);
    Require.between(KIND, "never", 0.0, 0.9, never);
    Require.between(KIND, "repeatProbability", 0.0, 1.0, repeatProbability);
    Require.between(KIND, "margin", 1, 1 << 20, margin);
  }

  /** The table of the walk, before tokens change places. */
  public BigramTable table() {
    BigramTable whole = BigramTable.random(Rng.of(languageSeed).split("bigram"), vocab, c);
    int none = (int) (never * vocab);
    if (none == 0) {
      return whole;
    }
    Rng rng = Rng.of(languageSeed).split("never");
    double[][] rows = new double[vocab][vocab];
    for (int a = 0; a < vocab; a++) {
      int from = a;
      Arrays.setAll(rows[a], b -> whole.probability(from, b));
      for (int b : rng.sample(vocab, none)) {
        rows[a][b] = 0;
      }
      double left = Arrays.stream(rows[a]).sum();
      for (int b = 0; b < vocab; b++) {
        rows[a][b] /= left;
      }
    }
    return new BigramTable(rows);
  }

  /** One of the permutations, if there is a number of them. */
  int[] names(int n) {
    return n == 0
        ? IntStream.range(0, vocab).toArray()
        : Rng.of(languageSeed).split("names " + n).permutation(vocab);
  }

  /**
   * The probabilities after the tokens changed places, [V, V]: that of names[b] after names[a] is
   * the table's of b after a.
   */
  public static double[][] relabelled(BigramTable table, int[] names) {
    double[][] rows = new double[names.length][names.length];
    for (int a = 0; a < names.length; a++) {
      for (int b = 0; b < names.length; b++) {
        rows[names[a]][names[b]] = table.probability(a, b);
      }
    }
    return rows;
  }

  @Override
  public double entropy() {
    return table().entropy();
  }

  @Override
  public RelabelledBigrams replicate(int n) {
    return new RelabelledBigrams(
        vocab, c, tables, never, repeatProbability, margin, languageSeed + n);
  }

  /**
   * A sample before any restart, with what its tokens are called.
   *
   * @param tokens as they are read
   * @param names of the table's tokens
   */
  public record Walk(int[] tokens, int[] names) {}

  /** A walk of so many tokens that does not start again. */
  public Walk walk(BigramTable table, Rng rng, int length) {
    int[] names = tables == 0 ? rng.permutation(vocab) : names(rng.nextInt(tables));
    int[] x = table.walk(rng, length);
    return new Walk(Arrays.stream(x).map(a -> names[a]).toArray(), names);
  }

  @Override
  public DataSource open() {
    BigramTable table = table();
    return DataSource.of(
        vocab,
        context -> Optional.of(new Distances(margin, context - margin - 1)),
        (rng, context) -> sample(table, rng, context));
  }

  private int[] sample(BigramTable table, Rng rng, int context) {
    Require.contextAtLeast(KIND, 2 * margin + 1, context, "twice the margin and one more");
    int[] x = walk(table, rng, context + 1).tokens();
    return BigramRestarts.restarted(x, rng, repeatProbability, margin);
  }

  /**
   * The loss of each target, [T] nats, for a reader who knows the language and which permutation
   * the sample drew: no reader loses less on the mean.
   */
  public double[] told(int[] tokens, int[] names) {
    return losses(tokens, List.<double[][]>of(relabelled(table(), names)));
  }

  /**
   * The same for a reader who knows the language and reads every permutation as equally likely to
   * the end, so that the table says the mean over them: the best does not lose more on the mean.
   */
  public double[] blind(int[] tokens) {
    return losses(tokens, List.<double[][]>of(mean()));
  }

  /**
   * The same for the best of all predictions, which knows the language and learns from the tokens
   * which permutation it is and where the sample started again. Exact.
   *
   * @throws RefrainException of kind BAD_INPUT where each sample draws one of too many permutations
   */
  public double[] best(int[] tokens) {
    if (tables == 0 && vocab > FEW) {
      throw RefrainException.badInput(
          "data %s: the best prediction goes through all permutations, which are too many for %s"
              + " tokens; expected 'tables' above 0, or 'vocab' of %s or less",
          KIND, vocab, FEW);
    }
    BigramTable table = table();
    return losses(tokens, permutations().stream().map(n -> relabelled(table, n)).toList());
  }

  private List<int[]> permutations() {
    if (tables > 0) {
      return IntStream.range(0, tables).mapToObj(this::names).toList();
    }
    List<int[]> all = new ArrayList<>();
    permute(new int[vocab], 0, all);
    return all;
  }

  private static void permute(int[] begun, int at, List<int[]> all) {
    if (at == begun.length) {
      all.add(begun.clone());
      return;
    }
    for (int name = 0; name < begun.length; name++) {
      int next = name;
      if (IntStream.range(0, at).noneMatch(i -> begun[i] == next)) {
        begun[at] = name;
        permute(begun, at + 1, all);
      }
    }
  }

  /** The mean over permutations of the relabelled table. */
  private double[][] mean() {
    BigramTable table = table();
    double[][] mean = new double[vocab][vocab];
    if (tables > 0) {
      for (int[] names : permutations()) {
        double[][] one = relabelled(table, names);
        for (int a = 0; a < vocab; a++) {
          for (int b = 0; b < vocab; b++) {
            mean[a][b] += one[a][b] / tables;
          }
        }
      }
      return mean;
    }
    // Over all V! only whether a token follows itself is left.
    double same = 0;
    for (int a = 0; a < vocab; a++) {
      same += table.probability(a, a) / vocab;
    }
    for (int a = 0; a < vocab; a++) {
      Arrays.fill(mean[a], (1 - same) / (vocab - 1));
      mean[a][a] = same;
    }
    return mean;
  }

  /** Bayes' prediction over some tables, all as likely, and all ways to start again. */
  private double[] losses(int[] x, List<double[][]> some) {
    int context = x.length - 1;
    Require.contextAtLeast(KIND, 2 * margin + 1, context, "twice the margin and one more");
    int offsets = context - 2 * margin;
    // The last column: it does not start again.
    double[][] weights = new double[some.size()][offsets + 1];
    for (double[] row : weights) {
      Arrays.fill(row, repeatProbability / offsets / some.size());
      row[offsets] = (1 - repeatProbability) / some.size();
    }
    double[] losses = new double[context];
    double before = 1;
    for (int t = 1; t <= context; t++) {
      double after = 0;
      for (int k = 0; k < weights.length; k++) {
        double walked = some.get(k)[x[t - 1]][x[t]];
        for (int o = 0; o <= offsets; o++) {
          int offset = margin + o;
          boolean again = o < offsets && t >= offset;
          weights[k][o] *= again ? (x[t] == x[t - offset] ? 1 : 0) : walked;
          after += weights[k][o];
        }
      }
      losses[t - 1] = -StrictMath.log(after / before);
      before = after;
      if (before < 1e-200) {
        for (double[] row : weights) {
          for (int o = 0; o <= offsets; o++) {
            row[o] /= after;
          }
        }
        before = 1;
      }
    }
    return losses;
  }
}
