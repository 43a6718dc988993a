package refrain.analysis.instrument;

import refrain.probe.IclIndices;

/**
 * What losses say about in-context learning. A score alone hides whether an ablation harms what is
 * late in the context or helps nothing but what is early.
 *
 * @param early mean loss at the early indices, nats
 * @param late mean loss at the late indices, nats
 * @param loss mean over all positions, nats
 */
public record IclReading(double early, double late, double loss) {
  /** Of losses [batch, T]. */
  public static IclReading of(float[][] losses, IclIndices indices) {
    double[] byIndex = Losses.byIndex(losses);
    return new IclReading(indices.early(byIndex), indices.late(byIndex), Losses.mean(losses));
  }

  /** The ICL score, nats. */
  public double icl() {
    return late - early;
  }

  /** The share of the score that an ablation removes: 1 - ICL ablated / ICL intact. */
  public static double removed(IclReading intact, IclReading ablated) {
    return 1 - ablated.icl() / intact.icl();
  }

  /**
   * The jackknife standard error, over sequences, of the share removed (Efron and Tibshirani 1993,
   * equation 11.5).
   *
   * @param intact losses [batch, T]
   * @param ablated of the same sequences
   */
  public static double error(float[][] intact, float[][] ablated, IclIndices indices) {
    return error(IclEstimate.each(intact, indices), IclEstimate.each(ablated, indices));
  }

  /** The same of 1 - sum of ablated / sum of intact, numbers of each sequence. */
  public static double error(double[] intact, double[] ablated) {
    return Jackknife.error(means -> 1 - means[0] / means[1], ablated, intact);
  }
}
