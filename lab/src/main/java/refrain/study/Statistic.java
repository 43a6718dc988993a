package refrain.study;

/** How the values of several runs become one estimate with an interval. */
public enum Statistic {
  /** The seed nearest to failing; the interval is the range of the seeds. */
  EVERY_SEED("every seed; the one nearest to failing, with the range"),
  /** The mean, with its 95 % BCa bootstrap interval. */
  MEAN("mean over seeds, 95 % BCa interval"),
  /**
   * The mean, with its 90 % BCa bootstrap interval: two one-sided tests at 5 % (Schuirmann 1987).
   */
  EQUIVALENCE("mean over seeds, 90 % BCa interval (two one-sided tests at 5 %)"),
  /** The share of runs whose value is .5 or more, with its 95 % Clopper-Pearson interval. */
  SHARE("share of runs, 95 % Clopper-Pearson interval"),
  /**
   * The slope of ln y on ln x by Deming regression over all variants, with the 95 % percentile
   * interval of a bootstrap over variants.
   */
  DEMING_SLOPE("slope of ln y on ln x, Deming, 95 % interval by bootstrap over variants"),
  /** Rank correlation of x and y, with the 95 % percentile interval of a bootstrap over runs. */
  RANK_CORRELATION("Spearman's rank correlation, 95 % bootstrap interval over runs"),
  /** The p-value of x and y of a run belonging together beyond their variant. */
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
  boolean paired() {
    return switch (this) {
      case DEMING_SLOPE, RANK_CORRELATION, COUPLING -> true;
      default -> false;
    };
  }
}
