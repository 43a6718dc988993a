package refrain.analysis;

import java.util.ArrayList;
import java.util.List;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;
import refrain.stats.ChangePoint;
import refrain.stats.Dating;
import refrain.stats.DatingSettings;

/**
 * When each {@link DatedCurve} of a run changed, with its interval, or that it did not. t0 is the
 * warm-up of the run. 199 draws of the existence test tell a p-value below .05 from one above and
 * cost 40 % of the usual 499.
 */
final class ChangeDates {
  private static final int CANDIDATES = 120;
  private static final int DRAWS = 199;
  private static final double LEVEL = 0.05;
  private static final long SEED = 1;

  /** Fewer observations than this are not dated. */
  private static final int LEAST = 20;

  private static final String SOURCE = "y = b0 + b1 ln(step + warm-up) + D sigma((step - tau)/w)";

  private ChangeDates() {}

  static List<Definition> definitions() {
    List<Definition> all = new ArrayList<>();
    for (DatedCurve c : DatedCurve.values()) {
      String of = " of " + c.formula();
      all.add(define(c, "tau", "date: ", "steps", "midpoint tau of the change" + of));
      all.add(define(c, "low", "date, lower end: ", "steps", "lower end of tau's 95 % interval"));
      all.add(define(c, "high", "date, upper end: ", "steps", "upper end of tau's 95 % interval"));
      all.add(
          define(c, "onset", "onset: ", "steps", "a tenth of the change is done, tau - w ln 9"));
      all.add(define(c, "end", "end: ", "steps", "nine tenths are done, tau + w ln 9"));
      all.add(define(c, "size", "size of the best candidate: ", c.unit(), "D" + of));
      all.add(define(c, "p", "p of no change: ", "1", "sup-F, AR(1) bootstrap, B = " + DRAWS));
      all.add(define(c, "exists", "change exists: ", "1", "1 where p < .05, else 0"));
      all.add(define(c, "change", "change: ", c.unit(), "D" + of + " where p < .05, 0 where not"));
    }
    return all;
  }

  private static Definition define(
      DatedCurve curve, String what, String title, String unit, String formula) {
    return new Definition(
        key(curve, what), title + curve.title(), unit, Better.NEITHER, formula, SOURCE);
  }

  private static String key(DatedCurve curve, String what) {
    return "date." + curve.key() + "." + what;
  }

  static void report(Subject run, Findings out) {
    for (DatedCurve curve : DatedCurve.values()) {
      report(curve, curve.of(run), run.spec().optimizer().warmup(), out);
    }
  }

  /** Dates one curve; where it has too few observations everything is NaN. */
  static void report(DatedCurve curve, DatedCurve.Observed observed, double t0, Findings out) {
    double[] steps = observed.steps();
    if (steps.length < LEAST) {
      for (String what :
          List.of("tau", "low", "high", "onset", "end", "size", "p", "exists", "change")) {
        out.put(key(curve, what), Double.NaN);
      }
      return;
    }
    DatingSettings settings = new DatingSettings(t0, CANDIDATES, DRAWS, LEVEL, SEED);
    ChangePoint point = new Dating(steps, settings).date(observed.values());
    boolean exists = point.exists();
    out.put(key(curve, "tau"), exists ? point.tau() : Double.NaN)
        .put(key(curve, "low"), exists ? point.low() : Double.NaN)
        .put(key(curve, "high"), exists ? point.high() : Double.NaN)
        .put(key(curve, "onset"), exists ? point.onset() : Double.NaN)
        .put(key(curve, "end"), exists ? point.end() : Double.NaN)
        .put(key(curve, "size"), point.size())
        .put(key(curve, "p"), point.pValue())
        .put(key(curve, "exists"), exists ? 1.0 : 0.0)
        .put(key(curve, "change"), exists ? point.size() : 0.0);
    out.put("curve." + curve.key() + ".steps", steps);
    out.put("curve." + curve.key(), observed.values());
  }
}
