package refrain.analysis.dating;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Losses;
import refrain.analysis.instrument.ModelState;
import refrain.probe.PerTokenLosses;
import refrain.stats.Crossing;

/**
 * The trajectories of all models of a seed in the plane of their per-token losses, and where those
 * of a run and of its control pivot. As in the paper the plane is that of all snapshots of all
 * models together, and each of 10,000 examples of the evaluation set counts at one random index,
 * the same for every model. A loss at an index does not depend on what comes after it, so examples
 * are read up to their index only.
 */
final class LossTrajectory {
  static final Declarations ALL =
      new Declarations("Olsson et al. 2022, Per-token loss analysis; Ramer 1972");

  private static final int EXAMPLES = 10_000;

  /** Fewer examples are read where the context is long. */
  private static final int TOKENS = 640_000;

  /** Snapshots of the run and of its control, at most. */
  private static final int SNAPSHOTS = 26;

  /** Snapshots of each other model of the seed, at most: they span the plane and are not dated. */
  private static final int OTHERS = 7;

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
      ALL.pure("pca.pivot.within", "pivot while the ICL score changes, per-token-loss PCA")
          .is("1 where it lies from date.icl.onset to date.icl.end, or a snapshot beside, else 0");
  private static final Quantity CONTROL_PIVOT_STEP =
      ALL.steps("pca.control.pivot.step", "the control's pivot, per-token-loss PCA")
          .is("pca.pivot.step of the control, in the plane of both runs");
  private static final Quantity CONTROL_PIVOT_WITHIN =
      ALL.pure(
              "pca.control.pivot.within",
              "the control's pivot while this run's ICL score changes, per-token-loss PCA")
          .is(
              "1 where pca.control.pivot.step lies in this run's window, or a snapshot"
                  + " beside, else 0");
  private static final Quantity LEAP_SHARE =
      ALL.pure("pca.leap.share", "share of the way along the first component in the window")
          .is(
              "(x(tau sqrt 2) - x(tau / sqrt 2)) / (x(last snapshot) - x(first)), x = pca.x, tau ="
                  + " date.icl.tau");
  private static final Quantity LEAP_SIZE =
      ALL.nats("pca.leap.window", "way along the first component in the window")
          .is("|x(tau sqrt 2) - x(tau / sqrt 2)| / sqrt(examples), tau = date.icl.tau");
  private static final Quantity LEAP_SIZE_CONTROL =
      ALL.nats(
              "pca.control.leap.window",
              "the control's way along the first component in this run's window")
          .is("pca.leap.window of the control's trajectory, tau = date.icl.tau of this run");
  private static final Quantity MODELS =
      ALL.number("pca.models", "models in the plane, per-token-loss PCA", "models")
          .is("runs of the seed on the same evaluation set, this one among them");
  private static final Quantity EXPLAINED =
      ALL.pure("pca.explained", "variance in the plane, per-token-loss PCA")
          .is("share of the variance over snapshots on the first two components");

  private static final SeriesQuantity COMPONENTS =
      ALL.series("pca.components", "variance of each component, per-token-loss PCA", "1")
          .is("share of the variance over snapshots on the first and on the second component");
  private static final Trajectory OWN = new Trajectory("pca", "of the run");
  private static final Trajectory CONTROL = new Trajectory("pca.control", "of the control");

  /** With fewer snapshots of the run a corner cannot be placed. */
  private static final int LEAST = 10;

  private LossTrajectory() {}

  /**
   * Snapshots of several models in one plane.
   *
   * @param steps of each model's snapshots, in the order of the plane's coordinates
   * @param examples that the losses are of
   */
  record Joint(List<long[]> steps, LossPlane plane, int examples) {
    double scale() {
      return Math.sqrt(examples);
    }

    int from(int model) {
      return steps.subList(0, model).stream().mapToInt(own -> own.length).sum();
    }

    double[] x(int model) {
      return Arrays.copyOfRange(plane.x(), from(model), from(model + 1));
    }

    LossPlane.Pivot pivot(int model) {
      return plane.pivot(from(model), from(model + 1));
    }
  }

