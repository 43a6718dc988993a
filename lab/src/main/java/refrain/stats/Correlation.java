package refrain.stats;

/**
 * A correlation with an interval that is symmetric in Fisher's z = atanh r (Fisher 1921).
 *
 * @param z the correlation on that scale, with its error
 */
public record Correlation(StudentT z) implements Inference {
  /** With so many degrees of freedom t is normal to twelve digits. */
  private static final double NORMAL = 1e12;

  /**
   * Spearman's correlation, its error sqrt((1 + r^2 / 2) / (n - 3)) on the scale of z (Bonett and
   * Wright 2000, "Sample size requirements for estimating Pearson, Kendall and Spearman
   * correlations") and normal. A perfect order counts half a step less, since it would have no
   * error.
   *
   * @throws refrain.base.RefrainException as {@link RankCorrelation#of}, or for fewer than four
   */
  public static Correlation ofRanks(double[] x, double[] y) {
    Samples.checkPairs("rank correlation", x, y, 4);
    int n = x.length;
    double rho = RankCorrelation.of(x, y, 0, 1).rho();
    double most = 1 - 3.0 / (n * (n * (double) n - 1));
    double r = Math.clamp(rho, -most, most);
    double error = Math.sqrt((1 + r * r / 2) / (n - 3));
    return new Correlation(new StudentT(atanh(r), error, NORMAL));
  }

  static double atanh(double r) {
    return 0.5 * Math.log((1 + r) / (1 - r));
  }

  @Override
  public double estimate() {
    return Math.tanh(z.estimate());
  }

  @Override
  public Interval interval(double level) {
    Interval i = z.interval(level);
    return new Interval(estimate(), Math.tanh(i.low()), Math.tanh(i.high()), level);
  }

  @Override
  public double p(double value) {
    return z.p(atanh(Math.clamp(value, -1.0, 1.0)));
  }
}
