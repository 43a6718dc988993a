package refrain.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;
import refrain.store.MetricsTable;

/**
 * The trajectories of a run and its control in the plane of their per-token losses, and where they
 * pivot. One plane for both: all snapshots of both together, as in the paper.
 */
final class LossTrajectory {
  private static final String METRIC = "loss.perExample";

  /** With fewer snapshots of the run a corner cannot be placed. */
  private static final int LEAST = 10;

  private LossTrajectory() {}

  static List<Definition> definitions() {
    return List.of(
        define("pca.pivot.step", "pivot", "steps", "snapshot furthest from the line start - end"),
        define("pca.pivot.angle", "angle of the pivot", "degrees", "between start - pivot - end"),
        define("pca.pivot.depth", "depth of the pivot", "nats", "its distance from that line"),
        define(
            "pca.pivot.within",
            "pivot in the window of the ICL score",
            "1",
            "1 where it lies from date.icl.onset to date.icl.end, give or take a snapshot, else 0"),
        define("pca.control.pivot.step", "the control's pivot", "steps", "the same of the control"),
        define(
            "pca.control.pivot.within",
            "the control's pivot in the same window",
            "1",
            "1 where it lies in this run's window, else 0"),
        define(
            "pca.explained",
            "variance in the plane",
            "1",
            "share of the variance over snapshots on the first two components"));
  }

  private static Definition define(String key, String title, String unit, String formula) {
    return new Definition(
        key,
        title + ", per-token-loss PCA",
        unit,
        Better.NEITHER,
        formula,
        "Olsson et al. 2022, Per-token loss analysis; Ramer 1972");
  }

  /**
   * Snapshots of a run and its control in one plane.
   *
   * @param own steps of the run's snapshots, the plane's first
   * @param other steps of the control's, its last; empty without a control on the same tokens
   */
  record Joint(long[] own, long[] other, LossPlane plane) {}

  /** Empty where the run has too few snapshots. */
  static Optional<Joint> joint(Subject run) {
    MetricsTable.Lists own = run.metrics().lists(METRIC);
    if (own.steps().length < LEAST) {
      return Optional.empty();
    }
    MetricsTable.Lists other =
        run.control()
            .filter(c -> EvaluationSets.same(run, c))
            .map(c -> c.metrics().lists(METRIC))
            .orElse(new MetricsTable.Lists(METRIC, new long[0], new double[0][]));
    List<double[]> all = new ArrayList<>(Arrays.asList(own.values()));
    all.addAll(Arrays.asList(other.values()));
    LossPlane plane = LossPlane.of(all.toArray(double[][]::new));
    return Optional.of(new Joint(own.steps(), other.steps(), plane));
  }

  /**
   * @param out holds the date of the ICL score already
   */
  static void report(Subject run, Findings out) {
    Joint joint = joint(run).orElse(null);
    if (joint == null) {
      definitions().forEach(d -> out.put(d.key(), Double.NaN));
      return;
    }
    LossPlane plane = joint.plane();
    int n = joint.own().length;
    LossPlane.Pivot pivot = plane.pivot(0, n);
    double step = joint.own()[pivot.index()];
    out.put("pca.pivot.step", step)
        .put("pca.pivot.angle", pivot.angle())
        .put("pca.pivot.depth", pivot.depth())
        .put("pca.pivot.within", within(step, spacing(joint.own()), out));
    double theirs = Double.NaN;
    if (joint.other().length >= LEAST) {
      theirs = joint.other()[plane.pivot(n, n + joint.other().length).index() - n];
    }
    out.put("pca.control.pivot.step", theirs)
        .put("pca.control.pivot.within", within(theirs, spacing(joint.own()), out))
        .put("pca.explained", plane.explained()[0] + plane.explained()[1]);
    put("pca", joint.own(), plane, 0, out);
    put("pca.control", joint.other(), plane, n, out);
    out.put("pca.components", plane.explained());
  }

  private static void put(String name, long[] steps, LossPlane plane, int from, Findings out) {
    int to = from + steps.length;
    out.put(name + ".steps", Arrays.stream(steps).asDoubleStream().toArray());
    out.put(name + ".x", Arrays.copyOfRange(plane.x(), from, to));
    out.put(name + ".y", Arrays.copyOfRange(plane.y(), from, to));
  }

  private static double spacing(long[] steps) {
    return steps[1] - steps[0];
  }

  /** NaN where the ICL score has no date. */
  private static double within(double step, double slack, Findings out) {
    double onset = out.value("date.icl.onset");
    double end = out.value("date.icl.end");
    if (Double.isNaN(step) || Double.isNaN(onset)) {
      return Double.NaN;
    }
    return step >= onset - slack && step <= end + slack ? 1.0 : 0.0;
  }
}
