package refrain.study;

/**
 * How the values of several runs become one estimate, with a p-value and intervals that come from
 * one test ({@link refrain.stats.Inference}). How often each covers the truth is simulated at the n
 * that studies use ({@code JudgeCalibration}).
 */
public enum Statistic {
  /**
   * The seed nearest to failing. Each seed's own error of measurement counts: the claim holds where
   * the one-sided bound of every seed clears the bar, and is refuted where one lies beyond it after
   * Holm's correction over the seeds. What has no declared error is taken to be exact.
   */
  EVERY_SEED("every seed; the one nearest to failing, with the one-sided bounds of all"),
  /**
   * The mean over seeds with Student's t. Several variants are averaged within each seed first,
   * since the runs of a seed share what they are trained on.
   */
  MEAN("mean over seeds, Student's t"),
  /**
   * The share of seeds whose value is .5 or more, with its Clopper-Pearson interval. Of several
   * variants the one nearest to failing counts in each seed.
   */
  SHARE("share of seeds, Clopper-Pearson interval"),
  /**
   * The direction of the line of ln y on ln x by Deming regression over all variants, in degrees:
   * 45 is a slope of 1. Its error is the bootstrap's over variants, with Student's t.
   */
  DEMING_ANGLE("direction of ln y on ln x in degrees, Deming, bootstrap over variants"),
  /** Rank correlation of x and y over runs. */
  RANK_CORRELATION("Spearman's rank correlation over runs, Fisher's z"),
  /**
   * How much more closely ln x goes with ln y than with the logarithm of a placebo, within variants
   * and beside a clock: {@link refrain.stats.Coupling}.
   */
  COUPLING("difference of Fisher's z of partial correlations, Student's t over seeds");

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
      case DEMING_ANGLE, RANK_CORRELATION, COUPLING -> true;
      default -> false;
    };
  }

  /** Whether its unit is a seed, and not a run. */
  boolean overSeeds() {
    return this == MEAN || this == SHARE;
  }
}
