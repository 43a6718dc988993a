package refrain.study;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Quantities;
import refrain.base.RefrainException;
import refrain.stats.Angle;
import refrain.stats.Binomial;
import refrain.stats.Correlation;
import refrain.stats.Coupling;
import refrain.stats.Holm;
import refrain.stats.Inference;
import refrain.stats.Interval;
import refrain.stats.StudentT;

/** Holds claims against the quantities of runs. Knows no data and no bars but those it is given. */
public final class Judge {
  private static final int DRAWS = 9_999;
  private static final long SEED = 1;
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
   * @param xError the standard error of x; 0: exact
   * @param placebo NaN where the test has none
   * @param given NaN where the test has none
   */
  private record Pair(
      int variant,
      int seed,
      double x,
      double y,
      double xError,
      double yError,
      double placebo,
      double given) {
    Pair inLogs() {
      return new Pair(
          variant, seed, Math.log(x), Math.log(y), xError, yError, Math.log(placebo), given);
    }
  }

  private final List<Claim> claims;
  private final int elsewhere;
  private final Function<String, List<Integer>> seeds;
  private final Source source;
  private final int draws;

  public Judge(Study study, Source source) {
    this(
        study.claims(),
        study.primaryElsewhere(),
        v -> study.seeds(study.variant(v)),
        source,
        DRAWS);
  }

  /**
   * Of runs that belong to no study.
   *
   * @param elsewhere primary claims that are judged together with these, and of which nothing is
   *     known: none of them passes
   * @param seeds of a variant's runs
   * @param draws of bootstraps
   */
  Judge(
      List<Claim> claims,
      int elsewhere,
      Function<String, List<Integer>> seeds,
      Source source,
      int draws) {
    this.claims = claims;
    this.elsewhere = elsewhere;
    this.seeds = seeds;
    this.source = source;
    this.draws = draws;
  }

  /**
   * All claims, in the order of the study: the primary ones together at 5 % by {@link Holm}, each
   * of the others by itself.
   */
  public List<Verdict> verdicts() {
    List<Weighed> all = claims.stream().map(this::weigh).toList();
    double[] p =
        DoubleStream.concat(
                all.stream().filter(w -> w.claim().primary()).mapToDouble(Weighed::p),
                DoubleStream.generate(() -> Double.NaN).limit(elsewhere))
            .toArray();
    double[] levels = Holm.levels(p, Evidence.USUAL);
    List<Verdict> verdicts = new ArrayList<>();
    int primary = 0;
    for (Weighed weighed : all) {
      double alpha = weighed.claim().primary() ? levels[primary++] : Evidence.USUAL;
      verdicts.add(weighed.verdict(alpha));
    }
    return verdicts;
  }

  Weighed weigh(Claim claim) {
    Test control = claim.control();
    return new Weighed(claim, evidence(claim.test()), control == null ? null : evidence(control));
  }

  /** What one test measures, judged by itself at 5 %. */
  public Estimate estimate(Test test) {
    return evidence(test).at(Evidence.USUAL);
  }

  Evidence evidence(Test test) {
    List<Pair> pairs = pairs(test);
    return switch (test.statistic()) {
      case EVERY_SEED -> everySeed(test, pairs);
      case MEAN -> overSeeds(test, pairs, test::within, StudentT::of);
      case SHARE -> overSeeds(test, pairs, test.bar()::worst, Judge::share);
      case DEMING_ANGLE, RANK_CORRELATION, COUPLING -> paired(test, pairs);
    };
  }

  private List<Pair> pairs(Test test) {
    List<Pair> pairs = new ArrayList<>();
    for (int v = 0; v < test.variants().size(); v++) {
      String variant = test.variants().get(v);
      for (int seed : seeds.apply(variant)) {
        String from = Objects.requireNonNullElse(test.against(), variant);
        String other = Objects.requireNonNullElse(test.other(), test.quantity());
        Double x = source.of(variant, seed, test.quantity());
        Double y = source.of(from, seed, other);
        if (x != null && y != null) {
          pairs.add(
              new Pair(
                  v,
                  seed,
                  x,
                  y,
                  error(variant, seed, test.quantity()),
                  error(from, seed, other),
                  beside(variant, seed, test.placebo()),
                  beside(variant, seed, test.given())));
        }
      }
    }
    return pairs;
  }

  private double error(String variant, int seed, String quantity) {
    String error = Quantities.number(quantity).error();
    return error == null ? 0 : beside(variant, seed, error);
  }

