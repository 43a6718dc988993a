package refrain.stats;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Whether two change times of a run belong together beyond the clock that all of its curves follow:
 * the difference of two partial correlations on Fisher's scale, of x with y and of x with a placebo
 * date w, atanh r(x, y | c) - atanh r(x, w | c). All are centred within their configuration, and
 * what a clock c explains is taken out. Without a placebo it is the first of the two alone.
 *
 * <p>Its error is the jackknife's over units (Efron and Tibshirani 1993, 11.3): a unit is a seed,
 * whose runs share what they are trained on.
 *
 * @param x ln of a date, a run
 * @param y ln of the date that may belong to it
 * @param placebo ln of a date that should not; null: none
 * @param clock null: none
 * @param arm the configuration of each run, any numbers
 * @param unit the seed of each run, any numbers
 */
public record Coupling(
    double[] x,
    double[] y,
    double @Nullable [] placebo,
    double @Nullable [] clock,
    int[] arm,
    int[] unit) {
  public Coupling {
    Samples.checkPairs("coupling", x, y, 4);
  }

  /**
   * The difference with its interval; NaN where it is not defined.
   *
   * @throws refrain.base.RefrainException for fewer than four units
   */
  public StudentT difference() {
    List<List<Integer>> units = Samples.groups(unit);
    int n = units.size();
    double estimate = of(IntStream.range(0, x.length).toArray());
    double[] without = new double[n];
    Arrays.setAll(
        without,
        left ->
            of(
                IntStream.range(0, n)
                    .filter(i -> i != left)
                    .flatMap(i -> units.get(i).stream().mapToInt(run -> run))
                    .toArray()));
    double error = Math.sqrt((n - 1.0) / n * Samples.cross(without, without));
    return new StudentT(estimate, error, n - 1.0);
  }

  private double of(int[] runs) {
    double[] c = clock == null ? new double[runs.length] : centred(clock, runs);
    double[] a = beside(centred(x, runs), c);
    double with = Correlation.atanh(correlation(a, beside(centred(y, runs), c)));
    return placebo == null
        ? with
        : with - Correlation.atanh(correlation(a, beside(centred(placebo, runs), c)));
  }

  /** Less the mean of their configuration. */
  private double[] centred(double[] all, int[] runs) {
    double[] values = Samples.at(all, runs);
    int[] arms = Arrays.stream(runs).map(run -> arm[run]).toArray();
    for (List<Integer> group : Samples.groups(arms)) {
      double mean = group.stream().mapToDouble(i -> values[i]).average().orElseThrow();
      group.forEach(i -> values[i] -= mean);
    }
    return values;
  }

  /** What a line in c does not explain. */
  private static double[] beside(double[] values, double[] c) {
    double spread = Samples.cross(c, c);
    double slope = spread == 0 ? 0 : Samples.cross(values, c) / spread;
    double[] left = new double[c.length];
    Arrays.setAll(left, i -> values[i] - slope * c[i]);
    return left;
  }

  private static double correlation(double[] a, double[] b) {
    return Samples.cross(a, b) / Math.sqrt(Samples.cross(a, a) * Samples.cross(b, b));
  }
}
