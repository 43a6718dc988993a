package refrain.stats;

import java.util.Locale;
import refrain.base.RefrainException;

/**
 * How curves are dated.
 *
 * @param t0 steps, in v = log(step + t0); about the length of what happens before learning follows
 *     log-steps (warm-up)
 * @param candidates places of a change on the grid, equally spaced in observations
 * @param draws of the bootstrap under "no change"
 * @param level of the test of existence
 * @param seed of the bootstrap
 */
public record DatingSettings(double t0, int candidates, int draws, double level, long seed) {
  /** t0 = 100 steps, 120 places, B = 499, level 0.05. */
  public static final DatingSettings DEFAULT = new DatingSettings(100, 120, 499, 0.05, 1);

  /**
   * Checks the values.
   *
   * @throws RefrainException for t0 &lt; 0, fewer than 10 places, a negative number of draws or a
   *     level outside (0, 1)
   */
  public DatingSettings {
    if (!(t0 >= 0 && Double.isFinite(t0)) || candidates < 10 || draws < 0) {
      throw RefrainException.badInput(
          String.format(
                  Locale.ROOT,
                  "dating: expected t0 >= 0, candidates >= 10 and draws >= 0, found %s, %d and %d;",
                  t0,
                  candidates,
                  draws)
              + " such as 100, 120 and 499");
    }
    Samples.checkProbability("level of the existence test", level);
  }
}