  static Joint joint(List<Subject> models, int control) {
    List<double[]> snapshots = new ArrayList<>();
    List<long[]> steps = new ArrayList<>();
    int context = models.getFirst().spec().context();
    int examples = Math.min(EXAMPLES, TOKENS / context);
    PerTokenLosses reduction =
        new PerTokenLosses(models.getFirst().spec().probing().measures().seed());
    int[] indices = reduction.indices(examples, context);
    int[][] tokens = models.getFirst().evaluation(examples).tokens();
    for (int m = 0; m < models.size(); m++) {
      Subject model = models.get(m);
      long[] own = thinned(model.states(), m == 0 || m == control ? SNAPSHOTS : OTHERS);
      steps.add(own);
      for (long step : own) {
        snapshots.add(losses(model.state(step), tokens, indices));
      }
    }
    return new Joint(steps, LossPlane.of(snapshots.toArray(double[][]::new)), examples);
  }

  /** At most so many of some steps, evenly, the first and the last among them. */
  static long[] thinned(long[] steps, int most) {
    int n = Math.min(most, steps.length);
    return IntStream.range(0, n)
        .mapToLong(i -> steps[n == 1 ? 0 : (int) ((long) i * (steps.length - 1) / (n - 1))])
        .toArray();
  }

  /** The loss of each example at its index, nats. */
  static double[] losses(ModelState state, int[][] tokens, int[] indices) {
    double[] losses = new double[tokens.length];
    for (int index = 0; index < state.context(); index++) {
      int at = index;
      int[] here =
          IntStream.range(0, tokens.length).filter(example -> indices[example] == at).toArray();
      if (here.length > 0) {
        int[][] cut =
            Arrays.stream(here)
                .mapToObj(example -> Arrays.copyOf(tokens[example], at + 2))
                .toArray(int[][]::new);
        float[][] found = Losses.inBatches(cut, batch -> state.losses(batch, List.of()));
        for (int i = 0; i < here.length; i++) {
          losses[here[i]] = found[i][at];
        }
      }
    }
    return losses;
  }

  static Findings of(Subject run) {
    if (run.steps().length < LEAST) {
      return Findings.none(ALL).putAll(Findings.none(ChangeDates.LEAP_ALL));
    }
    Findings out = new Findings();
    List<Subject> models = run.companions();
    int control = run.control().map(models::indexOf).filter(i -> i > 0).orElse(models.size());
    Joint joint = joint(models, control);
    LossPlane plane = joint.plane();
    double t0 = run.spec().optimizer().warmup();
    Findings dates = ChangeDates.of(DatedCurve.ICL, DatedCurve.ICL.observe().apply(run), t0);
    long[] own = joint.steps().getFirst();
    LossPlane.Pivot pivot = joint.pivot(0);
    double step = own[pivot.index()];
    double[] x = joint.x(0);
    double tau = dates.value(ChangeDates.ICL_TAU);
    double way = way(own, x, tau);
    boolean compared = control < models.size() && joint.steps().get(control).length >= LEAST;
    double theirs =
        compared
            ? joint.steps().get(control)[joint.pivot(control).index() - joint.from(control)]
            : Double.NaN;
    out.put(PIVOT_STEP, step)
        .put(PIVOT_ANGLE, pivot.angle())
        .put(PIVOT_DEPTH, pivot.depth())
        .put(PIVOT_WITHIN, within(step, spacing(own), dates))
        .put(CONTROL_PIVOT_STEP, theirs)
        .put(CONTROL_PIVOT_WITHIN, within(theirs, spacing(own), dates))
        .put(LEAP_SHARE, way / (x[x.length - 1] - x[0]))
        .put(LEAP_SIZE, Math.abs(way) / joint.scale())
        .put(
            LEAP_SIZE_CONTROL,
            compared
                ? Math.abs(way(joint.steps().get(control), joint.x(control), tau)) / joint.scale()
                : Double.NaN)
        .put(MODELS, (double) models.size())
        .put(EXPLAINED, plane.explained()[0] + plane.explained()[1])
        .put(COMPONENTS, plane.explained());
    OWN.put(own, plane, 0, out);
    CONTROL.put(
        compared ? joint.steps().get(control) : new long[0], plane, joint.from(control), out);
    return out.putAll(ChangeDates.ofLeap(DatedCurve.Observed.of(own, i -> x[i]), t0));
  }

  private static double way(long[] steps, double[] x, double tau) {
    double[] at = Arrays.stream(steps).asDoubleStream().toArray();
    return Crossing.between(at, x, tau * Math.sqrt(2))
        - Crossing.between(at, x, tau / Math.sqrt(2));
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
