package refrain.analysis.dating;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import refrain.analysis.Curves;
import refrain.analysis.Subject;
import refrain.store.MetricsRow;
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

  /** Where the snapshots stand along the direction in which they differ most. */
  private static final DatedCurve LEAP =
      new DatedCurve(
          "leap",
          "first component of per-token losses",
          "nats",
          "coordinate on the first component of loss.perExample, pca.x, at each snapshot",
          DatedCurve::leap);

  private static final DatedCurve GRADIENT_NORM =
      new DatedCurve(
          "grad",
          "gradient norm",
          "log nats",
          "mean of ln train.gradNorm over the steps since the last probe",
          DatedCurve::gradientNorm);

  static final List<DatedCurve> ALL =
      List.of(ICL, PREFIX_MATCHING, PREVIOUS_TOKEN, EARLY, BUMP, LEAP, GRADIENT_NORM);

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
  record Observed(double[] steps, double[] values) {}

  private static Observed metric(Subject run, String name, boolean log) {
    Points points = new Points();
    for (MetricsRow row : run.metrics().rows()) {
      double value = row.value(name);
      points.add(row.step(), log ? Math.log(value) : value);
    }
    return points.observed();
  }

  private static Observed bump(Subject run) {
    Points points = new Points();
    Subject other = run.controlOnSameTokens().orElse(null);
    if (other == null) {
      return points.observed();
    }
    Curves own = run.curves();
    Curves theirs = other.curves();
    for (int i = 0; i < own.steps().length; i++) {
      int j = Arrays.binarySearch(theirs.steps(), own.steps()[i]);
      if (j >= 0) {
        points.add(own.steps()[i], own.loss()[i] - theirs.loss()[j]);
      }
    }
    return points.observed();
  }

  private static Observed leap(Subject run) {
    Points points = new Points();
    LossTrajectory.Joint joint = LossTrajectory.joint(run).orElse(null);
    if (joint != null) {
      for (int i = 0; i < joint.own().length; i++) {
        points.add(joint.own()[i], joint.plane().x()[i]);
      }
    }
    return points.observed();
  }

  private static Observed gradientNorm(Subject run) {
    Points points = new Points();
    double sum = 0;
    int n = 0;
    for (MetricsRow row : run.metrics().rows()) {
      double norm = row.value(Metrics.GRADIENT_NORM);
      if (norm > 0) {
        sum += Math.log(norm);
        n++;
      }
      if (row.values().containsKey(Metrics.ICL)) {
        points.add(row.step(), n == 0 ? Double.NaN : sum / n);
        sum = 0;
        n = 0;
      }
    }
    return points.observed();
  }

  private static final class Points {
    private final List<Double> steps = new ArrayList<>();
    private final List<Double> values = new ArrayList<>();

    /** Step 0 is left out: it is the same for every model and no learning. */
    void add(long step, double value) {
      if (step > 0 && Double.isFinite(value)) {
        steps.add((double) step);
        values.add(value);
      }
    }

    Observed observed() {
      return new Observed(
          steps.stream().mapToDouble(x -> x).toArray(),
          values.stream().mapToDouble(x -> x).toArray());
    }
  }
}