  private double beside(String variant, int seed, @Nullable String quantity) {
    Double found = quantity == null ? null : source.of(variant, seed, quantity);
    return found == null ? Double.NaN : found;
  }

  private static double value(Test test, Pair pair) {
    return test.compare().of(pair.x(), pair.y());
  }

  private static double error(Test test, Pair pair) {
    return test.compare().error(pair.x(), pair.y(), pair.xError(), pair.yError());
  }

  private static Evidence everySeed(Test test, List<Pair> pairs) {
    List<Pair> known =
        pairs.stream()
            .filter(p -> Double.isFinite(value(test, p)) && Double.isFinite(error(test, p)))
            .toList();
    double[] values = known.stream().mapToDouble(p -> value(test, p)).toArray();
    double[] errors = known.stream().mapToDouble(p -> error(test, p)).toArray();
    Inference inference = values.length == 0 ? null : new EverySeed(test.bar(), values, errors);
    int missing = pairs.size() - known.size();
    return new Evidence(test.bar(), inference, values.length, missing, boxed(values), true);
  }

  /**
   * The seed is the unit: what several variants have in it is one number.
   *
   * @param within makes one number of those of a seed
   */
  private static Evidence overSeeds(
      Test test,
      List<Pair> pairs,
      ToDoubleFunction<double[]> within,
      Function<double[], Inference> over) {
    Map<Integer, List<Double>> bySeed = new LinkedHashMap<>();
    for (Pair pair : pairs) {
      bySeed.computeIfAbsent(pair.seed(), any -> new ArrayList<>()).add(value(test, pair));
    }
    double[] values =
        bySeed.values().stream()
            .filter(of -> test.weights().isEmpty() || of.size() == test.variants().size())
            .map(of -> of.stream().mapToDouble(x -> x).toArray())
            .filter(of -> Arrays.stream(of).allMatch(Double::isFinite))
            .mapToDouble(within)
            .toArray();
    Inference inference = values.length == 0 ? null : over.apply(values);
    int missing = bySeed.size() - values.length;
    return new Evidence(test.bar(), inference, values.length, missing, boxed(values), false);
  }

  private static Inference share(double[] values) {
    int successes = (int) Arrays.stream(values).filter(x -> x >= 0.5).count();
    return new Binomial(successes, values.length);
  }

  private static List<Double> boxed(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  /**
   * The mean of runs' numbers with its interval; figures take theirs from here too.
   *
   * @param values at least one, finite
   * @param level such as .95
   */
  public static Interval mean(double[] values, double level) {
    return StudentT.of(values).interval(level);
  }

  private Evidence paired(Test test, List<Pair> all) {
    boolean logs = test.statistic() != Statistic.RANK_CORRELATION;
    List<Pair> pairs = new ArrayList<>();
    for (Pair p : all) {
      Pair q = logs ? p.inLogs() : p;
      boolean placebo = test.placebo() == null || Double.isFinite(q.placebo());
      boolean given = test.given() == null || Double.isFinite(q.given());
      if (Double.isFinite(q.x()) && Double.isFinite(q.y()) && placebo && given) {
        pairs.add(q);
      }
    }
    Inference inference = pairs.size() < LEAST_PAIRS ? null : inference(test, pairs);
    int missing = all.size() - pairs.size();
    return new Evidence(test.bar(), inference, pairs.size(), missing, List.of(), false);
  }

  private @Nullable Inference inference(Test test, List<Pair> pairs) {
    double[] x = pairs.stream().mapToDouble(Pair::x).toArray();
    double[] y = pairs.stream().mapToDouble(Pair::y).toArray();
    int[] variant = pairs.stream().mapToInt(Pair::variant).toArray();
    try {
      return switch (test.statistic()) {
        case DEMING_ANGLE -> Angle.of(x, y, variant, draws, SEED);
        case RANK_CORRELATION -> Correlation.ofRanks(x, y);
        default ->
            new Coupling(
                    x,
                    y,
                    test.placebo() == null ? null : column(pairs, Pair::placebo),
                    test.given() == null ? null : column(pairs, Pair::given),
                    variant,
                    pairs.stream().mapToInt(Pair::seed).toArray())
                .difference();
      };
    } catch (RefrainException e) { // fewer than two variants, or a statistic that is undefined
      return null;
    }
  }

  private static double[] column(List<Pair> pairs, ToDoubleFunction<Pair> of) {
    return pairs.stream().mapToDouble(of).toArray();
  }
}
