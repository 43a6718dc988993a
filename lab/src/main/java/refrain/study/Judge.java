package refrain.study;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.stats.Binomial;
import refrain.stats.Bootstrap;
import refrain.stats.Deming;
import refrain.stats.Interval;
import refrain.stats.PairedTests;
import refrain.stats.RankCorrelation;

/** Holds claims against the quantities of runs. Knows no data and no bars but those it is given. */
public final class Judge {
  private static final int DRAWS = 9_999;
  private static final long SEED = 1;

  /**
   * Runs without a value may be left out of an interval up to this share of all. Beyond it a number
   * that every run should have fails; a relation between two is not known.
   */
  private static final double MOST_MISSING = 0.25;

  private static final int LEAST_PAIRS = 4;

  /** Where the quantities of runs come from. */
  @FunctionalInterface
  public interface Source {
    /**
     * A quantity of one run; NaN where the run has none, null where no such run has ended or it has
     * not been analysed.
     *
     * @param quantity a name of {@link refrain.analysis.Quantities#number}
     */
    @Nullable Double of(String variant, int seed, String quantity);
  }

  /**
   * One run of a test.
   *
   * @param variant index among the test's variants
   */
  private record Pair(int variant, double x, double y) {}

  private final Study study;
  private final Source source;

  public Judge(Study study, Source source) {
    this.study = study;
    this.source = source;
  }

  /** All claims, in the order of the study. */
  public List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>();
    for (Claim claim : study.claims()) {
      Test control = claim.control();
      verdicts.add(
          Verdict.of(claim, estimate(claim.test()), control == null ? null : estimate(control)));
    }
    return verdicts;
  }

  /** What one test measures. */
  public Estimate estimate(Test test) {
    List<Pair> pairs = pairs(test);
    if (test.statistic().paired()) {
      return paired(test, pairs);
    }
    double[] all =
        pairs.stream().mapToDouble(pair -> test.compare().of(pair.x(), pair.y())).toArray();
    double[] values = Arrays.stream(all).filter(Double::isFinite).toArray();
    int missing = all.length - values.length;
    List<Double> boxed = Arrays.stream(all).boxed().toList();
    if (test.statistic() == Statistic.EVERY_SEED) {
      return everySeed(test.bar(), all, values, boxed);
    }
    if (values.length == 0) {
      return Estimate.none(
          0, missing, missing == 0 ? Verdict.Ruling.UNDECIDED : Verdict.Ruling.FAILS);
    }
    Interval interval =
        switch (test.statistic()) {
          case SHARE -> share(values);
          case EQUIVALENCE -> mean(values, 0.90);
          default -> mean(values, 0.95);
        };
    Verdict.Ruling ruling =
        missing > MOST_MISSING * all.length
            ? Verdict.Ruling.FAILS
            : test.bar().rule(interval.low(), interval.high());
    return Estimate.of(interval, values.length, missing, boxed, ruling);
  }

  private List<Pair> pairs(Test test) {
    List<Pair> pairs = new ArrayList<>();
    for (int v = 0; v < test.variants().size(); v++) {
      String variant = test.variants().get(v);
      for (int seed : study.seeds(study.variant(variant))) {
        Double x = source.of(variant, seed, test.quantity());
        String from = test.against() == null ? variant : test.against();
        String name = test.other() == null ? test.quantity() : test.other();
        Double y = source.of(from, seed, name);
        if (x != null && y != null) {
          pairs.add(new Pair(v, x, y));
        }
      }
    }
    return pairs;
  }

  private static Estimate everySeed(Bar bar, double[] all, double[] values, List<Double> boxed) {
    if (all.length == 0) {
      return Estimate.none(0, 0, Verdict.Ruling.UNDECIDED);
    }
    double worst = all[0];
    boolean holds = true;
    for (double value : all) {
      worst = bar.worse(worst, value);
      holds &= bar.holds(value);
    }
    return new Estimate(
        worst,
        Arrays.stream(values).min().orElse(Double.NaN),
        Arrays.stream(values).max().orElse(Double.NaN),
        values.length,
        all.length - values.length,
        boxed,
        holds ? Verdict.Ruling.HOLDS : Verdict.Ruling.FAILS);
  }

  private static Interval share(double[] values) {
    int k = (int) Arrays.stream(values).filter(x -> x >= 0.5).count();
    return Binomial.clopperPearson(k, values.length, 0.95);
  }

  /**
   * The mean of runs' numbers with its interval, expanded for few seeds ({@link
   * Bootstrap#expandedBca}); figures take theirs from here too. One run has no interval; runs that
   * are all alike have none but themselves.
   *
   * @param values at least one, finite
   * @param level such as .95
   */
  public static Interval mean(double[] values, double level) {
    double mean = Arrays.stream(values).average().orElse(Double.NaN);
    if (values.length == 1) {
      return new Interval(mean, Double.NaN, Double.NaN, level);
    }
    boolean alike = Arrays.stream(values).allMatch(x -> x == values[0]);
    return alike
        ? new Interval(mean, mean, mean, level)
        : Bootstrap.of(values, xs -> Arrays.stream(xs).average().orElse(Double.NaN), DRAWS, SEED)
            .expandedBca(level);
  }

  private static Estimate paired(Test test, List<Pair> all) {
    boolean logs = test.statistic() == Statistic.DEMING_SLOPE;
    List<Pair> pairs = new ArrayList<>();
    for (Pair p : all) {
      Pair q = logs ? new Pair(p.variant(), Math.log(p.x()), Math.log(p.y())) : p;
      if (Double.isFinite(q.x()) && Double.isFinite(q.y())) {
        pairs.add(q);
      }
    }
    int missing = all.size() - pairs.size();
    if (pairs.size() < LEAST_PAIRS) {
      return Estimate.none(pairs.size(), missing, Verdict.Ruling.UNDECIDED);
    }
    double[] x = pairs.stream().mapToDouble(Pair::x).toArray();
    double[] y = pairs.stream().mapToDouble(Pair::y).toArray();
    int[] cluster = pairs.stream().mapToInt(Pair::variant).toArray();
    Interval interval;
    try {
      interval =
          switch (test.statistic()) {
            case DEMING_SLOPE -> Deming.slopes(x, y, cluster, 1, DRAWS, SEED).expandedBca(0.95);
            case RANK_CORRELATION -> rank(x, y);
            default -> {
              double p = PairedTests.coupling(x, y, cluster, DRAWS, SEED);
              yield new Interval(p, p, p, 0.95);
            }
          };
    } catch (RefrainException e) { // fewer than two variants, or a statistic that is undefined
      interval = new Interval(Double.NaN, Double.NaN, Double.NaN, 0.95);
    }
    Verdict.Ruling ruling =
        Double.isNaN(interval.estimate()) || missing > MOST_MISSING * all.size()
            ? Verdict.Ruling.UNDECIDED
            : test.bar().rule(interval.low(), interval.high());
    return Estimate.of(interval, pairs.size(), missing, List.of(), ruling);
  }

  private static Interval rank(double[] x, double[] y) {
    return Bootstrap.ofUnits(
            x.length,
            units ->
                RankCorrelation.of(
                        Arrays.stream(units).mapToDouble(i -> x[i]).toArray(),
                        Arrays.stream(units).mapToDouble(i -> y[i]).toArray(),
                        0,
                        SEED)
                    .rho(),
            DRAWS,
            SEED)
        .percentile(0.95);
  }
}
