package refrain.watch;

import java.util.List;
import refrain.base.RefrainException;

/**
 * How a series is watched.
 *
 * @param threshold A: evidence that makes a suspicion; of N observations at most N / A false ones
 *     are expected where the curve keeps its law
 * @param blind observations before anything can be suspected
 * @param blindSteps steps before anything can be suspected
 * @param confirm observations after which a suspicion is confirmed or withdrawn
 * @param left how far from its tangent the series has to be then, standard deviations
 * @param clip what a single observation may say for a change at most, standard deviations
 * @param correlation of neighbouring residuals that is taken out of them at most
 * @param halfLives of the tangents, the fastest first
 * @param scheduled steps at which the learning rate was said to change
 */
public record DetectorSettings(
    double threshold,
    int blind,
    double blindSteps,
    int confirm,
    double left,
    double clip,
    double correlation,
    List<HalfLife> halfLives,
    List<Span> scheduled) {
  private static final List<HalfLife> HALF_LIVES =
      List.of(new HalfLife(0.02, 12), new HalfLife(0.06, 25), new HalfLife(0.15, 50));

  /** As slow as the series is long. */
  private static final HalfLife SLOW = new HalfLife(0.6, 150);

  /** A = 1e5; blind for 60 observations and 300 steps; confirmed after 60. */
  public static final DetectorSettings DEFAULT =
      new DetectorSettings(1e5, 60, 300, 60, 1, 3, 0.9, HALF_LIVES, List.of());

  private static final int CONFIRM_MEANS = 40;
  private static final double MEANS_LEFT = 0.3;

  /**
   * The half-life of a tangent, max(least, share n) at the n-th observation.
   *
   * @param share of the series
   * @param least observations
   */
  public record HalfLife(double share, double least) {
    /** Checks the values. */
    public HalfLife {
      RefrainException.require(
          share >= 0 && share <= 1 && least >= 4,
          "half-life: expected a share of 0 to 1 and 4 observations or more, found %s and %s",
          share,
          least);
    }
  }

  /** Steps from one to another, both included. */
  public record Span(double from, double through) {
    /** Checks the order. */
    public Span {
      RefrainException.require(
          from <= through,
          "scheduled steps: expected FROM-THROUGH with FROM <= THROUGH, found %s-%s",
          from,
          through);
    }
  }

  /** Checks the values. */
  public DetectorSettings {
    RefrainException.require(
        threshold >= 10 && threshold <= 1e12,
        "threshold: expected 10 to 1e12, found %s; 1e5 is usual",
        threshold);
    RefrainException.require(
        blind >= 30 && confirm >= 10 && left > 0 && blindSteps >= 0 && clip >= 1 && clip <= 10,
        "detector: expected blind >= 30, confirm >= 10, blind steps >= 0 and clip 1 to 10, found"
            + " %s, %s, %s and %s",
        blind,
        confirm,
        blindSteps,
        clip);
    RefrainException.require(
        correlation >= 0 && correlation < 1,
        "detector: expected a correlation of 0 to 1, found %s",
        correlation);
    RefrainException.require(
        !halfLives.isEmpty() && halfLives.size() <= 8, "detector: expected 1 to 8 half-lives");
    halfLives = List.copyOf(halfLives);
    scheduled = List.copyOf(scheduled);
  }

  /** The same with another threshold. */
  public DetectorSettings withThreshold(double other) {
    return new DetectorSettings(
        other, blind, blindSteps, confirm, left, clip, correlation, halfLives, scheduled);
  }

  /** The same with another number of blind steps. */
  public DetectorSettings withBlindSteps(double other) {
    return new DetectorSettings(
        threshold, blind, other, confirm, left, clip, correlation, halfLives, scheduled);
  }

  /** The same with steps at which the learning rate is said to change. */
  public DetectorSettings withScheduled(List<Span> other) {
    return new DetectorSettings(
        threshold, blind, blindSteps, confirm, left, clip, correlation, halfLives, other);
  }

  /**
   * For means of many outcomes of 0 or 1: each is worth many observations, so fewer of them, less
   * far from the tangent, confirm; their noise is that of single outcomes, so what is correlated in
   * them is the change; and what of them improves does so slowly and in much noise, so one tangent
   * that is as slow as the series is long takes the place of the fast ones, which see nothing
   * there.
   */
  public DetectorSettings ofMeans() {
    return new DetectorSettings(
        threshold,
        blind,
        blindSteps,
        Math.min(confirm, CONFIRM_MEANS),
        MEANS_LEFT,
        clip,
        0,
        List.of(SLOW),
        scheduled);
  }
}
