package refrain.analysis.dating;

import java.util.List;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.Subject;
import refrain.stats.ChangePoint;
import refrain.stats.Dating;
import refrain.stats.DatingSettings;

/**
 * When each {@link DatedCurve} of a run changed, with its interval. The date is an estimate whether
 * or not the curve changes abruptly; it is missing only where the fit ends at the edge of the
 * curve. So a one-layer model, whose ICL score slides, has the date of its slide. Whether a curve
 * changes or bends is shown beside it, and nothing is made to depend on it. t0 is the warm-up of
 * the run.
 */
final class ChangeDates {
  /**
   * What the ICL score and the prefix matching of models that form no heads stay below: one layer,
   * and two layers on independent tokens. ExistenceCalibration, beside the tests, reads it off
   * runs.
   */
  static final double EVIDENCE = 50;

  private static final int CANDIDATES = 60;

  /** Fewer observations than this are not dated. */
  private static final int LEAST = 20;

  static final Declarations ALL = declarations();

  private static Declarations declarations() {
    return new Declarations(
        "y = b0 + b1 ln(step + warm-up) + D sigma((step - tau)/w), w before tau and another after");
  }

  private static final Family<DatedCurve, Dates> DATES =
      Family.of(DatedCurve.ALL, curve -> new Dates(ALL, curve));

  /** Of the coordinate in the plane of per-token losses. */
  static final Declarations LEAP_ALL = declarations();

  private static final Dates LEAP =
      new Dates(
          LEAP_ALL,
          "leap",
          "first component of per-token losses",
          "nats",
          "coordinate on the first component of per-token losses, pca.x, at each snapshot");

  static final Quantity ICL_TAU = DATES.of(DatedCurve.ICL).tau;
  static final Quantity ICL_ONSET = DATES.of(DatedCurve.ICL).onset;
  static final Quantity ICL_END = DATES.of(DatedCurve.ICL).end;

  private ChangeDates() {}

  /** What is declared of one curve. */
  private static final class Dates {
    private final Declarations all;
    private final String key;
    private final String title;
    private final Quantity tau;
    private final Quantity low;
    private final Quantity high;
    private final Quantity onset;
    private final Quantity end;
    private final Quantity size;
    private final Quantity phi;
    private final Quantity evidence;
    private final Quantity exists;
    private final Quantity change;
    private final SeriesQuantity steps;
    private final SeriesQuantity values;

    Dates(Declarations all, DatedCurve curve) {
      this(all, curve.key(), curve.title(), curve.unit(), curve.formula());
    }

    Dates(Declarations all, String key, String title, String unit, String formula) {
      this.all = all;
      this.key = key;
      this.title = title;
      String of = " of " + formula;
      this.tau = number("tau", "date: ", "steps", "midpoint tau of the change" + of);
      this.low = number("low", "date, lower end: ", "steps", "lower end of tau's 95 % interval");
      this.high = number("high", "date, upper end: ", "steps", "upper end of tau's 95 % interval");
      this.onset =
          number(
              "onset",
              "onset: ",
              "steps",
              "a tenth of the change is done, tau - w ln 9, w before tau");
      this.end = number("end", "end: ", "steps", "nine tenths are done, tau + w ln 9, w after tau");
      this.size = number("size", "size of the change: ", unit, "D" + of);
      this.phi =
          number(
              "phi", "correlation of neighbouring residuals: ", "1", "of the fit with the change");
      this.evidence =
          number(
              "evidence",
              "evidence for a change and not a bend: ",
              "1",
              "n ln(RSS of two slopes in ln(step + warm-up) / RSS with the change), the same phi");
      this.exists =
          number("exists", "change exists: ", "1", "1 where the evidence is above " + EVIDENCE);
      this.change = number("change", "change: ", unit, "D" + of + " where it exists, 0 where not");
      this.steps = all.axis("curve." + key + ".steps", "of each observation");
      this.values = all.series("curve." + key, title + ", as dated", unit).is(formula);
    }

    private Quantity number(String what, String words, String unit, String formula) {
      return all.number("date." + key + "." + what, words + title, unit).is(formula);
    }
  }

  static Findings of(Subject run) {
    Findings out = new Findings();
    for (DatedCurve curve : DatedCurve.ALL) {
      out.putAll(of(curve, curve.observe().apply(run), run.spec().optimizer().warmup()));
    }
    return out;
  }

  /** Dates one curve; where it has too few observations everything is NaN. */
  static Findings of(DatedCurve curve, DatedCurve.Observed observed, double t0) {
    return of(DATES.of(curve), observed, t0);
  }

  /** The date of the leap in the plane of per-token losses. */
  static Findings ofLeap(DatedCurve.Observed observed, double t0) {
    return of(LEAP, observed, t0);
  }

  private static Findings of(Dates d, DatedCurve.Observed observed, double t0) {
    Findings out = new Findings();
    double[] steps = observed.steps();
    if (steps.length < LEAST) {
      for (Quantity each :
          List.of(
              d.tau,
              d.low,
              d.high,
              d.onset,
              d.end,
              d.size,
              d.phi,
              d.evidence,
              d.exists,
              d.change)) {
        out.put(each, Double.NaN);
      }
      return out.put(d.steps).put(d.values);
    }
    ChangePoint point =
        new Dating(steps, new DatingSettings(t0, CANDIDATES)).date(observed.values());
    boolean dated = point.inside();
    boolean exists = dated && point.evidence() > EVIDENCE;
    return out.put(d.tau, dated ? point.tau() : Double.NaN)
        .put(d.low, dated ? point.low() : Double.NaN)
        .put(d.high, dated ? point.high() : Double.NaN)
        .put(d.onset, dated ? point.onset() : Double.NaN)
        .put(d.end, dated ? point.end() : Double.NaN)
        .put(d.size, point.size())
        .put(d.phi, point.phi())
        .put(d.evidence, point.evidence())
        .put(d.exists, exists ? 1.0 : 0.0)
        .put(d.change, exists ? point.size() : 0.0)
        .put(d.steps, steps)
        .put(d.values, observed.values());
  }
}
