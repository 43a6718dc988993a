package refrain.analysis.knockouts;

import java.util.Arrays;
import java.util.List;
import refrain.analysis.Curves;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.IclReading;
import refrain.analysis.instrument.Losses;
import refrain.analysis.instrument.ModelState;
import refrain.stats.Crossing;

/**
 * How long training takes to do without heads: of a run that begins with a trained model's weights
 * and from then on has some of its heads knocked out, when its ICL score is again that of its
 * control, the model as it was.
 */
final class Repair {
  static final Declarations ALL = new Declarations("this project");

  /** Of the control's score: back within a tenth. */
  private static final double BACK = 0.9;

  private static final Quantity FIRST =
      ALL.pure("knock.repair.first", "share of the ICL score left by the knock-out")
          .is(
              "ICL at the first probe over that of the control's last state, on the same sequences");
  private static final Quantity END =
      ALL.pure("knock.repair.end", "share of the ICL score at the end")
          .is("ICL at the last probe over that of the control's last state");
  private static final Quantity STEP =
      ALL.steps("knock.repair.step", "steps of training that repair it")
          .is(
              "the first step from which on three probes in a row have at least "
                  + BACK
                  + " of the control's last ICL score, on the line from the probe before; 0: so from"
                  + " the start; a run that never has it: its last step, a lower bound"
                  + " (knock.repaired)");
  private static final Quantity REPAIRED =
      ALL.pure("knock.repaired", "repaired").is("1 where the ICL score comes back, else 0");

  private Repair() {}

  static Findings of(Subject run) {
    if (run.spec().parent() == null || run.control().isEmpty()) {
      return Findings.none(ALL);
    }
    double whole = whole(run, run.control().orElseThrow());
    Curves curves = run.curves();
    return of(curves.stepAxis(), curves.icl(), whole);
  }

  /**
   * @param steps of the probes
   * @param icl at each
   * @param whole the control's
   */
  static Findings of(double[] steps, double[] icl, double whole) {
    double[] shares = Arrays.stream(icl).map(score -> score / whole).toArray();
    double step = Crossing.above(steps, shares, BACK);
    boolean back = !Double.isNaN(step);
    return new Findings()
        .put(FIRST, shares[0])
        .put(END, shares[shares.length - 1])
        .put(STEP, (back ? step : steps[steps.length - 1]) - steps[0])
        .put(REPAIRED, back ? 1 : 0);
  }

  private static double whole(Subject run, Subject control) {
    ModelState end = control.last();
    int[][] tokens = run.evaluation(run.spec().probing().sequences()).tokens();
    float[][] losses = Losses.inBatches(tokens, batch -> end.losses(batch, List.of()));
    return IclReading.of(losses, run.iclIndices()).icl();
  }
}
