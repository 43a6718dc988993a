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
 * @param clip what a single observation may say for a change at most, standard deviations
 * @param scheduled steps at which the learning rate was said to change
 */
public record DetectorSettings(
    double threshold,
    int blind,
    double blindSteps,
    int confirm,
    double clip,
    List<Span> scheduled) {
  /** A = 1e5; blind for 60 observations and 300 steps; confirmed after 60. */
  public static final DetectorSettings DEFAULT =
      new DetectorSettings(1e5, 60, 300, 60, 3, List.of());

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
        blind >= 30 && confirm >= 10 && blindSteps >= 0 && clip >= 1 && clip <= 10,
        "detector: expected blind >= 30, confirm >= 10, blind steps >= 0 and clip 1 to 10, found"
            + " %s, %s, %s and %s",
        blind,
        confirm,
        blindSteps,
        clip);
    scheduled = List.copyOf(scheduled);
  }

  /** The same with another threshold. */
  public DetectorSettings withThreshold(double other) {
    return new DetectorSettings(other, blind, blindSteps, confirm, clip, scheduled);
  }

  /** The same with another number of blind steps. */
  public DetectorSettings withBlindSteps(double other) {
    return new DetectorSettings(threshold, blind, other, confirm, clip, scheduled);
  }

  /** The same with steps at which the learning rate is said to change. */
  public DetectorSettings withScheduled(List<Span> other) {
    return new DetectorSettings(threshold, blind, blindSteps, confirm, clip, other);
  }
}
