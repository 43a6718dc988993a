package refrain.stats;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import refrain.base.RefrainException;

/**
 * Many tests at once with a bounded chance of a single false rejection (Holm 1979, "A simple
 * sequentially rejective multiple test procedure"). Of m tests in the order of their p-values the
 * k-th is judged at alpha / (m - k + 1); from the first that does not pass on, all are judged at
 * that one's level.
 */
public final class Holm {
  private Holm() {}

  /**
   * The level at which each test is judged.
   *
   * @param p a p-value a test; NaN: it could not be made and does not pass
   * @param alpha of the family, such as .05
   * @return in the order of p
   * @throws RefrainException when a p-value is outside [0, 1], or alpha is
   */
  public static double[] levels(double[] p, double alpha) {
    Samples.checkProbability("level of the family", alpha);
    for (double value : p) {
      if (value < 0 || value > 1) {
        throw RefrainException.badInput(
            "Holm's tests: expected p-values from 0 to 1, found %s; compute it again", value);
      }
    }
    double[] asked = Arrays.stream(p).map(x -> Double.isNaN(x) ? 1 : x).toArray();
    int[] order =
        IntStream.range(0, p.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> asked[i]))
            .mapToInt(i -> i)
            .toArray();
    double[] levels = new double[p.length];
    int passed = 0;
    for (int k = 0; k < p.length; k++) {
      levels[order[k]] = alpha / (p.length - passed);
      passed += passed == k && asked[order[k]] <= levels[order[k]] ? 1 : 0;
    }
    return levels;
  }
}
