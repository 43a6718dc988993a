package refrain.analysis.behaviour;

import java.util.List;
import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.Subject;
import refrain.data.Batch;
import refrain.stats.Crossing;
import refrain.store.MetricsRow;
import refrain.train.Guard;
import refrain.train.RunSpec;
import refrain.train.TargetLosses;

/**
 * What a run's guard costs and holds: what the model knows at its end of what could be copied and
 * of everything else, and how soon it copies when the guard is dropped. Of a run without a guard
 * the losses alone, to compare with.
 */
public final class GuardAnalysis extends Analysis {
  static final Declarations ALL = new Declarations("this project");

  private static final int SEQUENCES = 256;

  private static final Quantity ALARM =
      ALL.steps("guard.alarm", "step of the alarm")
          .is("the step of the state at which the run's watch raised it; NaN: it did not");
  private static final Quantity KNOWN =
      ALL.nats("guard.known", "loss on repeated tokens at the alarm")
          .is("repeat.again at the last probe up to guard.alarm");
  private static final Quantity COPYABLE =
      ALL.nats("guard.copyable", "loss on what could be copied, at the end")
          .is(
              "mean loss of the targets x[i + 1] of 256 evaluation sequences for which an earlier j has"
                  + " x[j] = x[i] and x[j + 1] = x[i + 1], as the run was trained at its end");
  private static final Quantity ELSEWHERE =
      ALL.nats("guard.elsewhere", "loss on everything else, at the end")
          .is("the mean loss of the other targets of those sequences");
  private static final Quantity BACK =
      ALL.steps("guard.back", "steps from the guard's end until the model copies")
          .is(
              "from the last step at which an intervention or a mask is on, 0 where none ever is, to the"
                  + " first from which on three probes in a row have repeat <= -2 nats; of a run that"
                  + " never copies again the steps left, a lower bound; NaN: the guard stays, or its"
                  + " alarm was never raised");
  private static final Quantity RETURNS =
      ALL.pure("guard.returns", "copies after the guard's end")
          .is("1 where it does, else 0; NaN: as guard.back");

  public GuardAnalysis() {
    super(AnalysisKind.GUARD, 1, ALL);
  }

  @Override
  public Findings of(Subject run) {
    Batch batch = run.evaluation(SEQUENCES);
    TargetLosses end = TargetLosses.of(run.last().losses(batch, List.of()), batch.tokens());
    int alarm = Guard.raised(run.folder().path()).orElse(-1);
    List<MetricsRow> rows = run.metrics().having("repeat");
    boolean waits = alarm < 0 && run.spec().guard() != null;
    double[] back = waits ? new double[] {Double.NaN, Double.NaN} : back(run.asTrained(), rows);
    return new Findings()
        .put(ALARM, alarm < 0 ? Double.NaN : alarm)
        .put(
            KNOWN,
            rows.stream()
                .filter(row -> row.step() <= alarm)
                .mapToDouble(row -> row.value("repeat.again"))
                .reduce((_, last) -> last)
                .orElse(Double.NaN))
        .put(COPYABLE, end.copyable())
        .put(ELSEWHERE, end.others())
        .put(BACK, back[0])
        .put(RETURNS, back[1]);
  }

  /** Steps from the end of all blocks until it copies, and whether it does. */
  static double[] back(RunSpec trained, List<MetricsRow> rows) {
    double release = BehaviourAnalysis.release(trained);
    List<MetricsRow> after = rows.stream().filter(row -> row.step() >= release).toList();
    if (Double.isNaN(release) || after.isEmpty()) {
      return new double[] {Double.NaN, Double.NaN};
    }
    double[] steps = after.stream().mapToDouble(MetricsRow::step).toArray();
    double[] gains = after.stream().mapToDouble(row -> -row.value("repeat")).toArray();
    double step = Crossing.above(steps, gains, -BehaviourAnalysis.COPIES);
    return Double.isNaN(step)
        ? new double[] {after.getLast().step() - release, 0}
        : new double[] {step - release, 1};
  }
}
