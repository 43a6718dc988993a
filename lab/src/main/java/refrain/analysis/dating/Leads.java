package refrain.analysis.dating;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import refrain.analysis.Curves;
import refrain.analysis.Declarations;
import refrain.analysis.Declarations.Members;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.Subject;
import refrain.stats.Crossing;
import refrain.store.MetricsRow;
import refrain.train.Metrics;

/**
 * Which comes first, induction heads or in-context learning. How far apart two curves are depends
 * on where they are read, since each has a bend of its own: so both are read where a tenth, a
 * quarter, half and three quarters of the rise are done, and a sign counts that holds at all four.
 *
 * <p>Even a model whose in-context learning follows its matching at once bends otherwise than its
 * matching does: the loss is a logarithm. So the score is compared with that placebo as well: what
 * the measured matching would give with the copying strength of the run's end. A head that pays
 * attention a to the right token raises that token's logit by g a, so it is predicted with the
 * probability sigmoid(logit p + g a). p, where nothing is copied, and g are those of the last
 * probe, of the loss on the first and on the second saying of the repeated tokens on which matching
 * is measured. Copying that is learned later than matching makes the score later than the placebo.
 */
final class Leads {
  static final Declarations ALL = new Declarations("this project");

  /** What the ICL score is compared with. */
  enum Beside {
    SCORE("prefix matching", "the best head's prefix-matching score"),
    LOGIT("prefix matching as a logit", "the logit of the best head's prefix-matching score"),
    PLACEBO(
        "what the matching would give at once",
        "- ln sigmoid(logit p + g pm.best), p = exp(- repeat.first) and logit p + g pm.best = logit"
            + " exp(- repeat.again) at the last probe"),
    OWN("matching on the data's own repeats", "match.own, read at checkpoints");

    private final String words;
    private final String formula;

    Beside(String words, String formula) {
      this.words = words;
      this.formula = formula;
    }

    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final List<Integer> PERCENT = List.of(10, 25, 50, 75);

  private static final double[] NONE = PERCENT.stream().mapToDouble(_ -> Double.NaN).toArray();

  private static final String RISE =
      " of the rise is done: of the way from where it is at its half-way step / sqrt 2 to where it"
          + " is at its half-way step x sqrt 2, interpolated between probes";

  private static final Map<Beside, Lead> LEADS = new EnumMap<>(Beside.class);

  /** What is declared of one comparison. */
  private record Lead(Family<Integer, Quantity> at, Quantity all) {
    static Lead of(Beside beside) {
      String key = "lead." + beside.key();
      String title = "how much later the ICL score is than " + beside.words;
      return new Lead(
          ALL.number(key, title, "ln steps")
              .ofEach(
                  new Members<>(PERCENT, String::valueOf, q -> "at " + q + " % of the rise"),
                  "ln of the step at which that share"
                      + RISE
                      + ", of the ICL score minus that of "
                      + beside.formula),
          ALL.number(key + ".all", title + ", at least, at all four", "ln steps")
              .is(
                  "the one of "
                      + key
                      + ".10, .25, .50, .75 that is nearest to 0, and 0 where their signs differ"));
    }
  }

  static {
    for (Beside beside : Beside.values()) {
      LEADS.put(beside, Lead.of(beside));
    }
  }

  private Leads() {}

  /**
   * @param matching on the data's own repeats; empty where no heads formed
   */
  static Findings of(Subject run, OwnMatching.Curve matching) {
    Curves curves = run.curves();
    double[] steps = curves.stepAxis();
    double[] pm = curves.prefixMatching();
    double[] icl = curves.formed().isPresent() ? crossings(steps, curves.icl()) : NONE;
    Findings out = new Findings();
    put(out, Beside.SCORE, icl, crossings(steps, pm));
    double[] logits = Arrays.stream(pm).map(Leads::logit).toArray();
    put(out, Beside.LOGIT, icl, crossings(steps, logits, Crossing.halfWay(steps, pm)));
    MetricsRow end = run.metrics().having(Metrics.ICL).getLast();
    double[] placebo = placebo(pm, end.value("repeat.first"), end.value("repeat.again"));
    put(out, Beside.PLACEBO, icl, crossings(steps, placebo));
    put(out, Beside.OWN, icl, crossings(matching.steps(), matching.best()));
    return out;
  }

  private static void put(Findings out, Beside beside, double[] icl, double[] other) {
    double[] leads = new double[icl.length];
    Arrays.setAll(leads, i -> Math.log(icl[i] / other[i]));
    Lead lead = requireNonNull(LEADS.get(beside));
    for (int i = 0; i < leads.length; i++) {
      out.put(lead.at.of(PERCENT.get(i)), leads[i]);
    }
    out.put(lead.all, least(leads));
  }

  /** The one nearest to 0, and 0 where signs differ; NaN where one is missing. */
  static double least(double... leads) {
    double least = leads[0];
    for (double lead : leads) {
      if (Double.isNaN(lead) || Double.isNaN(least)) {
        return Double.NaN;
      }
      boolean other = Math.signum(lead) != Math.signum(least);
      least = other ? 0 : Math.abs(lead) < Math.abs(least) ? lead : least;
    }
    return least;
  }

  /**
   * The loss on repeated tokens that matching would give with the copying strength of the end.
   *
   * @param matching scores, the last of the end
   * @param first loss at the end where there is nothing to copy, nats
   * @param again loss at the end where there is, nats
   */
  static double[] placebo(double[] matching, double first, double again) {
    double from = logit(Math.exp(-first));
    double strength = (logit(Math.exp(-again)) - from) / matching[matching.length - 1];
    return Arrays.stream(matching).map(a -> Math.log1p(Math.exp(-from - strength * a))).toArray();
  }

  private static double logit(double p) {
    return Math.log(p / (1 - p));
  }

  /** The steps at which a curve has done each share of its rise; NaN where it does not rise. */
  static double[] crossings(double[] steps, double[] values) {
    return crossings(steps, values, Crossing.halfWay(steps, values));
  }

  private static double[] crossings(double[] steps, double[] values, double half) {
    double low = half / Math.sqrt(2);
    double high = half * Math.sqrt(2);
    if (!(high <= (steps.length == 0 ? 0 : steps[steps.length - 1]))) {
      return NONE;
    }
    double[] at =
        DoubleStream.concat(
                DoubleStream.concat(
                    DoubleStream.of(low), Arrays.stream(steps).filter(s -> s > low && s < high)),
                DoubleStream.of(high))
            .toArray();
    double[] done = Arrays.stream(at).map(s -> Crossing.between(steps, values, s)).toArray();
    double from = done[0];
    double way = done[done.length - 1] - from;
    Arrays.setAll(done, i -> (done[i] - from) / way);
    return PERCENT.stream().mapToDouble(q -> passage(at, done, q / 100.0)).toArray();
  }

  /** Where values reach a bar for good: the last passage from below, by the line between points. */
  private static double passage(double[] at, double[] values, double bar) {
    int i = values.length - 1;
    while (i > 0 && values[i - 1] >= bar) {
      i--;
    }
    if (i == 0 || Double.isNaN(values[i])) {
      return Double.NaN;
    }
    double part = (bar - values[i - 1]) / (values[i] - values[i - 1]);
    return at[i - 1] + part * (at[i] - at[i - 1]);
  }
}
