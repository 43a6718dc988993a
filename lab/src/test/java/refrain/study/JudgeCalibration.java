package refrain.study;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * How often each statistic's interval holds the truth, and how often a test says yes where it
 * should not, on simulated runs of known truth: through {@link Judge}, as a claim would be judged.
 * Run by hand: some minutes. The tests take fewer simulations of the same.
 *
 * <p>Argument: simulations a row (2000; a quarter of them where a simulation is slow).
 */
final class JudgeCalibration {
  /** Change times within 10 % of each other, when differences are of logarithms. */
  static final double TEN_PERCENT = Math.log(1.1);

  private static final Bar ANY = SimulatedRuns.atLeast(0);

  private JudgeCalibration() {}

  public static void main(String[] args) {
    int n = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    for (int seeds : new int[] {10, 12, 20}) {
      row("MEAN, normal, n = " + seeds, mean(seeds, SplittableRandom::nextGaussian, 0, n, 1), n);
      row(
          "MEAN, exponential, n = " + seeds,
          mean(seeds, SplittableRandom::nextExponential, 1, n, 2),
          n);
      row("MEAN at the margin of its bar, n = " + seeds, equivalence(seeds, TEN_PERCENT, n, 3), n);
    }
    for (double p : new double[] {0.5, 0.8, 0.95}) {
      row("SHARE of " + p + ", n = 12", share(12, p, n, 4), n);
    }
    row("RANK_CORRELATION of .79, n = 30", rank(30, 0.8, n / 4, 5), n / 4);
    for (int clusters : new int[] {6, 12, 24}) {
      row("DEMING_ANGLE, variants " + clusters, deming(clusters, 4, n / 4, 6), n / 4);
    }
    row("COUPLING without any, at .05", coupling(12, 4, 0, n / 4, 7), n / 4);
    row("COUPLING of correlation .7, at .05", coupling(12, 4, 0.7, n / 4, 8), n / 4);
  }

  private static void row(String what, double share, int n) {
    System.out.printf(
        Locale.ROOT, "%-40s %.3f +- %.3f%n", what, share, Math.sqrt(share * (1 - share) / n));
  }

  private interface Draw {
    boolean yes(SplittableRandom random);
  }

  private static double share(int simulations, long seed, Draw draw) {
    SplittableRandom random = new SplittableRandom(seed);
    int yes = 0;
    for (int i = 0; i < simulations; i++) {
      yes += draw.yes(random) ? 1 : 0;
    }
    return yes / (double) simulations;
  }

  private static double[] sample(
      int n, SplittableRandom random, ToDoubleFunction<SplittableRandom> of) {
    double[] x = new double[n];
    Arrays.setAll(x, i -> of.applyAsDouble(random));
    return x;
  }

  private static SimulatedRuns runs(double[] x) {
    return new SimulatedRuns().with("a", Arrays.stream(x).boxed().toArray(Double[]::new));
  }

  private static boolean holds(Estimate e, double truth) {
    return e.low() <= truth && truth <= e.high();
  }

  /** Coverage of the mean. */
  static double mean(
      int n, ToDoubleFunction<SplittableRandom> of, double truth, int simulations, long seed) {
    return share(
        simulations,
        seed,
        random -> {
          SimulatedRuns runs = runs(sample(n, random, of));
          return holds(runs.judge().estimate(runs.ofX(Statistic.MEAN, ANY)), truth);
        });
  }

  /** The share of "equivalent" where the true mean lies on the margin. */
  static double equivalence(int n, double margin, int simulations, long seed) {
    return share(
        simulations,
        seed,
        random -> {
          SimulatedRuns runs = runs(sample(n, random, r -> margin + 0.05 * r.nextGaussian()));
          Test test = runs.ofX(Statistic.MEAN, SimulatedRuns.within(margin, 0));
          return runs.judge().estimate(test).p() <= 0.05;
        });
  }

  /** Coverage of a probability. */
  static double share(int n, double p, int simulations, long seed) {
    return share(
        simulations,
        seed,
        random -> {
          SimulatedRuns runs = runs(sample(n, random, r -> r.nextDouble() < p ? 1 : 0));
          return holds(runs.judge().estimate(runs.ofX(Statistic.SHARE, ANY)), p);
        });
  }

  /** Coverage of Spearman's correlation 6/pi asin(r / 2) of normal pairs of correlation r. */
  static double rank(int n, double r, int simulations, long seed) {
    double truth = 6 / Math.PI * Math.asin(r / 2);
    return share(
        simulations,
        seed,
        random -> {
          double[] x = sample(n, random, SplittableRandom::nextGaussian);
          double[] y = new double[n];
          Arrays.setAll(y, i -> Math.exp(r * x[i] + Math.sqrt(1 - r * r) * random.nextGaussian()));
          SimulatedRuns runs = new SimulatedRuns().with("a", x, y);
          return holds(runs.judge().estimate(runs.ofBoth(Statistic.RANK_CORRELATION, ANY)), truth);
        });
  }

  /**
   * Coverage of a slope of 1: each variant has a clock (spread .5 in ln steps) that moves both
   * dates, each seed one of its own (.1), and each date an error (.05).
   */
  static double deming(int variants, int seeds, int simulations, long seed) {
    return share(
        simulations,
        seed,
        random -> {
          SimulatedRuns runs = new SimulatedRuns();
          for (int v = 0; v < variants; v++) {
            double clock = 6 + 0.5 * random.nextGaussian();
            double[] x = new double[seeds];
            double[] y = new double[seeds];
            for (int s = 0; s < seeds; s++) {
              double own = clock + 0.1 * random.nextGaussian();
              x[s] = Math.exp(own + 0.05 * random.nextGaussian());
              y[s] = Math.exp(own + 0.05 * random.nextGaussian());
            }
            runs.with("v" + v, x, y);
          }
          return holds(runs.judge().estimate(runs.ofBoth(Statistic.DEMING_ANGLE, ANY)), 45);
        });
  }

  /** The share of p-values of .05 or less where x and y correlate by r within variants. */
  static double coupling(int seeds, int variants, double r, int simulations, long seed) {
    return share(
        simulations,
        seed,
        random -> {
          SimulatedRuns runs = new SimulatedRuns();
          for (int v = 0; v < variants; v++) {
            double clock = 6 + 0.5 * random.nextGaussian();
            double[] x = new double[seeds];
            double[] y = new double[seeds];
            for (int s = 0; s < seeds; s++) {
              double shared = random.nextGaussian();
              double free = random.nextGaussian();
              x[s] = Math.exp(clock + 0.1 * shared);
              y[s] = Math.exp(clock + 0.1 * (r * shared + Math.sqrt(1 - r * r) * free));
            }
            runs.with("v" + v, x, y);
          }
          Test test = runs.ofBoth(Statistic.COUPLING, SimulatedRuns.atLeast(0));
          return runs.judge().estimate(test).p() <= 0.05;
        });
  }
}
