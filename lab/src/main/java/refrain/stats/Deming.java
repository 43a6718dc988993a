package refrain.stats;

import refrain.base.RefrainException;

/**
 * The line y = intercept + slope x when both coordinates carry error (Deming 1943, "Statistical
 * Adjustment of Data"; maximum likelihood as in Fuller 1987, "Measurement Error Models", 1.3).
 * Least squares would flatten the slope, since change times are themselves estimates.
 *
 * <p>With s the sums of squares and products and r the ratio of the error variance of y to that of
 * x: slope = (s_yy - r s_xx + sqrt((s_yy - r s_xx)^2 + 4 r s_xy^2)) / (2 s_xy).
 */
public record Deming(double slope, double intercept) {
  /**
   * Fits the line.
   *
   * @param ratio error variance of y over that of x; 1 is orthogonal regression
   * @return NaN for both where x and y have no correlation at all
   * @throws RefrainException for fewer than three pairs, values that are not finite, or a ratio
   *     that is not positive
   */
  public static Deming fit(double[] x, double[] y, double ratio) {
    Samples.checkPairs("Deming regression", x, y, 3);
    if (!(ratio > 0 && Double.isFinite(ratio))) {
      throw RefrainException.badInput(
          "Deming regression: expected a ratio of error variances > 0, found %s; 1 when both are"
                  .formatted(ratio)
              + " measured alike");
    }
    double sxy = Samples.cross(x, y);
    double lead = Samples.cross(y, y) - ratio * Samples.cross(x, x);
    double root = Math.hypot(lead, 2 * Math.sqrt(ratio) * sxy);
    // The second form is the first without cancellation for negative leads.
    double slope = lead >= 0 ? (lead + root) / (2 * sxy) : 2 * ratio * sxy / (root - lead);
    if (sxy == 0) {
      slope = Double.NaN;
    }
    return new Deming(slope, Samples.mean(y) - slope * Samples.mean(x));
  }
}
