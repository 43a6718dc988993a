package refrain.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import refrain.base.RefrainException;

/**
 * What an ideal match-and-copy head could gain on a data set, before any model is trained. Measure
 * it first: where there is little to copy no induction head forms.
 *
 * <p>At position t with current token a = x[t], an earlier occurrence is a j with x[j] = a and j +
 * 1 &lt; t; its successor is x[j + 1]. A token followed by itself (j = t - 1) is not counted: there
 * the successor is the current token. With this,
 *
 * <ul>
 *   <li><i>occurred</i> is the share of positions with an earlier occurrence;
 *   <li><i>recentRight</i> is, among those, the share where the successor of the latest one is x[t
 *       + 1];
 *   <li><i>majorityRight</i> is, among those, the share where the most frequent earlier successor
 *       (ties to the latest) is x[t + 1];
 *   <li>the <i>ideal copier</i> over a baseline P predicts (1 - w) P(b) + w Q(b) where the token
 *       occurred and P(b) elsewhere; Q(b) is the share of b among the earlier successors. The one
 *       constant w in [0, 1] is the best on the sequences of even index; losses and what the copier
 *       saves are measured on those of odd index.
 * </ul>
 */
public final class MatchCopyOracle {
  private static final int BISECTIONS = 60;

  private MatchCopyOracle() {}

  /**
   * What the copier saves over one baseline.
   *
   * @param nats the baseline's mean loss, nats per token, over all positions
   * @param copyWeight w
   * @param natsWithCopy the ideal copier's mean loss
   * @param saved the difference, nats per token
   */
  public record Saving(
      NgramTables.Order baseline,
      double nats,
      double copyWeight,
      double natsWithCopy,
      double saved) {}

  /**
   * @param positions how many positions were looked at
   * @param occurred share of positions
   * @param recentRight share of those where the token occurred
   * @param majorityRight share of those where the token occurred
   */
  public record Result(
      int context,
      int sequences,
      long positions,
      double occurred,
      double recentRight,
      double majorityRight,
      List<Saving> savings) {}

  /** What the earlier occurrences of one position's token say; {@code share} is Q(x[t + 1]). */
  record Match(boolean occurred, boolean recentRight, boolean majorityRight, double share) {}

  /**
   * Measures a batch, such as a source's evaluation set.
   *
   * @param tables baselines, from training data
   * @throws RefrainException with fewer than two sequences: one half fits, the other measures
   */
  public static Result measure(NgramTables tables, Batch batch) {
    if (batch.size() < 2) {
      throw RefrainException.badInput(
          "match-and-copy oracle: expected at least 2 sequences, found " + batch.size());
    }
    List<List<Match>> matches =
        Arrays.stream(batch.tokens()).map(x -> matches(x, tables.vocab())).toList();
    long positions = (long) batch.size() * batch.context();
    long occurred = count(matches, Match::occurred);
    return new Result(
        batch.context(),
        batch.size(),
        positions,
        occurred / (double) positions,
        occurred == 0 ? 0 : count(matches, Match::recentRight) / (double) occurred,
        occurred == 0 ? 0 : count(matches, Match::majorityRight) / (double) occurred,
        Arrays.stream(NgramTables.Order.values())
            .map(order -> saving(order, tables, batch, matches))
            .toList());
  }

  private static long count(List<List<Match>> matches, Predicate<Match> wanted) {
    return matches.stream().flatMap(List::stream).filter(wanted).count();
  }

  /** One {@link Match} a position, [T]. */
  static List<Match> matches(int[] x, int vocab) {
    // Per token the index of its latest occurrence with a successor before the current position.
    int[] latest = new int[vocab];
    int[] previous = new int[x.length];
    Arrays.fill(latest, -1);
    int[] votes = new int[vocab];
    List<Match> matches = new ArrayList<>(x.length - 1);
    for (int t = 0; t + 1 < x.length; t++) {
      if (t >= 2) {
        int j = t - 2;
        previous[j] = latest[x[j]];
        latest[x[j]] = j;
      }
      int first = latest[x[t]];
      int all = 0;
      int best = -1;
      for (int j = first; j >= 0; j = previous[j]) {
        votes[x[j + 1]]++;
        all++;
      }
      for (int j = first; j >= 0; j = previous[j]) {
        int successor = x[j + 1];
        if (best < 0 || votes[successor] > votes[best]) {
          best = successor;
        }
      }
      int target = x[t + 1];
      matches.add(
          new Match(
              first >= 0,
              first >= 0 && x[first + 1] == target,
              best == target,
              all == 0 ? 0 : votes[target] / (double) all));
      for (int j = first; j >= 0; j = previous[j]) {
        votes[x[j + 1]] = 0;
      }
    }
    return matches;
  }

  private static Saving saving(
      NgramTables.Order order, NgramTables tables, Batch batch, List<List<Match>> matches) {
    double[][] p = new double[2][batch.size() * batch.context()];
    double[][] q = new double[2][p[0].length];
    int[] n = new int[2];
    double[] plain = new double[2];
    int measured = 0;
    for (int i = 0; i < batch.size(); i++) {
      int half = i % 2;
      measured += half == 1 ? batch.context() : 0;
      for (int t = 0; t < batch.context(); t++) {
        double log = tables.logProbability(order, batch.tokens()[i], t);
        plain[half] -= log;
        Match match = matches.get(i).get(t);
        if (match.occurred) {
          p[half][n[half]] = StrictMath.exp(log);
          q[half][n[half]++] = match.share;
        }
      }
    }
    double w = bestWeight(p[0], q[0], n[0]);
    double saved = 0;
    for (int i = 0; i < n[1]; i++) {
      saved += StrictMath.log(((1 - w) * p[1][i] + w * q[1][i]) / p[1][i]);
    }
    double nats = plain[1] / measured;
    return new Saving(order, nats, w, nats - saved / measured, saved / measured);
  }

  /** The w that maximises the sum of log((1 - w) p + w q), a concave function, by bisection. */
  static double bestWeight(double[] p, double[] q, int n) {
    double low = 0;
    double high = 1;
    for (int k = 0; k < BISECTIONS; k++) {
      double w = (low + high) / 2;
      double slope = 0;
      for (int i = 0; i < n; i++) {
        slope += (q[i] - p[i]) / ((1 - w) * p[i] + w * q[i]);
      }
      if (slope > 0) {
        low = w;
      } else {
        high = w;
      }
    }
    return (low + high) / 2;
  }
}
