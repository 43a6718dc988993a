package refrain.analysis.dating;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import refrain.analysis.Curves;
import refrain.analysis.Subject;
import refrain.store.MetricsRow;
import refrain.store.MetricsTable;
import refrain.train.Metrics;

/**
 * The curves of a run whose change is dated. Losses and the gradient's norm are taken as logarithms
 * and scores as they are, so that ordinary learning is about a line in the logarithm of the step.
 *
 * @param key in the names of findings: date.KEY.tau
 * @param formula what is dated, in the metrics' names
 * @param observe the curve of a run, at its probes after step 0; empty where it has none
 */
record DatedCurve(
    String key, String title, String unit, String formula, Function<Subject, Observed> observe) {
  /** In-context learning. */
  static final DatedCurve ICL = of("icl", "ICL score", "nats", Metrics.ICL);

  /** The best head's prefix matching: induction heads. */
  private static final DatedCurve PREFIX_MATCHING =
      of("pm", "prefix matching", "probability", Metrics.PREFIX_MATCHING);

  /** The best previous-token head of layer 0. */
  private static final DatedCurve PREVIOUS_TOKEN =
      of("prev", "previous-token score of layer 0", "probability", Metrics.PREVIOUS_TOKEN);

  /** What the model predicts where there is nothing to copy yet. */
  private static final DatedCurve EARLY =
      new DatedCurve(
          "early",
          "loss early in the context",
          "log nats",
          "ln icl.early",
          run -> metric(run, "icl.early", true));

  /** The loss against that of the control's run. */
  private static final DatedCurve BUMP =
      new DatedCurve(
          "bump",
          "loss minus the control's",
          "nats",
          "loss minus the loss of the control's run at the same step",
          DatedCurve::bump);

  private static final DatedCurve GRADIENT_NORM =
      new DatedCurve(
          "grad",
          "gradient norm",
          "log nats",
          "mean of ln train.gradNorm over the steps since the last probe",
          DatedCurve::gradientNorm);

  static final List<DatedCurve> ALL =
      List.of(ICL, PREFIX_MATCHING, PREVIOUS_TOKEN, EARLY, BUMP, GRADIENT_NORM);

  /** A metric as it is. */
  private static DatedCurve of(String key, String title, String unit, String metric) {
    return new DatedCurve(key, title, unit, metric, run -> metric(run, metric, false));
  }

  /**
   * A curve as it was observed.
   *
   * @param steps increasing, after step 0
   * @param values finite
   */
  record Observed(double[] steps, double[] values) {
    private static final Observed NONE = new Observed(new double[0], new double[0]);

    /** Step 0 is left out: it is the same for every model and no learning. */
    static Observed of(long[] steps, IntToDoubleFunction value) {
      int[] kept =
          IntStream.range(0, steps.length)
              .filter(i -> steps[i] > 0 && Double.isFinite(value.applyAsDouble(i)))
              .toArray();
      return new Observed(
          Arrays.stream(kept).mapToDouble(i -> steps[i]).toArray(),
          Arrays.stream(kept).mapToDouble(value).toArray());
    }
  }

  private static Observed metric(Subject run, String name, boolean log) {
    MetricsTable metrics = run.metrics();
    return Observed.of(
        metrics.steps(),
        i -> {
          double value = metrics.rows().get(i).value(name);
          return log ? Math.log(value) : value;
        });
  }

  private static Observed bump(Subject run) {
    Subject other = run.controlOnSameTokens().orElse(null);
    if (other == null) {
      return Observed.NONE;
    }
    Curves own = run.curves();
    Curves theirs = other.curves();
    return Observed.of(
        own.steps(),
        i -> {
          int j = Arrays.binarySearch(theirs.steps(), own.steps()[i]);
          return j < 0 ? Double.NaN : own.loss()[i] - theirs.loss()[j];
        });
  }

  private static Observed gradientNorm(Subject run) {
    List<MetricsRow> rows = run.metrics().rows();
    double[] means = new double[rows.size()];
    Arrays.fill(means, Double.NaN);
    double sum = 0;
    int n = 0;
    for (int i = 0; i < means.length; i++) {
      double norm = rows.get(i).value(Metrics.GRADIENT_NORM);
      if (norm > 0) {
        sum += Math.log(norm);
        n++;
      }
      if (rows.get(i).values().containsKey(Metrics.ICL)) {
        means[i] = sum / n; // 0 / 0 is NaN
        sum = 0;
        n = 0;
      }
    }
    return Observed.of(run.metrics().steps(), i -> means[i]);
  }
}
