package refrain.analysis.ngrams;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Losses;
import refrain.analysis.instrument.ModelState;
import refrain.data.Batch;
import refrain.data.BigramRestarts;
import refrain.data.BigramTable;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.Observer;
import refrain.model.View;
import refrain.probe.LogSumExp;
import refrain.stats.Crossing;

/**
 * The stages of training by n-grams, on the bigram language, whose true tables are known: how far a
 * model's predictions are from the unigram (the table's stationary distribution) and from the
 * bigram, KL(model || table), at each checkpoint.
 *
 * <p>Read at two places. <em>Fresh</em>: where no restart can have begun, so that nothing repeats
 * and the table is the best prediction there is. <em>Late</em>: where a restart has begun if there
 * is one, so that a model that copies has to leave the table.
 */
final class NgramStages {
  static final Declarations ALL = new Declarations("Edelman et al. 2024, section 3");

  private static final int FRESH_SEQUENCES = 1024;
  private static final int LATE_SEQUENCES = 256;

  private static final String FRESH =
      "at the positions before any restart (targets before the margin), "
          + FRESH_SEQUENCES
          + " sequences of the evaluation set";
  private static final String LATE =
      "at the last positions, as many as the margin, "
          + LATE_SEQUENCES
          + " sequences of the evaluation set";

  private static final SeriesQuantity STEPS =
      ALL.axis("ngram.kl.steps", "of each checkpoint, and step 0");
  private static final Stage UNIGRAM = new Stage("unigram", "the stationary distribution");
  private static final Stage BIGRAM = new Stage("bigram", "the language's table");
  private static final SeriesQuantity LATE_BIGRAM =
      ALL.series("ngram.kl.late", "divergence from the bigram late in the context", "nats")
          .is("KL(model || the language's table) " + LATE);
  private static final Quantity HALF =
      ALL.steps("ngram.half", "half-time of the bigram")
          .is(
              "step from which on three checkpoints in a row are at most half as far from the"
                  + " bigram, fresh, as the true unigram is; interpolated");
  private static final Quantity LEAVE =
      ALL.nats("ngram.leave", "how far the model goes from the bigram late in the context")
          .is("ngram.kl.late at the last checkpoint minus its least after step 0");
  private static final Quantity LEAVE_FRESH =
      ALL.nats("ngram.leave.fresh", "how far the model goes from the bigram where nothing repeats")
          .is("ngram.kl.bigram at the last checkpoint minus its least after step 0");
  private static final Quantity LEAVE_HALF =
      ALL.steps("ngram.leave.half", "half-time of leaving the bigram")
          .is(
              "step from which on three checkpoints in a row have done half of ngram.leave after"
                  + " the one nearest to the bigram; interpolated");

  private NgramStages() {}

  /** What is declared of one table. */
  private record Stage(Quantity nearest, Quantity least, SeriesQuantity all) {
    Stage(String name, String table) {
      this(
          ALL.steps("ngram.nearest." + name, "step nearest to the " + name)
              .is("checkpoint after step 0 at which ngram.kl." + name + " is least"),
          ALL.nats("ngram.least." + name, "least divergence from the " + name)
              .is("least ngram.kl." + name + " after step 0"),
          ALL.series("ngram.kl." + name, "divergence from the " + name, "nats")
              .is("KL(model || " + table + ") " + FRESH));
    }

    void put(long[] steps, double[] kl, Findings out) {
      int at = NgramStages.nearest(kl);
      out.put(nearest, steps[at]).put(least, kl[at]).put(all, kl);
    }
  }

  /**
   * @param language null: the run's data has no table, and there is nothing to find
   */
  static Findings of(Subject run, @Nullable BigramRestarts language) {
    long[] steps = run.states();
    if (language == null || steps.length < 2) {
      return Findings.none(ALL);
    }
    int margin = language.margin();
    int[][] fresh =
        Arrays.stream(run.evaluation(FRESH_SEQUENCES).tokens())
            .map(x -> Arrays.copyOf(x, margin))
            .toArray(int[][]::new);
    int[][] whole = run.evaluation(LATE_SEQUENCES).tokens();
    Tables tables = Tables.of(language.table());
    double[] unigram = new double[steps.length];
    double[] bigram = new double[steps.length];
    double[] late = new double[steps.length];
    for (int i = 0; i < steps.length; i++) {
      ModelState state = run.state(steps[i]);
      Divergence near = tables.from(state, fresh, 0);
      unigram[i] = near.unigram();
      bigram[i] = near.bigram();
      late[i] = tables.from(state, whole, state.context() - margin).bigram();
    }
    return found(steps, unigram, bigram, late, tables.apart());
  }

