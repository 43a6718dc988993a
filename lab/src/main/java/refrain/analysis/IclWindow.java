package refrain.analysis;

import java.util.List;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;

/**
 * How much of the final ICL score forms while it changes. The paper draws its window by eye and
 * gives it as 2.5 to 5 billion tokens, a factor of two; here it is the factor of two around the
 * change's date. The steps from a tenth to nine tenths of the fitted change are given too; they
 * hold at most .8 of the fitted change, whatever follows it.
 */
final class IclWindow {
  private static final double HALF_OCTAVE = Math.sqrt(2);

  private IclWindow() {}

  static List<Definition> definitions() {
    return List.of(
        define(
            "icl.window.share",
            "share of the final ICL score that forms in the window",
            "(icl(tau / sqrt 2) - icl(tau sqrt 2)) / - icl(last probe), tau = date.icl.tau"),
        define(
            "icl.window.share.control",
            "the control's fall in the same window",
            "the same difference of the control's run, over - icl(last probe) of this run"),
        define(
            "icl.rise.share",
            "share of the final ICL score that forms between onset and end",
            "(icl(date.icl.onset) - icl(date.icl.end)) / - icl(last probe)"));
  }

  private static Definition define(String key, String title, String formula) {
    return new Definition(
        key, title, "1", Better.NEITHER, formula, "Olsson et al. 2022, Argument 1, > 75 %");
  }

  /**
   * @param out holds the date of the ICL score already
   */
  static void report(Subject run, Findings out) {
    double tau = out.value("date.icl.tau");
    double low = tau / HALF_OCTAVE;
    double high = tau * HALF_OCTAVE;
    Curves own = run.curves();
    double whole = -own.icl()[own.last()];
    double control =
        run.control()
            .filter(c -> EvaluationSets.same(run, c))
            .map(c -> fall(c.curves(), low, high))
            .orElse(Double.NaN);
    out.put("icl.window.share", fall(own, low, high) / whole)
        .put("icl.window.share.control", control / whole)
        .put(
            "icl.rise.share",
            fall(own, out.value("date.icl.onset"), out.value("date.icl.end")) / whole);
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
