package refrain.study;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import refrain.Repository;
import refrain.store.Json;
import refrain.study.Coverage.Row;

/**
 * How often each statistic's interval holds the truth, and how often a test says yes where it
 * should not, on simulated runs of known truth: through {@link Judge}, as a claim would be judged.
 * Run by hand it writes the table that reports show ({@link Coverage}): some minutes. The tests
 * take fewer simulations of the same.
 *
 * <p>Argument: simulations a row (20,000; a tenth of them where a simulation is slow).
 */
final class JudgeCalibration {
  /** At 95 %, and at the first step of Holm's procedure over twelve claims. */
  static final double[] ALPHAS = {0.05, 0.05 / 12};

  private static final int RESAMPLES = 400;

  private JudgeCalibration() {}

  /** Values of mean 0 and variance 1. */
  enum Values {
    NORMAL(SplittableRandom::nextGaussian),
    EXPONENTIAL(random -> random.nextExponential() - 1),
    /** Two heaps at -.9 and .9. */
    BIMODAL(
        random -> (random.nextBoolean() ? 0.9 : -0.9) + Math.sqrt(0.19) * random.nextGaussian());

    private final ToDoubleFunction<SplittableRandom> draw;

    Values(ToDoubleFunction<SplittableRandom> draw) {
      this.draw = draw;
    }

    double[] draw(int n, SplittableRandom random) {
      double[] x = new double[n];
      Arrays.setAll(x, i -> draw.applyAsDouble(random));
      return x;
    }

    String words() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A sample of runs of known truth. */
  interface Draw {
    SimulatedRuns of(SplittableRandom random);
  }

  public static void main(String[] args) throws IOException {
    int n = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
    List<Row> rows = new ArrayList<>();
    for (Values values : Values.values()) {
      for (int seeds : new int[] {4, 8, 10, 12, 20}) {
        rows.addAll(mean(values, seeds, n));
      }
    }
    for (double p : new double[] {0.5, 0.8, 0.95}) {
      for (int seeds : new int[] {4, 8, 10, 12, 20}) {
        rows.addAll(share(p, seeds, n));
      }
    }
    for (double r : new double[] {0, 0.5, 0.8, 0.95}) {
      for (int seeds : new int[] {8, 10, 12, 20, 30}) {
        rows.addAll(rank(r, seeds, n));
      }
    }
    for (Values values : Values.values()) {
      for (int variants : new int[] {4, 6, 8, 12, 24}) {
        rows.addAll(angle(values, variants, 4, n / 10));
      }
      for (int seeds : new int[] {8, 10, 12, 20, 24, 30}) {
        rows.addAll(coupling(values, seeds, 1, n / 4));
      }
      rows.addAll(coupling(values, 12, 4, n / 4));
    }
    for (int seeds : new int[] {4, 8, 10, 12, 20}) {
      rows.addAll(everySeed(seeds, n));
    }
    rows.forEach(JudgeCalibration::print);
    Files.writeString(
        Repository.ROOT.resolve("lab/src/main/resources/refrain/study/coverage.json"),
        text(new Coverage(rows)));
  }

  /** A line a row, so that a change of one is seen as such. */
  private static String text(Coverage coverage) {
    List<String> lines = coverage.rows().stream().map(Json::line).toList();
    return "{\"rows\": [\n" + String.join(",\n", lines) + "\n]}\n";
  }

  private static void print(Row row) {
    System.out.printf(
        Locale.ROOT,
        "%-16s %-28s n = %-3d %.4f covered %.4f, above %.4f, below %.4f (%d)%n",
        row.statistic(),
        row.values(),
        row.n(),
        row.level(),
        row.covered(),
        row.above(),
        row.below(),
        row.simulations());
  }

  private static List<Row> rows(
      String values, int n, Test test, double truth, int simulations, Draw draw) {
    SplittableRandom random = new SplittableRandom(1);
    int[] above = new int[ALPHAS.length];
    int[] below = new int[ALPHAS.length];
    for (int i = 0; i < simulations; i++) {
      Evidence evidence = draw.of(random).judge(RESAMPLES).evidence(test);
      for (int a = 0; a < ALPHAS.length; a++) {
        Estimate e = evidence.at(ALPHAS[a]);
        above[a] += e.low() > truth ? 1 : 0;
        below[a] += e.high() < truth ? 1 : 0;
      }
    }
    List<Row> rows = new ArrayList<>();
    for (int a = 0; a < ALPHAS.length; a++) {
      double over = above[a] / (double) simulations;
      double under = below[a] / (double) simulations;
      rows.add(
          new Row(
              test.statistic(),
              values,
              n,
              simulations,
              1 - ALPHAS[a],
              1 - over - under,
              over,
              under));
    }
    return rows;
  }

  private static Double[] boxed(double[] x) {
    return Arrays.stream(x).boxed().toArray(Double[]::new);
  }

