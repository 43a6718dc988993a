package refrain.stats;

import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import refrain.base.RefrainException;

/**
 * Dates the change of a curve: y = b0 + b1 v + D sigma((step - tau) / w) + AR(1) noise, v =
 * log(step + t0). Ordinary learning is about a line in v; D is what the line does not explain.
 *
 * <p><b>Fit.</b> Generalised least squares over a grid of (tau, w), linear in the rest, phi from
 * the residuals with its bias corrected; then tau and w between the points of the grid.
 *
 * <p><b>Interval.</b> All tau with n ln(RSS(tau) / RSS_min) &lt;= 3.84, RSS minimised over w
 * (profile likelihood, phi held); its outermost ends where it falls apart. It is first-order: with
 * 120 observations it covers .92 at phi 0 and .90 at .5, with 60 and phi .8 only about .76.
 *
 * <p><b>Existence.</b> Under "no change" tau means nothing and F follows no F distribution (Davies
 * 1987; Andrews 1993, "Tests for parameter instability"). So the largest F of the grid is compared
 * with its own draws: lines in v with AR(1) noise of the phi that a line leaves, each fitted anew.
 *
 * <p>The null is a straight line in v. A curve that bends smoothly, such as a power law over
 * decades, is not one: given enough observations it is told from a line, so claims put a bar on the
 * size of the change too. phi is per observation; observations should be about equally spaced in
 * steps or in log-steps.
 */
public final class Dating {
  /** 95 % point of chi-square with one degree of freedom. */
  private static final double CHI_SQUARE = 3.841459;

  private static final int LEAST = 20;
  private static final double LN9 = Math.log(9);
  private static final int BISECTIONS = 20;
  private static final int GOLDEN_STEPS = 14;
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

  private final StepGrid grid;
  private final DatingSettings settings;

  /**
   * Prepares to date curves that were observed at some steps.
   *
   * @param steps at least 20, increasing
   * @throws RefrainException when they are not
   */
  public Dating(double[] steps, DatingSettings settings) {
    Samples.check("steps of a curve", steps, LEAST);
    for (int i = 1; i < steps.length; i++) {
      if (steps[i] <= steps[i - 1]) {
        throw RefrainException.badInput(
            "steps of a curve: expected them to increase, found %s after %s; sort, drop doubles"
                .formatted(steps[i], steps[i - 1]));
      }
    }
    if (steps[0] + settings.t0() <= 0) {
      throw RefrainException.badInput(
          "steps of a curve: expected step + t0 > 0, found %s + %s; choose a larger t0"
              .formatted(steps[0], settings.t0()));
    }
    this.settings = settings;
    grid = new StepGrid(steps.clone(), settings.t0(), settings.candidates());
  }

  /**
   * Dates a curve.
   *
   * @param values at the steps, any unit
   * @throws RefrainException when there is not one finite value a step
   */
  public ChangePoint date(double[] values) {
    if (values.length != grid.n) {
      throw RefrainException.badInput(
          "curve to date: expected a value for each of %d steps, found %d; drop missing steps",
          grid.n, values.length);
    }
    Samples.check("curve to date", values, LEAST);
    CurveFit fit = new CurveFit(grid, values);
    return dated(fit, pValue(fit));
  }

  private double pValue(CurveFit fit) {
    if (fit.isLine()) {
      return 1;
    }
    double observed = fit.best().f();
    double phi = fit.phiWithout();
    SplittableRandom random = new SplittableRandom(settings.seed());
    int larger = 0;
    for (int draw = 0; draw < settings.draws(); draw++) {
      double[] noise = Ar1.simulate(grid.n, phi, random);
      larger += new CurveFit(grid, noise).best().f() >= observed ? 1 : 0;
    }
    return (larger + 1.0) / (settings.draws() + 1.0);
  }

  private ChangePoint dated(CurveFit fit, double pValue) {
    CurveFit.Best best = fit.best();
    double tau = grid.taus[grid.place(best.cell())];
    double share = 0;
    StepGrid.Baseline base = grid.new Baseline(best.phi());
    int last = grid.taus.length - 1;
    // Between the points of the grid residuals are smaller, and phi with them: twice settles it.
    for (int round = 0; round < 2; round++) {
      StepGrid.Baseline now = base;
      int place = nearest(tau);
      tau =
          golden(
              at -> profile(fit, now, at).rss(),
              grid.taus[Math.max(0, place - 1)],
              grid.taus[Math.min(last, place + 1)]);
      share = profile(fit, now, tau).share();
      double phi = fit.phi(grid.sigmoid(tau, grid.width(tau, share)), base.phi());
      base = grid.new Baseline(phi);
    }
    double w = grid.width(tau, share);
    double bar = profile(fit, base, tau).rss() * Math.exp(CHI_SQUARE / grid.n);
    return new ChangePoint(
        tau,
        edge(fit, base, tau, bar, -1),
        edge(fit, base, tau, bar, 1),
        tau - w * LN9,
        tau + w * LN9,
        fit.size(grid.sigmoid(tau, w), base.phi()),
        base.phi(),
        pValue,
        pValue < settings.level());
  }

  private int nearest(double tau) {
    int found = 0;
    for (int place = 0; place < grid.taus.length; place++) {
      if (Math.abs(grid.taus[place] - tau) < Math.abs(grid.taus[found] - tau)) {
        found = place;
      }
    }
    return found;
  }

  /** The outermost tau on one side whose profile is below the bar. */
  private double edge(CurveFit fit, StepGrid.Baseline base, double tau, double bar, int side) {
    double inside = tau;
    double outside = Double.NaN;
    int end = side < 0 ? 0 : grid.taus.length - 1;
    for (int place = end; (grid.taus[place] - tau) * side > 0; place -= side) {
      if (profile(fit, base, grid.taus[place]).rss() <= bar) {
        inside = grid.taus[place];
        break;
      }
      outside = grid.taus[place];
    }
    if (Double.isNaN(outside)) {
      return inside;
    }
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (inside + outside) / 2;
      if (profile(fit, base, middle).rss() <= bar) {
        inside = middle;
      } else {
        outside = middle;
      }
    }
    return inside;
  }

  private record Profile(double share, double rss) {}

  /** The best width of a place: on a grid of five first, since there may be two valleys. */
  private Profile profile(CurveFit fit, StepGrid.Baseline base, double tau) {
    DoubleUnaryOperator rss = share -> fit.with(base, tau, grid.width(tau, share));
    double found = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i <= 4; i++) {
      double value = rss.applyAsDouble(i / 4.0);
      if (value < least) {
        least = value;
        found = i / 4.0;
      }
    }
    double share = golden(rss, Math.max(0, found - 0.25), Math.min(1, found + 0.25));
    double value = rss.applyAsDouble(share);
    return value < least ? new Profile(share, value) : new Profile(found, least);
  }

  /** The minimum of a function with one valley, by golden sections (Kiefer 1953). */
  private static double golden(DoubleUnaryOperator f, double low, double high) {
    double left = high - GOLDEN * (high - low);
    double right = low + GOLDEN * (high - low);
    double atLeft = f.applyAsDouble(left);
    double atRight = f.applyAsDouble(right);
    for (int i = 0; i < GOLDEN_STEPS; i++) {
      if (atLeft <= atRight) {
        high = right;
        right = left;
        atRight = atLeft;
        left = high - GOLDEN * (high - low);
        atLeft = f.applyAsDouble(left);
      } else {
        low = left;
        left = right;
        atLeft = atRight;
        right = low + GOLDEN * (high - low);
        atRight = f.applyAsDouble(right);
      }
    }
    return (low + high) / 2;
  }
}
