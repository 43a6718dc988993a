package refrain.analysis.behaviour;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.Subject;
import refrain.stats.Crossing;
import refrain.store.MetricsRow;
import refrain.train.RunSpec;

/**
 * Formation by what a model does, and not by where its heads look: a head that training keeps from
 * one place copies from another, and prefix matching is blind to it. Read while the run was blocked
 * (an intervention, a mask or a lesson was on) and after its release.
 */
public final class BehaviourAnalysis extends Analysis {
  static final Declarations ALL = new Declarations("this project");

  /** Far beyond what the bare set of seen tokens gives (1.6 nats on R0), far before copying (4). */
  static final double COPIES = -2;

  private static final String DIFFERENCE = "repeat";
  private static final String AGAIN = "repeat.again";
  private static final String ICL = "icl";
  private static final String LONE = "lone";
  private static final List<String> OFFSETS =
      Stream.concat(
              Stream.of("before2", "before1"), IntStream.rangeClosed(0, 9).mapToObj(d -> "" + d))
          .toList();

  private static final Quantity RELEASE =
      ALL.steps("behave.release", "step of the release")
          .is(
              "the step at which the last intervention, mask or lesson of the run ends; 0: it has none;"
                  + " NaN: one is on to the end");
  private static final Quantity STEP =
      ALL.steps("behave.step", "step at which the model copies")
          .is(
              "the first step from which on three probes in a row have a loss on repeated tokens at"
                  + " least 2 nats below that on their first saying, on the line from the probe before;"
                  + " NaN: never");
  private static final Quantity COPYING =
      ALL.pure("behave.copies", "copies").is("1 where behave.step exists, else 0");
  private static final Quantity WAIT =
      ALL.steps("behave.wait", "steps from the release until the model copies")
          .is(
              "behave.step - behave.release; of a run that never copies its last step - behave.release,"
                  + " a lower bound; NaN: never released");
  private static final Quantity AGAIN_END =
      ALL.nats("behave.again", "loss on repeated tokens at the end")
          .is("repeat.again at the last probe");
  private static final Quantity AGAIN_BLOCKED =
      ALL.nats("behave.again.blocked", "loss on repeated tokens while blocked")
          .is("repeat.again at the last probe under a block; NaN: there is none");
  private static final Quantity ICL_BLOCKED =
      ALL.nats("behave.icl.blocked", "ICL score while blocked")
          .is("icl at the last probe under a block; NaN: there is none");
  private static final Quantity LONE_END =
      ALL.nats("behave.lone", "what a lone match gives at the end").is("lone at the last probe");
  private static final Quantity LONE_BLOCKED =
      ALL.nats("behave.lone.blocked", "what a lone match gives while blocked")
          .is("lone at the last probe under a block; NaN: there is none");
  private static final Quantity OFFSET =
      ALL.number("behave.offset", "where heads look from a match", "positions")
          .is(
              "d of the highest attention of any head to match + d at the last probe, d from -2 to 9"
                  + " without 0");
  private static final Quantity OFFSET_SCORE =
      ALL.probability("behave.offset.score", "attention there").is("that attention");

  private static final SeriesQuantity STEPS = ALL.axis("curve.behave.steps", "of the probes");
  private static final SeriesQuantity CURVE =
      ALL.series("curve.behave", "loss on repeated tokens over training", "nats")
          .is("repeat.again at each probe");

  public BehaviourAnalysis() {
    super(AnalysisKind.BEHAVIOUR, 1, ALL);
  }

  @Override
  public Findings of(Subject run) {
    return of(run.asTrained(), run.metrics().having(AGAIN));
  }

  /**
   * The findings of a run's rows.
   *
   * @param rows those that have the loss on repeated tokens, in order
   */
  static Findings of(RunSpec spec, List<MetricsRow> rows) {
    double release = release(spec);
    double[] steps = rows.stream().mapToDouble(MetricsRow::step).toArray();
    double step =
        Crossing.above(
            steps, rows.stream().mapToDouble(row -> -row.value(DIFFERENCE)).toArray(), -COPIES);
    boolean copies = !Double.isNaN(step);
    double last = rows.isEmpty() ? Double.NaN : rows.getLast().step();
    MetricsRow end = rows.isEmpty() ? null : rows.getLast();
    MetricsRow blocked =
        rows.reversed().stream()
            .filter(row -> isBlocked(spec, (int) row.step()))
            .findFirst()
            .orElse(null);
    int offset = mostAttended(end);
    return new Findings()
        .put(RELEASE, release)
        .put(STEP, step)
        .put(COPYING, rows.isEmpty() ? Double.NaN : copies ? 1 : 0)
        .put(WAIT, (copies ? step : last) - release)
        .put(AGAIN_END, value(end, AGAIN))
        .put(AGAIN_BLOCKED, value(blocked, AGAIN))
        .put(ICL_BLOCKED, value(blocked, ICL))
        .put(LONE_END, value(end, LONE))
        .put(LONE_BLOCKED, value(blocked, LONE))
        .put(OFFSET, offset < 0 ? Double.NaN : offset - 2)
        .put(OFFSET_SCORE, offset < 0 ? Double.NaN : attention(end, offset))
        .put(STEPS, steps)
        .put(CURVE, rows.stream().mapToDouble(row -> row.value(AGAIN)).toArray());
  }

  private static double value(@Nullable MetricsRow row, String name) {
    return row == null ? Double.NaN : row.value(name);
  }

  private static double attention(@Nullable MetricsRow row, int offset) {
    return value(row, "offset." + OFFSETS.get(offset) + ".best");
  }

  /** Index of the offset, without 0 (the token itself), that some head looks at most; -1: none. */
  private static int mostAttended(@Nullable MetricsRow row) {
    int best = -1;
    for (int n = 0; n < OFFSETS.size(); n++) {
      double score = attention(row, n);
      if (n != 2 && !Double.isNaN(score) && (best < 0 || score > attention(row, best))) {
        best = n;
      }
    }
    return best;
  }

  private static boolean isBlocked(RunSpec spec, int step) {
    return spec.interventions().stream().anyMatch(i -> i.on(step))
        || spec.masks().stream().anyMatch(m -> m.on(step))
        || spec.lessons().stream().anyMatch(l -> step < l.until());
  }

  static double release(RunSpec spec) {
    if (isBlocked(spec, spec.steps())) {
      return Double.NaN;
    }
    return IntStream.rangeClosed(0, spec.steps())
        .filter(step -> isBlocked(spec, step))
        .map(step -> step + 1)
        .max()
        .orElse(0);
  }
}