  static List<Row> mean(Values values, int n, int simulations) {
    Test test = SimulatedRuns.x(List.of("a"), Statistic.MEAN, SimulatedRuns.atLeast(0));
    return rows(
        values.words(),
        n,
        test,
        0,
        simulations,
        random -> new SimulatedRuns().with("a", boxed(values.draw(n, random))));
  }

  static List<Row> share(double p, int n, int simulations) {
    Test test = SimulatedRuns.x(List.of("a"), Statistic.SHARE, SimulatedRuns.atLeast(p));
    return rows(
        "a share of " + p,
        n,
        test,
        p,
        simulations,
        random -> {
          double[] x = random.doubles(n).map(u -> u < p ? 1 : 0).toArray();
          return new SimulatedRuns().with("a", boxed(x));
        });
  }

  /** Normal pairs of correlation r have the rank correlation 6 / pi asin(r / 2). */
  static List<Row> rank(double r, int n, int simulations) {
    Test test = SimulatedRuns.both(List.of("a"), Statistic.RANK_CORRELATION, ANY);
    return rows(
        "normal, correlation " + r,
        n,
        test,
        6 / Math.PI * Math.asin(r / 2),
        simulations,
        random -> {
          double[] x = Values.NORMAL.draw(n, random);
          double[] y = Values.NORMAL.draw(n, random);
          Arrays.setAll(y, i -> r * x[i] + Math.sqrt(1 - r * r) * y[i]);
          return new SimulatedRuns().with("a", x, y);
        });
  }

  private static final Bar ANY = SimulatedRuns.atLeast(0);

  /**
   * A direction of 45 degrees: each variant has a clock (spread .5 in ln steps) that moves both
   * dates, each seed one of its own (.1), and each date an error (.05).
   */
  static List<Row> angle(Values values, int variants, int seeds, int simulations) {
    List<String> names = SimulatedRuns.named(variants);
    return rows(
        values.words() + " clocks of variants",
        variants,
        SimulatedRuns.both(names, Statistic.DEMING_ANGLE, ANY),
        45,
        simulations,
        random -> {
          SimulatedRuns runs = new SimulatedRuns();
          double[] clocks = values.draw(variants, random);
          for (int v = 0; v < variants; v++) {
            double[] x = new double[seeds];
            double[] y = new double[seeds];
            for (int s = 0; s < seeds; s++) {
              double own = 6 + 0.5 * clocks[v] + 0.1 * random.nextGaussian();
              x[s] = Math.exp(own + 0.05 * random.nextGaussian());
              y[s] = Math.exp(own + 0.05 * random.nextGaussian());
            }
            runs.with(names.get(v), x, y);
          }
          return runs;
        });
  }

  /**
   * No difference: y and the placebo go with x alike, by .6, and all three with a clock that is
   * given.
   */
  static List<Row> coupling(Values values, int seeds, int variants, int simulations) {
    List<String> names = SimulatedRuns.named(variants);
    String arms = variants == 1 ? "" : ", " + variants + " variants";
    return rows(
        values.words() + arms,
        seeds,
        SimulatedRuns.coupling(names, ANY),
        0,
        simulations,
        random -> {
          SimulatedRuns runs = new SimulatedRuns();
          for (String name : names) {
            double[] clock = Values.NORMAL.draw(seeds, random);
            double[] shared = values.draw(seeds, random);
            runs.with(
                name,
                date(values, clock, shared, random),
                date(values, clock, shared, random),
                date(values, clock, shared, random),
                clock);
          }
          return runs;
        });
  }

  private static double[] date(
      Values values, double[] clock, double[] shared, SplittableRandom random) {
    double[] own = values.draw(clock.length, random);
    Arrays.setAll(
        own,
        i ->
            Math.exp(6 + 0.05 * (clock[i] + Math.sqrt(0.6) * shared[i] + Math.sqrt(0.4) * own[i])));
    return own;
  }

  /** Of n seeds one is at the bar and the others far from it, or all are at it. */
  static List<Row> everySeed(int n, int simulations) {
    SplittableRandom random = new SplittableRandom(1);
    double[] errors = new double[n];
    Arrays.fill(errors, 1);
    List<Row> rows = new ArrayList<>();
    for (double alpha : ALPHAS) {
      int holds = 0;
      int refuted = 0;
      for (int i = 0; i < simulations; i++) {
        double[] all = Values.NORMAL.draw(n, random);
        refuted += new EverySeed(ANY, all, errors).lies(alpha) == Lies.OUTSIDE ? 1 : 0;
        for (int s = 1; s < n; s++) {
          all[s] += 10;
        }
        holds += new EverySeed(ANY, all, errors).lies(alpha) == Lies.INSIDE ? 1 : 0;
      }
      double above = holds / (double) simulations;
      double below = refuted / (double) simulations;
      rows.add(
          new Row(
              Statistic.EVERY_SEED,
              "normal errors",
              n,
              simulations,
              1 - alpha,
              1 - Math.max(above, below),
              above,
              below));
    }
    return rows;
  }
}
