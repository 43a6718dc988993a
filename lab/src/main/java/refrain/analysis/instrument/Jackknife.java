package refrain.analysis.instrument;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/**
 * How well a number is known that is made of means over sequences: the jackknife standard error
 * (Efron and Tibshirani 1993, equation 11.5), each sequence left out in turn.
 */
public final class Jackknife {
  private Jackknife() {}

  /**
   * The standard error.
   *
   * @param number of the means
   * @param bySequence what is averaged, [mean][sequence]
   */
  public static double error(ToDoubleFunction<double[]> number, double[]... bySequence) {
    int n = bySequence[0].length;
    double[] sums = Arrays.stream(bySequence).mapToDouble(x -> Arrays.stream(x).sum()).toArray();
    double[] without = new double[n];
    double[] means = new double[sums.length];
    for (int s = 0; s < n; s++) {
      for (int m = 0; m < means.length; m++) {
        means[m] = (sums[m] - bySequence[m][s]) / (n - 1);
      }
      without[s] = number.applyAsDouble(means);
    }
    double mean = Arrays.stream(without).average().orElse(Double.NaN);
    double squares = Arrays.stream(without).map(x -> (x - mean) * (x - mean)).sum();
    return Math.sqrt(squares * (n - 1) / n);
  }
}
