package refrain.analysis.dating;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import refrain.analysis.Curves;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.IclEstimate;
import refrain.analysis.instrument.Losses;
import refrain.analysis.instrument.ModelState;
import refrain.stats.Crossing;

/**
 * How much of the final ICL score forms while it changes. The paper draws its window by eye and
 * gives it as 2.5 to 5 billion tokens, a factor of two; here it is the factor of two around the
 * change's date. The steps from a tenth to nine tenths of the fitted change are given too; they
 * hold at most .8 of the fitted change, whatever follows it. The control is read in the windows of
 * this run, and what forms there is a share of the control's own final score.
 *
 * <p>How abrupt a score is without a date: its largest fall in any window of a factor of two.
 */
final class IclWindow {
  static final Declarations ALL = new Declarations("Olsson et al. 2022, Argument 1, > 75 %");

  private static final String OWN = " over - icl(last probe) of the same run";
  private static final String FACTOR = "icl(tau / sqrt 2) - icl(tau sqrt 2), tau = date.icl.tau,";
  private static final String RISE = "icl(date.icl.onset) - icl(date.icl.end),";

  private static final Quantity WINDOW_SHARE =
      ALL.pure("icl.window.share", "share of the final ICL score that forms in the window")
          .is(FACTOR + OWN);
  private static final Quantity WINDOW_SHARE_CONTROL =
      ALL.pure(
              "icl.window.share.control",
              "share of the control's final ICL score that forms in this run's window")
          .is(FACTOR + " of this run; the score is the control's," + OWN);
  private static final Quantity RISE_SHARE =
      ALL.pure("icl.rise.share", "share of the final ICL score that forms between onset and end")
          .is(RISE + OWN);
  private static final Quantity RISE_SHARE_CONTROL =
      ALL.pure(
              "icl.rise.share.control",
              "share of the control's final ICL score between this run's onset and end")
          .is(RISE + " of this run; the score is the control's," + OWN);
  private static final Quantity FALL_ERROR =
      ALL.nats("icl.fall.error", "standard error of the largest fall of the ICL score")
          .is(
              "standard deviation over sequences of the fall between the checkpoints nearest to its"
                  + " ends / sqrt(their number); NaN where these are one");
  private static final Quantity FALL =
      ALL.nats("icl.fall", "largest fall of the ICL score in a factor of two in steps")
          .error(FALL_ERROR)
          .is("largest icl(s) - icl(2 s) over probes s after step 0 with 2 s within the run");

  private static final double HALF_OCTAVE = Math.sqrt(2);

  private IclWindow() {}

  /**
   * @param dates those of the ICL score
   */
  static Findings of(Subject run, Findings dates) {
    double tau = dates.value(ChangeDates.ICL_TAU);
    double onset = dates.value(ChangeDates.ICL_ONSET);
    double end = dates.value(ChangeDates.ICL_END);
    double low = tau / HALF_OCTAVE;
    double high = tau * HALF_OCTAVE;
    Curves own = run.curves();
    Optional<Curves> control = run.controlOnSameTokens().map(Subject::curves);
    double largest = largest(own);
    return new Findings()
        .put(WINDOW_SHARE, share(own, low, high))
        .put(WINDOW_SHARE_CONTROL, control.map(c -> share(c, low, high)).orElse(Double.NaN))
        .put(RISE_SHARE, share(own, onset, end))
        .put(RISE_SHARE_CONTROL, control.map(c -> share(c, onset, end)).orElse(Double.NaN))
        .put(FALL, Double.isNaN(largest) ? largest : fall(own, largest, 2 * largest))
        .put(FALL_ERROR, error(run, largest));
  }

  /** The share of a run's final score that forms between two steps. */
  static double share(Curves curves, double from, double to) {
    return fall(curves, from, to) / -curves.icl()[curves.last()];
  }

  /** Where the largest fall in a factor of two begins; NaN where the run is too short. */
  static double largest(Curves curves) {
    double found = Double.NaN;
    double most = Double.NEGATIVE_INFINITY;
    for (long step : curves.steps()) {
      if (step > 0 && 2 * step <= curves.steps()[curves.last()]) {
        double fall = fall(curves, step, 2.0 * step);
        if (fall > most) {
          most = fall;
          found = step;
        }
      }
    }
    return found;
  }

  /** The states nearest to the ends of a fall read the same sequences, so errors are of pairs. */
  private static double error(Subject run, double from) {
    long[] steps = run.steps();
    if (steps.length == 0 || Double.isNaN(from)) {
      return Double.NaN;
    }
    long a = nearest(steps, from);
    long b = nearest(steps, 2 * from);
    if (a == b) {
      return Double.NaN;
    }
    int[][] tokens = run.scored().tokens();
    double[] before = each(run, a, tokens);
    double[] after = each(run, b, tokens);
    Arrays.setAll(before, i -> before[i] - after[i]);
    return IclEstimate.error(before);
  }

  private static long nearest(long[] steps, double at) {
    return Arrays.stream(steps)
        .boxed()
        .min(Comparator.comparingDouble(step -> Math.abs(step - at)))
        .orElseThrow();
  }

  private static double[] each(Subject run, long step, int[][] tokens) {
    ModelState state = run.state(step);
    float[][] losses = Losses.inBatches(tokens, batch -> state.losses(batch, List.of()));
    return IclEstimate.each(losses, run.iclIndices());
  }

  private static double fall(Curves curves, double from, double to) {
    double[] steps = curves.stepAxis();
    return Crossing.between(steps, curves.icl(), from) - Crossing.between(steps, curves.icl(), to);
  }
}
