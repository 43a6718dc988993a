package refrain.stats;

import refrain.base.RefrainException;

/**
 * How curves are dated.
 *
 * @param t0 steps, in v = log(step + t0); about the length of what happens before learning follows
 *     log-steps (warm-up)
 * @param candidates places of a change on the grid, equally spaced in observations
 */
public record DatingSettings(double t0, int candidates) {
  /** t0 = 100 steps, 60 places. */
  public static final DatingSettings DEFAULT = new DatingSettings(100, 60);

  /**
   * Checks the values.
   *
   * @throws RefrainException for t0 &lt; 0 or fewer than 10 places
   */
  public DatingSettings {
    if (!(t0 >= 0 && Double.isFinite(t0)) || candidates < 10) {
      throw RefrainException.badInput(
          "dating: expected t0 >= 0 and candidates >= 10, found %s and %s; such as 100 and 60",
          t0, candidates);
    }
  }
}
