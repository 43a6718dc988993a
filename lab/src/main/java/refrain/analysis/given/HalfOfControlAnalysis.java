package refrain.analysis.given;

import java.util.Arrays;
import java.util.List;
import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
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
 * When a run has half of the in-context learning that its control ends with. The control of a run
 * that is given weights is their donor, so all arms of a seed pass one bar. The clock is the
 * logarithm of steps, moved by {@link #WARM_UP} so that what is there at the start has a date too
 * and a step more or less there counts for little.
 */
public final class HalfOfControlAnalysis extends Analysis {
  static final Declarations ALL = new Declarations("Olsson et al. 2022, Argument 2; this program");

  private static final int WARM_UP = 10;

  private static final Quantity BAR =
      ALL.nats("half.bar", "half of the control's final ICL score")
          .is("of the control's last state, on the sequences that this run's probes read");
  private static final Quantity STEP =
      ALL.steps("half.step", "step at half of the control's ICL score")
          .is(
              "the first step from which on three probes in a row lie below half.bar, on the line from"
                  + " the probe before; 0: so from the start; NaN: never");
  private static final Quantity DATE =
      ALL.pure("half.date", "date at half of the control's ICL score")
          .is(
              "ln(half.step + 10); a run that never has it: ln(its last step + 10), which its date"
                  + " lies beyond (half.reached)");
  private static final Quantity REACHED =
      ALL.pure("half.reached", "reaches half of the control's ICL score")
          .is("1 where half.step exists, else 0");

  public HalfOfControlAnalysis() {
    super(AnalysisKind.HALF_OF_CONTROL, 1, ALL);
  }

  @Override
  public Findings of(Subject run) {
    double bar = run.control().map(control -> bar(run, control)).orElse(Double.NaN);
    Curves curves = run.curves();
    double[] fallen = Arrays.stream(curves.icl()).map(icl -> -icl).toArray();
    double step = Crossing.above(curves.stepAxis(), fallen, -bar);
    boolean reached = !Double.isNaN(step);
    double last = reached ? step : curves.steps()[curves.last()];
    return new Findings()
        .put(BAR, bar)
        .put(STEP, step)
        .put(DATE, Double.isNaN(bar) ? Double.NaN : Math.log(last + WARM_UP))
        .put(REACHED, Double.isNaN(bar) ? Double.NaN : reached ? 1 : 0);
  }

  private static double bar(Subject run, Subject control) {
    ModelState end = control.last();
    int[][] tokens = run.evaluation(run.spec().probing().sequences()).tokens();
    float[][] losses = Losses.inBatches(tokens, batch -> end.losses(batch, List.of()));
    return IclReading.of(losses, run.iclIndices()).icl() / 2;
  }
}
