package refrain.stats;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import refrain.base.RefrainException;

/**
 * Many tests at once with a bounded share of false discoveries (Benjamini and Hochberg 1995,
 * "Controlling the false discovery rate"). With the p-values of m tests in order, p(1) &lt;= ...
 * &lt;= p(m), and k the largest with p(k) &lt;= k / m times the rate, the first k are discoveries;
 * of these at most that share is expected to be none, for tests that are independent or positively
 * dependent.
 */
public final class BenjaminiHochberg {
  private BenjaminiHochberg() {}

  /**
   * Which tests are discoveries.
   *
   * @param p a p-value a test; NaN: it could not be made, and is counted among none
   * @param rate of false discoveries, such as .05
   * @throws RefrainException when a p-value is outside [0, 1], or the rate is
   */
  public static boolean[] discoveries(double[] p, double rate) {
    Samples.checkProbability("rate of false discoveries", rate);
    List<Integer> order =
        IntStream.range(0, p.length)
            .filter(i -> !Double.isNaN(p[i]))
            .boxed()
            .sorted(Comparator.comparingDouble(i -> p[i]))
            .toList();
    int last = 0;
    for (int k = 1; k <= order.size(); k++) {
      double value = p[order.get(k - 1)];
      if (!(value >= 0 && value <= 1)) {
        throw RefrainException.badInput(
            "false discoveries: expected p-values from 0 to 1, found %s; compute it again", value);
      }
      last = value <= rate * k / order.size() ? k : last;
    }
    boolean[] found = new boolean[p.length];
    order.subList(0, last).forEach(i -> found[i] = true);
    return found;
  }
}
