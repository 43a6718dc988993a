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

  static final Declarations ALL =
      new Declarations("y = b0 + b1 ln(step + warm-up) + D sigma((step - tau)/w)");

  private static final Family<DatedCurve, Dates> DATES = Family.of(DatedCurve.ALL, Dates::new);

  static final Quantity ICL_TAU = DATES.of(DatedCurve.ICL).tau;
  static final Quantity ICL_ONSET = DATES.of(DatedCurve.ICL).onset;
  static final Quantity ICL_END = DATES.of(DatedCurve.ICL).end;

  private ChangeDates() {}

  /** What is declared of one curve. */
  private static final class Dates {
    private final DatedCurve curve;
    private final Quantity tau;
    private final Quantity low;
    private final Quantity high;
    private final Quantity onset;
    private final Quantity end;
    private final Quantity size;
    private final Quantity p;
    private final Quantity exists;
    private final Quantity change;
    private final SeriesQuantity steps;
    private final SeriesQuantity values;

    Dates(DatedCurve curve) {
      this.curve = curve;
      String of = " of " + curve.formula();
      this.tau = number("tau", "date: ", "steps", "midpoint tau of the change" + of);
      this.low = number("low", "date, lower end: ", "steps", "lower end of tau's 95 % interval");
      this.high = number("high", "date, upper end: ", "steps", "upper end of tau's 95 % interval");
      this.onset =
          number("onset", "onset: ", "steps", "a tenth of the change is done, tau - w ln 9");
      this.end = number("end", "end: ", "steps", "nine tenths are done, tau + w ln 9");
      this.size = number("size", "size of the best candidate: ", curve.unit(), "D" + of);
      this.p = number("p", "p of no change: ", "1", "sup-F, AR(1) bootstrap, B = " + DRAWS);
      this.exists = number("exists", "change exists: ", "1", "1 where p < .05, else 0");
      this.change =
          number("change", "change: ", curve.unit(), "D" + of + " where p < .05, 0 where not");
      String key = "curve." + curve.key();
      this.steps = ALL.axis(key + ".steps", "of each observation");
      this.values = ALL.series(key, curve.title() + ", as dated", curve.unit()).is(curve.formula());
    }

    private Quantity number(String what, String title, String unit, String formula) {
      return ALL.number("date." + curve.key() + "." + what, title + curve.title(), unit)
          .is(formula);
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
    Dates d = DATES.of(curve);
    Findings out = new Findings();
    double[] steps = observed.steps();
    if (steps.length < LEAST) {
      for (Quantity each :
          List.of(d.tau, d.low, d.high, d.onset, d.end, d.size, d.p, d.exists, d.change)) {
        out.put(each, Double.NaN);
      }
      return out;
    }
    DatingSettings settings = new DatingSettings(t0, CANDIDATES, DRAWS, LEVEL, SEED);
    ChangePoint point = new Dating(steps, settings).date(observed.values());
    boolean exists = point.exists();
    return out.put(d.tau, exists ? point.tau() : Double.NaN)
        .put(d.low, exists ? point.low() : Double.NaN)
        .put(d.high, exists ? point.high() : Double.NaN)
        .put(d.onset, exists ? point.onset() : Double.NaN)
        .put(d.end, exists ? point.end() : Double.NaN)
        .put(d.size, point.size())
        .put(d.p, point.pValue())
        .put(d.exists, exists ? 1.0 : 0.0)
        .put(d.change, exists ? point.size() : 0.0)
        .put(d.steps, steps)
        .put(d.values, observed.values());
  }
}
