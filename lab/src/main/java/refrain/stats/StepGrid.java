package refrain.stats;

import java.util.Arrays;
import refrain.stats.Ar1.Product;

/**
 * The columns of the regression for one set of steps: 1 and v = log(step + t0), and a sigmoid for
 * each place tau with a width before it and one after it. They depend on the steps alone, so one
 * grid serves all curves of a run.
 */
final class StepGrid {
  /**
   * Widths before a place and as many after it, from an abrupt step to one of which each side takes
   * a quarter of the curve.
   */
  private static final int WIDTHS = 5;

  /**
   * In spacings of the observations: so abrupt that even with little noise the change may lie
   * anywhere between two of them.
   */
  private static final double NARROWEST = 0.03;

  /** In spans of the curve; from a tenth to half of the rise it takes ln 9 = 2.2 widths. */
  private static final double WIDEST = 1 / 9.0;

  /** Changes need observations on both sides, or any outlier at an end is one. */
  private static final double TRIM = 0.05;

  private static final int TRIM_LEAST = 4;

  /** A sigmoid of which no more than this share is new to 1 and v cannot be told from them. */
  private static final double COLLINEAR = 1e-7;

  final int n;
  private final double[] steps;
  final double[] one;

  /** log(step + t0), standardised; the fit is the same and its digits are kept. */
  final double[] v;

  final double[] taus;
  private final double[][] sigmoids;

  /** x_(i-1) + x_(i+1), for the middle sum of the products. */
  private final double[][] neighbours;

  private final Product[] selves;
  private final Product[] ones;
  private final Product[] slopes;
  private final Product oneOne;
  private final Product oneV;
  private final Product vv;

  StepGrid(double[] steps, double t0, int candidates) {
    this.n = steps.length;
    this.steps = steps;
    one = new double[n];
    v = new double[n];
    Arrays.fill(one, 1);
    Arrays.setAll(v, i -> Math.log(steps[i] + t0));
    double mean = Samples.mean(v);
    double sd = Math.sqrt(Samples.cross(v, v) / n);
    Arrays.setAll(v, i -> (v[i] - mean) / sd);
    oneOne = Product.of(one, one);
    oneV = Product.of(one, v);
    vv = Product.of(v, v);
    taus = new double[candidates];
    int cells = candidates * WIDTHS * WIDTHS;
    sigmoids = new double[cells][];
    neighbours = new double[cells][n];
    selves = new Product[cells];
    ones = new Product[cells];
    slopes = new Product[cells];
    double edge = Math.max(TRIM_LEAST, Math.ceil(TRIM * n)) - 0.5;
    for (int place = 0; place < candidates; place++) {
      taus[place] = stepAt(edge + (n - 1 - 2 * edge) * place / (candidates - 1));
      for (int shape = 0; shape < WIDTHS * WIDTHS; shape++) {
        Shape of = new Shape(share(shape / WIDTHS), share(shape % WIDTHS));
        fill(place * WIDTHS * WIDTHS + shape, sigmoid(taus[place], of));
      }
    }
  }

  /**
   * How abrupt a change is on either side of its midpoint, as shares of the way from the narrowest
   * to the widest.
   */
  record Shape(double before, double after) {}

  private static double share(int width) {
    return width / (WIDTHS - 1.0);
  }

  private void fill(int cell, double[] x) {
    for (int i = 0; i < n; i++) {
      neighbours[cell][i] = (i > 0 ? x[i - 1] : 0) + (i < n - 1 ? x[i + 1] : 0);
    }
    sigmoids[cell] = x;
    selves[cell] = Product.of(x, x);
    ones[cell] = Product.of(x, one);
    slopes[cell] = Product.of(x, v);
  }

  int cells() {
    return sigmoids.length;
  }

  double[] sigmoid(int cell) {
    return sigmoids[cell];
  }

  int place(int cell) {
    return cell / (WIDTHS * WIDTHS);
  }

  /** The sigmoid of a place with the widths of a shape on either side, less its mean. */
  double[] sigmoid(double tau, Shape shape) {
    double before = width(tau, shape.before());
    double after = width(tau, shape.after());
    double[] x = new double[n];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      x[i] = 1 / (1 + Math.exp((tau - steps[i]) / (steps[i] < tau ? before : after)));
      sum += x[i];
    }
    for (int i = 0; i < n; i++) {
      x[i] -= sum / n;
    }
    return x;
  }

  /** What two slopes that meet at a place add to 1 and v, less its mean. */
  double[] bend(double tau) {
    int after = 1;
    while (after < n - 1 && steps[after] < tau) {
      after++;
    }
    double part = (tau - steps[after - 1]) / (steps[after] - steps[after - 1]);
    double at = v[after - 1] + part * (v[after] - v[after - 1]);
    double[] x = new double[n];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      x[i] = Math.max(0, v[i] - at);
      sum += x[i];
    }
    for (int i = 0; i < n; i++) {
      x[i] -= sum / n;
    }
    return x;
  }

  /** The width, steps, at a share of the way from the narrowest to the widest at a place. */
  double width(double tau, double share) {
    int after = 1;
    while (after < n - 1 && steps[after] < tau) {
      after++;
    }
    double narrowest = NARROWEST * (steps[after] - steps[after - 1]);
    double widest = Math.max(narrowest, WIDEST * (steps[n - 1] - steps[0]));
    return narrowest * Math.pow(widest / narrowest, share);
  }

  /** The product of a cell's sigmoid with a curve. */
  Product with(int cell, double[] y) {
    double[] x = sigmoids[cell];
    double[] beside = neighbours[cell];
    double a = 0;
    double c = 0;
    for (int i = 0; i < n; i++) {
      a += x[i] * y[i];
      c += beside[i] * y[i];
    }
    return new Product(a, x[0] * y[0] + x[n - 1] * y[n - 1], c);
  }

  /** 1 and v under noise of one phi: what removes them from a curve or a sigmoid. */
  final class Baseline {
    private final double phi;
    private final double i11;
    private final double i1v;
    private final double ivv;

    Baseline(double phi) {
      this.phi = phi;
      double g11 = oneOne.at(phi);
      double g1v = oneV.at(phi);
      double gvv = vv.at(phi);
      double determinant = g11 * gvv - g1v * g1v;
      i11 = gvv / determinant;
      i1v = -g1v / determinant;
      ivv = g11 / determinant;
    }

    double phi() {
      return phi;
    }

    /** The product of what 1 and v leave of two columns. */
    double rest(double xy, double x1, double xv, double y1, double yv) {
      return xy - x1 * (i11 * y1 + i1v * yv) - xv * (i1v * y1 + ivv * yv);
    }

    /** How much the residual sum of squares falls when a cell's sigmoid joins 1 and v. */
    double gain(int cell, double xy, double y1, double yv) {
      return gain(selves[cell].at(phi), ones[cell].at(phi), slopes[cell].at(phi), xy, y1, yv);
    }

    double gain(double xx, double x1, double xv, double xy, double y1, double yv) {
      double own = rest(xx, x1, xv, x1, xv);
      double both = rest(xy, x1, xv, y1, yv);
      return own <= COLLINEAR * xx ? 0 : both * both / own;
    }

    /** Coefficients of 1 and v for a curve of which these are the products with them. */
    double[] coefficients(double y1, double yv) {
      return new double[] {i11 * y1 + i1v * yv, i1v * y1 + ivv * yv};
    }
  }

  /** The step at a place between observations. */
  private double stepAt(double index) {
    int below = Math.min((int) index, n - 2);
    return steps[below] + (index - below) * (steps[below + 1] - steps[below]);
  }
}
