package refrain.analysis.dating;

import refrain.analysis.Curves;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.Subject;

/**
 * How much of the final ICL score forms while it changes. The paper draws its window by eye and
 * gives it as 2.5 to 5 billion tokens, a factor of two; here it is the factor of two around the
 * change's date. The steps from a tenth to nine tenths of the fitted change are given too; they
 * hold at most .8 of the fitted change, whatever follows it.
 */
final class IclWindow {
  static final Declarations ALL = new Declarations("Olsson et al. 2022, Argument 1, > 75 %");

  private static final Quantity WINDOW_SHARE =
      ALL.pure("icl.window.share", "share of the final ICL score that forms in the window")
          .is("(icl(tau / sqrt 2) - icl(tau sqrt 2)) / - icl(last probe), tau = date.icl.tau");
  private static final Quantity WINDOW_SHARE_CONTROL =
      ALL.pure(
              "icl.window.share.control",
              "the control's fall of the ICL score in this run's window")
          .is("the same difference of the control's run, over - icl(last probe) of this run");
  private static final Quantity RISE_SHARE =
      ALL.pure("icl.rise.share", "share of the final ICL score that forms between onset and end")
          .is("(icl(date.icl.onset) - icl(date.icl.end)) / - icl(last probe)");

  private static final double HALF_OCTAVE = Math.sqrt(2);

  private IclWindow() {}

  /**
   * @param dates those of the ICL score
   */
  static Findings of(Subject run, Findings dates) {
    double tau = dates.value(ChangeDates.ICL_TAU);
    double low = tau / HALF_OCTAVE;
    double high = tau * HALF_OCTAVE;
    Curves own = run.curves();
    double whole = -own.icl()[own.last()];
    double control =
        run.controlOnSameTokens().map(c -> fall(c.curves(), low, high)).orElse(Double.NaN);
    return new Findings()
        .put(WINDOW_SHARE, fall(own, low, high) / whole)
        .put(WINDOW_SHARE_CONTROL, control / whole)
        .put(
            RISE_SHARE,
            fall(own, dates.value(ChangeDates.ICL_ONSET), dates.value(ChangeDates.ICL_END))
                / whole);
  }

  private static double fall(Curves curves, double from, double to) {
    return at(curves, from) - at(curves, to);
  }

  /** The ICL score at a step, linear between probes; the ends stand for what lies beyond them. */
  static double at(Curves curves, double step) {
    if (Double.isNaN(step)) {
      return Double.NaN;
    }
    int before = curves.at(step);
    int after = Math.min(before + 1, curves.last());
    double a = curves.steps()[before];
    double b = curves.steps()[after];
    double share = b > a ? Math.clamp((step - a) / (b - a), 0, 1) : 0;
    return curves.icl()[before] * (1 - share) + curves.icl()[after] * share;
  }
}
