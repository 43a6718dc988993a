package refrain.stats;

/**
 * What a sample says of one number, as a test and its intervals, which are two sides of one thing:
 * the interval of level 1 - a holds exactly the values that the two-sided test at a does not reject
 * (Lehmann and Romano 2005, "Testing Statistical Hypotheses", 3.5).
 */
public interface Inference {
  double estimate();

  /**
   * The interval that covers the number at least, or about, that often; NaN ends: there is none.
   */
  Interval interval(double level);

  /**
   * The two-sided p-value of the hypothesis that the number is {@code value}: the smallest a at
   * which the interval of level 1 - a leaves it out. NaN where there is no interval.
   */
  double p(double value);
}
