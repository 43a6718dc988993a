package refrain.stats;

import java.util.SplittableRandom;
import refrain.base.RefrainException;

/**
 * Kendall's coefficient of concordance (Kendall and Babington Smith 1939, "The problem of m
 * rankings"): how far m judges agree in their order of n things, 1 where all have the same, and on
 * the mean 1 / m where each has one of its own by chance. Ties share the mean of their ranks and
 * are corrected for.
 */
public final class KendallW {
  private KendallW() {}

  /**
   * W = 12 S / (m^2 (n^3 - n) - m T), S the sum of squares of the rank sums around their mean, T
   * the sum of t^3 - t over the ties of all judges.
   *
   * @param scores [judge, thing], any scale; a higher score is a higher rank
   * @return NaN where no judge tells two things apart
   * @throws RefrainException for fewer than two judges or two things, or values that are not finite
   */
  public static double of(double[][] scores) {
    int m = scores.length;
    if (m < 2 || scores[0].length < 2) {
      throw RefrainException.badInput(
          "Kendall's W: expected at least two judges and two things, found %s and %s",
          m, m == 0 ? 0 : scores[0].length);
    }
    int n = scores[0].length;
    double[] sums = new double[n];
    double ties = 0;
    for (double[] judge : scores) {
      if (judge.length != n) {
        throw RefrainException.badInput(
            "Kendall's W: expected %s things of each judge, found %s", n, judge.length);
      }
      for (double score : judge) {
        if (!Double.isFinite(score)) {
          throw RefrainException.badInput("Kendall's W: expected finite scores, found %s", score);
        }
      }
      double[] ranks = RankCorrelation.ranks(judge);
      for (int i = 0; i < n; i++) {
        sums[i] += ranks[i];
        // Of the t things that share a rank each adds t^2 - 1, together t^3 - t.
        double same = 0;
        for (double other : judge) {
          same += other == judge[i] ? 1 : 0;
        }
        ties += same * same - 1;
      }
    }
    double mean = m * (n + 1) / 2.0;
    double squares = 0;
    for (double sum : sums) {
      squares += (sum - mean) * (sum - mean);
    }
    double most = (double) m * m * ((double) n * n * n - n) - m * ties;
    return most == 0 ? Double.NaN : 12 * squares / most;
  }

  /** The mean of W where every judge has its own scores in an order of chance. */
  public static double shuffled(double[][] scores, int draws, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] own = new double[scores.length][];
    double sum = 0;
    for (int draw = 0; draw < draws; draw++) {
      for (int j = 0; j < own.length; j++) {
        own[j] = scores[j].clone();
        for (int i = own[j].length - 1; i > 0; i--) {
          int k = random.nextInt(i + 1);
          double kept = own[j][i];
          own[j][i] = own[j][k];
          own[j][k] = kept;
        }
      }
      sum += of(own);
    }
    return sum / draws;
  }
}
