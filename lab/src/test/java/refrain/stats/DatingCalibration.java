package refrain.stats;

import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Coverage of the interval of {@link Dating} and false positives of its existence test, at more
 * settings and with more simulations than the tests afford. Run by hand: some minutes.
 *
 * <p>Arguments: simulations for coverage (1000), simulations for false positives (400).
 */
final class DatingCalibration {
  private DatingCalibration() {}

  public static void main(String[] args) {
    int dates = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
    int nulls = args.length > 1 ? Integer.parseInt(args[1]) : 400;
    for (int n : new int[] {60, 120, 240}) {
      double[] steps = Simulated.steps(n, 6000.0 / n);
      for (double phi : new double[] {0, 0.5, 0.8}) {
        double coverage = coverage(steps, 2500, 120, -8, phi, dates, 17);
        double positives = nulls == 0 ? Double.NaN : positives(steps, phi, 0.05, 199, nulls, 23);
        System.out.printf(
            Locale.ROOT,
            "n %4d  phi %.1f  coverage %.3f  false positives at .05 %.3f%n",
            n,
            phi,
            coverage,
            positives);
      }
    }
  }

  /** The share of simulations whose 95 % interval holds tau. */
  static double coverage(
      double[] steps, double tau, double w, double size, double phi, int simulations, long seed) {
    Dating dating = new Dating(steps, new DatingSettings(100, 60, 0, 0.05, 1));
    SplittableRandom random = new SplittableRandom(seed);
    int covered = 0;
    for (int i = 0; i < simulations; i++) {
      ChangePoint at = dating.date(Simulated.curve(steps, tau, w, size, phi, random));
      covered += at.low() <= tau && tau <= at.high() ? 1 : 0;
    }
    return covered / (double) simulations;
  }

  /** The share of simulations without a change in which one is found. */
  static double positives(
      double[] steps, double phi, double level, int draws, int simulations, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int positive = 0;
    for (int i = 0; i < simulations; i++) {
      // Draws of its own each time: shared ones would give all simulations one critical value.
      Dating dating = new Dating(steps, new DatingSettings(100, 30, draws, level, seed + i));
      double[] y = Simulated.curve(steps, 1, 1, 0, phi, random);
      positive += dating.date(y).pValue() <= level ? 1 : 0;
    }
    return positive / (double) simulations;
  }
}
