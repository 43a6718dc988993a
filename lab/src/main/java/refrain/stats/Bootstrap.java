package refrain.stats;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import refrain.base.RefrainException;

/**
 * The standard error of a statistic, from units drawn with replacement (Efron and Tibshirani 1993,
 * "An Introduction to the Bootstrap", 6.2). A unit is what is independent: a seed, or for clustered
 * data a whole configuration. Resampled units spread by a factor sqrt((n - 1) / n) too little,
 * which is made up for.
 */
public final class Bootstrap {
  /** A statistic may be undefined on odd resamples, but not on more than this share of them. */
  private static final double UNDEFINED_SHARE = 0.1;

  private Bootstrap() {}

  /**
   * The standard error.
   *
   * @param units how many there are
   * @param statistic of indices, each in [0, units), perhaps repeated
   * @throws RefrainException when the statistic is undefined on the units themselves, or on more
   *     than a tenth of the resamples
   */
  public static double error(int units, ToDoubleFunction<int[]> statistic, int draws, long seed) {
    if (units < 2 || draws < 100) {
      throw RefrainException.badInput(
          "bootstrap: expected at least 2 units and 100 draws, found %d and %d; add seeds or draws",
          units, draws);
    }
    double estimate = statistic.applyAsDouble(IntStream.range(0, units).toArray());
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[draws];
    int kept = 0;
    for (int draw = 0; draw < draws; draw++) {
      int[] drawn = new int[units];
      Arrays.setAll(drawn, i -> random.nextInt(units));
      double value = statistic.applyAsDouble(drawn);
      if (Double.isFinite(value)) {
        values[kept++] = value;
      }
    }
    if (!Double.isFinite(estimate) || kept < (1 - UNDEFINED_SHARE) * draws) {
      throw RefrainException.badInput(
          String.format(
                  Locale.ROOT,
                  "bootstrap: expected a statistic that is defined, found %s, undefined on %d of %d draws;",
                  estimate,
                  draws - kept,
                  draws)
              + " add seeds or configurations");
    }
    double[] known = Arrays.copyOf(values, kept);
    return Math.sqrt(Samples.cross(known, known) / (kept - 1) * units / (units - 1.0));
  }
}
