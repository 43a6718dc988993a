package refrain.stats;

import java.util.SplittableRandom;

/** Curves and samples whose truth is known. */
final class Simulated {
  private Simulated() {}

  /** n steps, spacing apart from the first. */
  static double[] steps(int n, double spacing) {
    double[] steps = new double[n];
    for (int i = 0; i < n; i++) {
      steps[i] = spacing * (i + 1);
    }
    return steps;
  }

  /**
   * A line in log(step + 100) and a sigmoid with one width before and another after its midpoint,
   * with AR(1) noise of unit innovations.
   */
  static double[] curve(
      double[] steps,
      double tau,
      double before,
      double after,
      double size,
      double phi,
      SplittableRandom random) {
    double[] y = Ar1.simulate(steps.length, phi, random);
    for (int i = 0; i < y.length; i++) {
      double w = steps[i] < tau ? before : after;
      y[i] += 3 - 2 * Math.log(steps[i] + 100) + size / (1 + Math.exp((tau - steps[i]) / w));
    }
    return y;
  }

  static double[] normal(int n, double mean, double sd, SplittableRandom random) {
    double[] sample = new double[n];
    for (int i = 0; i < n; i++) {
      sample[i] = mean + sd * random.nextGaussian();
    }
    return sample;
  }

  /** Whether a value lies in the interval, ends included. */
  static boolean holds(Interval interval, double value) {
    return interval.low() <= value && value <= interval.high();
  }
}
