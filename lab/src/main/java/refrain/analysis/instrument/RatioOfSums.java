package refrain.analysis.instrument;

import java.util.Arrays;
import refrain.base.RefrainException;

/**
 * A share of a whole, both measured on the same sequences: the sum of the parts over the sum of the
 * wholes, with its {@link Jackknife} error. A sequence is left out of both sums, so that one that
 * makes part and whole large together counts once.
 *
 * @param value NaN where the wholes add up to 0
 * @param error NaN of fewer than two sequences
 */
public record RatioOfSums(double value, double error) {
  /**
   * The ratio over sequences.
   *
   * @param part of each, in any unit
   * @param whole of each, in the same
   * @throws RefrainException where they are not as many
   */
  public static RatioOfSums of(double[] part, double[] whole) {
    if (whole.length != part.length) {
      throw RefrainException.badInput(
          "ratio of sums: expected a whole for each of %s parts, found %s",
          part.length, whole.length);
    }
    double wholes = Arrays.stream(whole).sum();
    double error = Jackknife.error(means -> means[0] / means[1], part, whole);
    return new RatioOfSums(
        wholes == 0 ? Double.NaN : Arrays.stream(part).sum() / wholes,
        part.length < 2 ? Double.NaN : error);
  }
}
