package refrain.stats;

import java.util.Arrays;
import refrain.stats.Ar1.Product;

/**
 * One curve on a {@link StepGrid}: the best place and widths and how much they explain, for any
 * phi, and phi itself by going to and fro between residuals and fit (Cochrane and Orcutt 1949).
 */
final class CurveFit {
  private static final int ROUNDS = 4;

  private final StepGrid grid;
  private final double[] y;
  private final Product yy;
  private final Product y1;
  private final Product yv;
  private final Product[] cells;

  CurveFit(StepGrid grid, double[] values) {
    this.grid = grid;
    y = new double[values.length];
    double mean = Samples.mean(values);
    Arrays.setAll(y, i -> values[i] - mean);
    yy = Product.of(y, y);
    y1 = Product.of(y, grid.one);
    yv = Product.of(y, grid.v);
    cells = new Product[grid.cells()];
    Arrays.setAll(cells, cell -> grid.with(cell, y));
  }

  /** A cell of the grid under noise of one phi. */
  record Best(int cell, double phi) {}

  /** Residual sum of squares without a change. */
  double without(StepGrid.Baseline base) {
    double phi = base.phi();
    double one = y1.at(phi);
    double slope = yv.at(phi);
    return Math.max(floor(), base.rest(yy.at(phi), one, slope, one, slope));
  }

  /** The same with another column. */
  double with(StepGrid.Baseline base, double[] x) {
    double phi = base.phi();
    double gain =
        base.gain(
            Product.of(x, x).at(phi),
            Product.of(x, grid.one).at(phi),
            Product.of(x, grid.v).at(phi),
            Product.of(x, y).at(phi),
            y1.at(phi),
            yv.at(phi));
    return Math.max(floor(), without(base) - gain);
  }

  /** The best cell, phi and fit having found each other. */
  Best best() {
    Best best = best(0);
    for (int round = 0; round < ROUNDS; round++) {
      double phi = phi(grid.sigmoid(best.cell()), best.phi());
      if (Math.abs(phi - best.phi()) < 1e-3) {
        break;
      }
      best = best(phi);
    }
    return best;
  }

  private Best best(double phi) {
    StepGrid.Baseline base = grid.new Baseline(phi);
    double one = y1.at(phi);
    double slope = yv.at(phi);
    int found = 0;
    double most = -1;
    for (int cell = 0; cell < cells.length; cell++) {
      double gain = base.gain(cell, cells[cell].at(phi), one, slope);
      if (gain > most) {
        most = gain;
        found = cell;
      }
    }
    return new Best(found, phi);
  }

  /** phi of the residuals of a fit that was made under another phi. */
  double phi(double[] sigmoid, double under) {
    return Ar1.corrected(Ar1.raw(residuals(sigmoid, under)), y.length);
  }

  /** The coefficient of a sigmoid, 0 for a column of zeros. */
  double size(double[] sigmoid, double phi) {
    StepGrid.Baseline base = grid.new Baseline(phi);
    double x1 = Product.of(sigmoid, grid.one).at(phi);
    double xv = Product.of(sigmoid, grid.v).at(phi);
    double own = base.rest(Product.of(sigmoid, sigmoid).at(phi), x1, xv, x1, xv);
    double both = base.rest(Product.of(sigmoid, y).at(phi), x1, xv, y1.at(phi), yv.at(phi));
    return own <= 0 ? 0 : both / own;
  }

  private double[] residuals(double[] sigmoid, double phi) {
    double size = size(sigmoid, phi);
    double[] rest = new double[y.length];
    Arrays.setAll(rest, i -> y[i] - size * sigmoid[i]);
    double[] b =
        grid.new Baseline(phi)
            .coefficients(Product.of(rest, grid.one).at(phi), Product.of(rest, grid.v).at(phi));
    for (int i = 0; i < rest.length; i++) {
      rest[i] -= b[0] + b[1] * grid.v[i];
    }
    return rest;
  }

  /** Below this a sum of squares is rounding: curves without noise stay without it. */
  private double floor() {
    return 1e-20 * yy.a() + Double.MIN_NORMAL;
  }

  /** Whether the curve is exactly a line in v. */
  boolean isLine() {
    return without(grid.new Baseline(0)) <= 1e-18 * yy.a() + Double.MIN_NORMAL;
  }
}
