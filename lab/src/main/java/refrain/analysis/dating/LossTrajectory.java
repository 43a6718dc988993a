package refrain.analysis.dating;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import refrain.analysis.Declarations;
import refrain.analysis.Declared;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.Subject;
import refrain.store.MetricsTable;

/**
 * The trajectories of a run and its control in the plane of their per-token losses, and where they
 * pivot. One plane for both: all snapshots of both together, as in the paper.
 */
final class LossTrajectory {
  static final Declarations ALL =
      new Declarations("Olsson et al. 2022, Per-token loss analysis; Ramer 1972");

  private static final Quantity PIVOT_STEP =
      ALL.steps("pca.pivot.step", "pivot, per-token-loss PCA")
          .is("snapshot furthest from the line start - end");
  private static final Quantity PIVOT_ANGLE =
      ALL.number("pca.pivot.angle", "angle of the pivot, per-token-loss PCA", "degrees")
          .is("between start - pivot - end");
  private static final Quantity PIVOT_DEPTH =
      ALL.nats("pca.pivot.depth", "depth of the pivot, per-token-loss PCA")
          .is("distance of the pivot from the line start - end");
  private static final Quantity PIVOT_WITHIN =
      ALL.pure("pca.pivot.within", "pivot in the window of the ICL score, per-token-loss PCA")
          .is("1 where it lies from date.icl.onset to date.icl.end, or a snapshot beside, else 0");
  private static final Quantity CONTROL_PIVOT_STEP =
      ALL.steps("pca.control.pivot.step", "the control's pivot, per-token-loss PCA")
          .is("pca.pivot.step of the control, in the plane of both runs");
  private static final Quantity CONTROL_PIVOT_WITHIN =
      ALL.pure(
              "pca.control.pivot.within",
              "the control's pivot in this run's window, per-token-loss PCA")
          .is(
              "1 where pca.control.pivot.step lies in this run's window, or a snapshot"
                  + " beside, else 0");
  private static final Quantity EXPLAINED =
      ALL.pure("pca.explained", "variance in the plane, per-token-loss PCA")
          .is("share of the variance over snapshots on the first two components");

  private static final SeriesQuantity COMPONENTS =
      ALL.series("pca.components", "variance of each component, per-token-loss PCA", "1")
          .is("share of the variance over snapshots on the first and on the second component");
  private static final Trajectory OWN = new Trajectory("pca", "of the run");
  private static final Trajectory CONTROL = new Trajectory("pca.control", "of the control");

  private static final String METRIC = "loss.perExample";

  /** With fewer snapshots of the run a corner cannot be placed. */
  private static final int LEAST = 10;

  private LossTrajectory() {}

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
        run.controlOnSameTokens()
            .map(c -> c.metrics().lists(METRIC))
            .orElse(new MetricsTable.Lists(METRIC, new long[0], new double[0][]));
    List<double[]> all = new ArrayList<>(Arrays.asList(own.values()));
    all.addAll(Arrays.asList(other.values()));
    LossPlane plane = LossPlane.of(all.toArray(double[][]::new));
    return Optional.of(new Joint(own.steps(), other.steps(), plane));
  }

  /**
   * @param dates those of the ICL score
   */
  static Findings of(Subject run, Findings dates) {
    Findings out = new Findings();
    Joint joint = joint(run).orElse(null);
    if (joint == null) {
      for (Declared each : ALL.all()) {
        if (each instanceof Quantity number) {
          out.put(number, Double.NaN);
        }
      }
      return out;
    }
    LossPlane plane = joint.plane();
    int n = joint.own().length;
    LossPlane.Pivot pivot = plane.pivot(0, n);
    double step = joint.own()[pivot.index()];
    out.put(PIVOT_STEP, step)
        .put(PIVOT_ANGLE, pivot.angle())
        .put(PIVOT_DEPTH, pivot.depth())
        .put(PIVOT_WITHIN, within(step, spacing(joint.own()), dates));
    double theirs = Double.NaN;
    if (joint.other().length >= LEAST) {
      theirs = joint.other()[plane.pivot(n, n + joint.other().length).index() - n];
    }
    out.put(CONTROL_PIVOT_STEP, theirs)
        .put(CONTROL_PIVOT_WITHIN, within(theirs, spacing(joint.own()), dates))
        .put(EXPLAINED, plane.explained()[0] + plane.explained()[1]);
    OWN.put(joint.own(), plane, 0, out);
    CONTROL.put(joint.other(), plane, n, out);
    return out.put(COMPONENTS, plane.explained());
  }

  /** The declared series of one run's way through the plane. */
  private record Trajectory(SeriesQuantity steps, SeriesQuantity x, SeriesQuantity y) {
    Trajectory(String key, String of) {
      this(
          ALL.axis(key + ".steps", "of the snapshots " + of),
          ALL.series(key + ".x", "first component of per-token losses " + of, "nats")
              .is("coordinate of each snapshot"),
          ALL.series(key + ".y", "second component of per-token losses " + of, "nats")
              .is("coordinate of each snapshot"));
    }

    void put(long[] at, LossPlane plane, int from, Findings out) {
      int to = from + at.length;
      out.put(steps, at)
          .put(x, Arrays.copyOfRange(plane.x(), from, to))
          .put(y, Arrays.copyOfRange(plane.y(), from, to));
    }
  }

  private static double spacing(long[] steps) {
    return steps[1] - steps[0];
  }

  /** NaN where the ICL score has no date. */
  private static double within(double step, double slack, Findings dates) {
    double onset = dates.value(ChangeDates.ICL_ONSET);
    double end = dates.value(ChangeDates.ICL_END);
    if (Double.isNaN(step) || Double.isNaN(onset)) {
      return Double.NaN;
    }
    return step >= onset - slack && step <= end + slack ? 1.0 : 0.0;
  }
}
