package refrain.stats;

import java.util.Arrays;
import refrain.base.RefrainException;

/**
 * A share of a whole, both measured on the same units: the sum of the parts over the sum of the
 * wholes. Its standard error is the jackknife's (Efron and Tibshirani 1993, equation 11.5): each
 * unit is left out of both sums in turn, so that a unit that makes part and whole large together
 * counts once.
 *
 * @param value NaN where the wholes add up to 0
 * @param error NaN with fewer than two units
 */
public record RatioOfSums(double value, double error) {
  /**
   * The ratio over units.
   *
   * @param part of each unit, any unit of measure
   * @param whole of each unit, in the same
   * @throws RefrainException where they are not as many
   */
  public static RatioOfSums of(double[] part, double[] whole) {
    int n = part.length;
    if (whole.length != n) {
      throw RefrainException.badInput(
          "ratio of sums: expected a whole for each of %s parts, found %s", n, whole.length);
    }
    double parts = Arrays.stream(part).sum();
    double wholes = Arrays.stream(whole).sum();
    double value = wholes == 0 ? Double.NaN : parts / wholes;
    if (n < 2) {
      return new RatioOfSums(value, Double.NaN);
    }
    double[] without = new double[n];
    for (int i = 0; i < n; i++) {
      without[i] = (parts - part[i]) / (wholes - whole[i]);
    }
    double mean = Arrays.stream(without).average().orElseThrow();
    double squares = Arrays.stream(without).map(x -> (x - mean) * (x - mean)).sum();
    return new RatioOfSums(value, Math.sqrt(squares * (n - 1) / n));
  }
}
