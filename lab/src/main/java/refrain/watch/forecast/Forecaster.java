package refrain.watch.forecast;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;

/**
 * Foretells at which step heads will have formed, with an interval, and whether they will soon. It
 * has learned from runs that have ended: the log of the steps that were left is a line in the
 * features of {@link Course}, each run counting alike; how wrong that is where it was not learned,
 * one seed left out after the other, gives the interval. Runs that form none teach the odds alone,
 * for of them nothing is known but that it was not yet.
 */
public final class Forecaster {
  /** Of intervals. */
  public static final double LEVEL = 0.9;

  /** Steps within which heads form soon. */
  public static final double SOON = 200;

  /** An error is held against those of forecasts that left up to that many times as much. */
  private static final double ALIKE = 2;

  private static final int FEWEST = 30;

  private final Ridge left;
  private final Ridge soon;

  /** Forecast and error of the log of the steps left, where neither was learned. */
  private final double[][] errors;

  private Forecaster(Ridge left, Ridge soon, double[][] errors) {
    this.left = left;
    this.soon = soon;
    this.errors = errors;
  }

  /**
   * What is foretold at a probe.
   *
   * @param step at which heads will have formed, if they form
   * @param low lower end of its interval
   * @param high upper end
   * @param soon log odds that it is within {@link #SOON} steps
   */
  public record Foretold(double step, double low, double high, double soon) {}

  /**
   * Learns.
   *
   * @param runs of two seeds or more; some of them form heads
   */
  public static Forecaster of(List<Course> runs) {
    List<double[]> errors = new ArrayList<>();
    long[] seeds = runs.stream().mapToLong(Course::seed).distinct().sorted().toArray();
    for (long seed : seeds) {
      Ridge without = line(runs, run -> run.seed() != seed);
      for (Course run : runs) {
        if (without != null && run.seed() == seed && run.forms()) {
          for (int probe = Course.FIRST; probe < run.probes(); probe++) {
            double foretold = without.at(run.features(probe));
            errors.add(new double[] {foretold, Math.log(run.left(probe)) - foretold});
          }
        }
      }
    }
    Ridge left = line(runs, run -> true);
    if (left == null || errors.isEmpty()) {
      throw RefrainException.badInput(
          "forecast: of %s runs of %s seeds to learn from %s form heads; expected some, of two"
              + " seeds or more",
          runs.size(), seeds.length, runs.stream().filter(Course::forms).count());
    }
    return new Forecaster(left, odds(runs), errors.toArray(double[][]::new));
  }

  private static @Nullable Ridge line(List<Course> runs, Predicate<Course> which) {
    Ridge.Examples examples = new Ridge.Examples();
    for (Course run : runs) {
      int n = run.probes() - Course.FIRST;
      if (run.forms() && n > 0 && which.test(run)) {
        for (int probe = Course.FIRST; probe < run.probes(); probe++) {
          examples.add(run.features(probe), Math.log(run.left(probe)), 1.0 / n);
        }
      }
    }
    return examples.isEmpty() ? null : Ridge.line(examples);
  }

  private static Ridge odds(List<Course> runs) {
    Ridge.Examples examples = new Ridge.Examples();
    for (Course run : runs) {
      int n = run.probes() - Course.FIRST;
      for (int probe = Course.FIRST; probe < run.probes(); probe++) {
        // Near the end of a run that forms none it is not known whether it would have soon.
        boolean known =
            run.forms() || run.steps()[run.steps().length - 1] - run.steps()[probe] >= SOON;
        if (known) {
          examples.add(
              run.features(probe), run.forms() && run.left(probe) <= SOON ? 1 : 0, 1.0 / n);
        }
      }
    }
    return Ridge.odds(examples);
  }

  /** What is foretold at a probe of a run, from what it measured until then. */
  public Foretold at(Course run, int probe) {
    double[] features = run.features(probe);
    double log = left.at(features);
    double[] alike =
        Arrays.stream(errors)
            .filter(e -> Math.abs(e[0] - log) <= Math.log(ALIKE))
            .mapToDouble(e -> e[1])
            .sorted()
            .toArray();
    double[] of =
        alike.length >= FEWEST
            ? alike
            : Arrays.stream(errors).mapToDouble(e -> e[1]).sorted().toArray();
    double step = run.steps()[probe];
    return new Foretold(
        step + Math.exp(log),
        step + Math.exp(log + quantile(of, (1 - LEVEL) / 2)),
        step + Math.exp(log + quantile(of, (1 + LEVEL) / 2)),
        soon.at(features));
  }

  private static double quantile(double[] sorted, double share) {
    return sorted[(int) Math.clamp(Math.round(share * sorted.length - 0.5), 0, sorted.length - 1)];
  }
}
