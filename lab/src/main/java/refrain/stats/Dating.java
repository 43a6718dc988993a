package refrain.stats;

import java.util.function.DoubleUnaryOperator;
import refrain.base.RefrainException;
import refrain.stats.StepGrid.Shape;

/**
 * Dates the change of a curve: y = b0 + b1 v + D s(step) + AR(1) noise, v = log(step + t0), s a
 * logistic sigmoid around tau with one width before tau and another after it. Ordinary learning is
 * about a line in v; D is what the line does not explain. A change that sets in abruptly and ends
 * slowly, as that of in-context learning does, is badly described by one width: the misfit looks
 * like noise whose neighbours are correlated, and phi runs to its limit.
 *
 * <p><b>Fit.</b> Generalised least squares over a grid of tau and both widths, linear in the rest,
 * phi from the residuals with its bias corrected; then all three between the points of the grid.
 *
 * <p><b>Interval.</b> All tau with n ln(RSS(tau) / RSS_min) &lt;= q, RSS minimised over the widths
 * (profile likelihood, phi held); its outermost ends where it falls apart. Since phi and three
 * numbers that the curve is not linear in are estimated from few observations, chi-square's q =
 * 3.84 covers .82 to .92 where .95 is meant, the less the larger phi. q = 5 / (1 - phi / 2) was
 * chosen by simulation and covers .92 to .99 (DatingCalibration, beside the tests; 100
 * observations, phi 0 to .9, changes as slow on either side and changes that end slowly).
 *
 * <p><b>Evidence.</b> Whether a curve changes or bends is asked of two slopes in v that meet where
 * they fit best, under the same phi: n ln(RSS of the bend / RSS of the change). Neither is a case
 * of the other, and where there is no change tau means nothing (Davies 1987), so the ratio has no
 * distribution from a table; it is read against curves that are known not to change.
 *
 * <p>phi is per observation; observations should be about equally spaced in steps or in log-steps.
 */
public final class Dating {
  private static final int LEAST = 20;
  private static final double LN9 = Math.log(9);
  private static final int BISECTIONS = 20;
  private static final int GOLDEN_STEPS = 14;
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

  private final StepGrid grid;

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
    Fitted found = fitted(values);
    double tau = found.tau();
    Shape shape = found.shape();
    double phi = found.base().phi();
    double bar = found.rss() * Math.exp(quantile(phi) / grid.n);
    int last = grid.taus.length - 1;
    double spacing = grid.taus[1] - grid.taus[0];
    boolean line = found.fit().isLine();
    return new ChangePoint(
        tau,
        edge(found, bar, -1),
        edge(found, bar, 1),
        tau - grid.width(tau, shape.before()) * LN9,
        tau + grid.width(tau, shape.after()) * LN9,
        found.fit().size(grid.sigmoid(tau, shape), phi),
        phi,
        line ? 0 : grid.n * Math.log(bend(found) / found.rss()),
        !line && tau > grid.taus[0] + spacing / 4 && tau < grid.taus[last] - spacing / 4);
  }

  private static double quantile(double phi) {
    return 5 / (1 - Math.max(0, phi) / 2);
  }

  /** The date alone; found faster than with its interval. */
  double tau(double[] values) {
    return fitted(values).tau();
  }

  /** Whether a place is one of those that the interval is made of; found faster than its ends. */
  boolean holds(double[] values, double tau) {
    Fitted found = fitted(values);
    double ratio = profile(found.fit(), found.base(), tau).rss() / found.rss();
    return grid.n * Math.log(ratio) <= quantile(found.base().phi());
  }

  private record Fitted(
      CurveFit fit, StepGrid.Baseline base, double tau, Shape shape, double rss) {}

  private Fitted fitted(double[] values) {
    CurveFit fit = new CurveFit(grid, values);
    CurveFit.Best best = fit.best();
    double tau = grid.taus[grid.place(best.cell())];
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
      Shape shape = profile(fit, now, tau).shape();
      base = grid.new Baseline(fit.phi(grid.sigmoid(tau, shape), base.phi()));
    }
    Profile least = profile(fit, base, tau);
    return new Fitted(fit, base, tau, least.shape(), least.rss());
  }

  /** The residual sum of squares of two slopes that meet where they fit best. */
  private double bend(Fitted found) {
    double least = found.fit().without(found.base());
    for (double tau : grid.taus) {
      least = Math.min(least, found.fit().with(found.base(), grid.bend(tau)));
    }
    return least;
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
  private double edge(Fitted found, double bar, int side) {
    CurveFit fit = found.fit();
    StepGrid.Baseline base = found.base();
    double tau = found.tau();
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

  private record Profile(Shape shape, double rss) {}

  /** The best widths of a place: on a grid first, since there may be two valleys. */
  private Profile profile(CurveFit fit, StepGrid.Baseline base, double tau) {
    Shape found = new Shape(0, 0);
    double least = Double.POSITIVE_INFINITY;
    for (int before = 0; before <= 4; before++) {
      for (int after = 0; after <= 4; after++) {
        Shape shape = new Shape(before / 4.0, after / 4.0);
        double value = fit.with(base, grid.sigmoid(tau, shape));
        if (value < least) {
          least = value;
          found = shape;
        }
      }
    }
    for (int round = 0; round < 2; round++) {
      double after = found.after();
      double before =
          golden(
              share -> fit.with(base, grid.sigmoid(tau, new Shape(share, after))),
              Math.max(0, found.before() - 0.25),
              Math.min(1, found.before() + 0.25));
      double then =
          golden(
              share -> fit.with(base, grid.sigmoid(tau, new Shape(before, share))),
              Math.max(0, after - 0.25),
              Math.min(1, after + 0.25));
      Shape shape = new Shape(before, then);
      double value = fit.with(base, grid.sigmoid(tau, shape));
      if (value < least) {
        least = value;
        found = shape;
      }
    }
    return new Profile(found, least);
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
