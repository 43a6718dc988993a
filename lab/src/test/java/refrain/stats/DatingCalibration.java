package refrain.stats;

import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Coverage of the interval of {@link Dating}, at more settings and with more simulations than the
 * tests afford. Run by hand: some minutes.
 *
 * <p>Argument: simulations (1000). With 200, and 100 observations, it said .95, .97, .95 and .92 at
 * phi 0, .5, .8 and .9 of a change that is as slow on either side, and .98, .99 and .98 at .5, .8
 * and .9 of one that ends slowly.
 */
final class DatingCalibration {
  private DatingCalibration() {}

  public static void main(String[] args) {
    int simulations = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
    for (int n : new int[] {60, 100, 240}) {
      double[] steps = Simulated.steps(n, 6000.0 / n);
      for (double phi : new double[] {0, 0.5, 0.8, 0.9}) {
        System.out.printf(
            Locale.ROOT,
            "n %4d  phi %.1f  coverage %.3f  of a change that ends slowly %.3f%n",
            n,
            phi,
            coverage(steps, 2500, 120, 120, -8, phi, simulations, 17),
            coverage(steps, 2500, 60, 300, -16, phi, simulations, 17));
      }
    }
  }

  /** The share of simulations whose 95 % interval holds tau. */
  static double coverage(
      double[] steps,
      double tau,
      double before,
      double after,
      double size,
      double phi,
      int simulations,
      long seed) {
    Dating dating = new Dating(steps, DatingSettings.DEFAULT);
    SplittableRandom random = new SplittableRandom(seed);
    int covered = 0;
    for (int i = 0; i < simulations; i++) {
      double[] y = Simulated.curve(steps, tau, before, after, size, phi, random);
      covered += dating.holds(y, tau) ? 1 : 0;
    }
    return covered / (double) simulations;
  }
}
