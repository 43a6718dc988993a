package refrain.study;

/**
 * How the values of several runs become one estimate with an interval. The coverages below were
 * measured on simulated runs of known truth ({@code JudgeCalibration}, 4,000 simulations and 1,000
 * of the slower ones, so standard errors of .003 and .007).
 */
public enum Statistic {
  /** The seed nearest to failing; the interval is the range of the seeds. */
  EVERY_SEED("every seed; the one nearest to failing, with the range"),
  /**
   * The mean, with its 95 % BCa bootstrap interval, expanded for few seeds ({@link
   * refrain.stats.Bootstrap#expandedBca}). It covers the mean of normal values .943, .950 and .955
   * of the time at n = 10, 12 and 20, of exponential ones .92, .92 and .94.
   */
  MEAN("mean over seeds, 95 % expanded BCa interval"),
  /**
   * The mean, with its 90 % interval of the same kind: two one-sided tests at 5 % (Schuirmann
   * 1987). At the margin it says "equivalent" .047, .051 and .046 of the time at n = 10, 12 and 20.
   */
  EQUIVALENCE("mean over seeds, 90 % expanded BCa interval (two one-sided tests at 5 %)"),
  /**
   * The share of runs whose value is .5 or more, with its 95 % Clopper-Pearson interval, which
   * covers at least that: .96 to .98 at n = 12.
   */
  SHARE("share of runs, 95 % Clopper-Pearson interval"),
  /**
   * The slope of ln y on ln x by Deming regression over all variants, with the 95 % expanded BCa
   * interval of a bootstrap over variants. It covers .98, .948 and .945 with 6, 12 and 24 variants
   * of four seeds and errors in both.
   */
  DEMING_SLOPE("slope of ln y on ln x, Deming, 95 % interval by bootstrap over variants"),
  /**
   * Rank correlation of x and y, with the 95 % percentile interval of a bootstrap over runs; it
   * covers .97 at n = 30.
   */
  RANK_CORRELATION("Spearman's rank correlation, 95 % bootstrap interval over runs"),
  /**
   * The p-value of x and y of a run belonging together beyond their variant; at .05 it errs .056 of
   * the time.
   */
  COUPLING("p-value of the permutation test within variants");

  private final String words;

  Statistic(String words) {
    this.words = words;
  }

  /** For tables. */
  public String words() {
    return words;
  }

  /** Whether it needs pairs. */
  public boolean paired() {
    return switch (this) {
      case DEMING_SLOPE, RANK_CORRELATION, COUPLING -> true;
      default -> false;
    };
  }
}