  /**
   * The stages of divergences at each of some steps, the first of them 0.
   *
   * @param apart the unigram's divergence from the bigram, nats
   */
  static Findings found(
      long[] steps, double[] unigram, double[] bigram, double[] late, double apart) {
    Findings out = new Findings().put(STEPS, steps);
    UNIGRAM.put(steps, unigram, out);
    BIGRAM.put(steps, bigram, out);
    int last = steps.length - 1;
    int nearest = nearest(late);
    double[] axis = Arrays.stream(steps).asDoubleStream().toArray();
    double[] negated = Arrays.stream(bigram).map(kl -> -kl).toArray();
    return out.put(LATE_BIGRAM, late)
        .put(HALF, Crossing.above(axis, negated, -apart / 2))
        .put(LEAVE, late[last] - late[nearest])
        .put(LEAVE_FRESH, bigram[last] - bigram[nearest(bigram)])
        .put(
            LEAVE_HALF,
            Crossing.halfWay(
                Arrays.copyOfRange(axis, nearest, axis.length),
                Arrays.copyOfRange(late, nearest, late.length)));
  }

  /** The index of the least value after the first. */
  private static int nearest(double[] values) {
    int found = 1;
    for (int i = 2; i < values.length; i++) {
      found = values[i] < values[found] ? i : found;
    }
    return found;
  }

  /** Mean divergences of a model, nats. */
  record Divergence(double unigram, double bigram) {}

  /**
   * The language's tables as logarithms.
   *
   * @param unigram [V]
   * @param bigram [V, V]
   * @param apart the mean divergence of the unigram from the bigram, nats
   */
  record Tables(double[] unigram, double[][] bigram, double apart) {
    static Tables of(BigramTable table) {
      int v = table.vocab();
      double[] pi = table.stationary();
      double[][] bigram = new double[v][v];
      double apart = 0;
      for (int a = 0; a < v; a++) {
        for (int b = 0; b < v; b++) {
          bigram[a][b] = Math.log(table.probability(a, b));
          apart += pi[a] * pi[b] * (Math.log(pi[b]) - bigram[a][b]);
        }
      }
      return new Tables(Arrays.stream(pi).map(Math::log).toArray(), bigram, apart);
    }

    /**
     * The divergence of a model from both, over the positions from one on.
     *
     * @param tokens [sequence, T + 1]
     */
    Divergence from(ModelState state, int[][] tokens, int first) {
      double[] sums = new double[2];
      int positions = 0;
      for (Batch batch : Losses.batches(tokens)) {
        double[][] each = new double[batch.size()][2];
        Observer observer =
            Observer.of(
                Set.of(HookPoint.of(HookKind.LOGITS)),
                (sequence, _, view) -> add(batch.tokens()[sequence], view, first, each[sequence]));
        state.losses(batch, state.plan(batch, List.of()), observer);
        for (double[] one : each) {
          sums[0] += one[0];
          sums[1] += one[1];
        }
        positions += batch.size() * (batch.context() - first);
      }
      return new Divergence(sums[0] / positions, sums[1] / positions);
    }

    private void add(int[] tokens, View logits, int first, double[] sums) {
      float[] z = logits.toArray();
      int v = unigram.length;
      for (int t = first; t < tokens.length - 1; t++) {
        double norm = LogSumExp.of(z, t * v, v);
        for (int b = 0; b < v; b++) {
          double log = z[t * v + b] - norm;
          double p = Math.exp(log);
          sums[0] += p * (log - unigram[b]);
          sums[1] += p * (log - bigram[tokens[t]][b]);
        }
      }
    }
  }
}
