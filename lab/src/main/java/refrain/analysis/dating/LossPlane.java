package refrain.analysis.dating;

import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.EigenDecompositionSymmetric;
import org.hipparchus.linear.RealMatrix;

/**
 * The plane of the two directions along which snapshots differ most: principal components of their
 * vectors of losses, with the mean taken off (Olsson et al. 2022, "Per-token loss analysis").
 * Vectors are longer than there are snapshots, so the matrix of their products [snapshots,
 * snapshots] is decomposed: its eigenvectors times the roots of its eigenvalues are the
 * coordinates.
 *
 * @param x coordinates on the first component, a snapshot each, in the unit of the vectors; the one
 *     furthest from 0 is positive
 * @param y the same on the second
 * @param explained shares of the variance, [2]
 */
record LossPlane(double[] x, double[] y, double[] explained) {

  /**
   * Finds the plane.
   *
   * @param snapshots [snapshots, examples], at least 3 snapshots
   */
  static LossPlane of(double[][] snapshots) {
    int n = snapshots.length;
    int examples = snapshots[0].length;
    double[][] centred = new double[n][examples];
    for (int e = 0; e < examples; e++) {
      double mean = 0;
      for (double[] snapshot : snapshots) {
        mean += snapshot[e] / n;
      }
      for (int i = 0; i < n; i++) {
        centred[i][e] = snapshots[i][e] - mean;
      }
    }
    RealMatrix rows = new Array2DRowRealMatrix(centred, false);
    EigenDecompositionSymmetric eigen =
        new EigenDecompositionSymmetric(rows.multiplyTransposed(rows), 1e-12, true);
    double all = 0;
    for (double value : eigen.getEigenvalues()) {
      all += Math.max(0, value);
    }
    double[] explained = {share(eigen, 0, all), share(eigen, 1, all)};
    return new LossPlane(coordinates(eigen, 0), coordinates(eigen, 1), explained);
  }

  private static double share(EigenDecompositionSymmetric eigen, int k, double all) {
    return all == 0 ? 0 : Math.max(0, eigen.getEigenvalue(k)) / all;
  }

  private static double[] coordinates(EigenDecompositionSymmetric eigen, int k) {
    double root = Math.sqrt(Math.max(0, eigen.getEigenvalue(k)));
    double[] c = eigen.getEigenvector(k).toArray();
    int furthest = 0;
    for (int i = 0; i < c.length; i++) {
      furthest = Math.abs(c[i]) > Math.abs(c[furthest]) ? i : furthest;
    }
    double sign = c[furthest] < 0 ? -1 : 1;
    for (int i = 0; i < c.length; i++) {
      c[i] *= sign * root;
    }
    return c;
  }

  /**
   * Where a trajectory turns.
   *
   * @param index of the snapshot
   * @param depth its distance from the straight line between the ends, in the unit of the plane
   * @param angle between the way to it and the way on, degrees; 0: straight on
   */
  record Pivot(int index, double depth, double angle) {}

  /**
   * The corner of the part [from, to): the snapshot furthest from the straight line between the
   * part's ends (the first cut of Ramer 1972 and Douglas and Peucker 1973). It needs no window and
   * does not mind that a trajectory at rest turns at random.
   */
  Pivot pivot(int from, int to) {
    double dx = x[to - 1] - x[from];
    double dy = y[to - 1] - y[from];
    double length = Math.hypot(dx, dy);
    int found = from;
    double most = 0;
    for (int i = from; i < to; i++) {
      double rx = x[i] - x[from];
      double ry = y[i] - y[from];
      double depth = length == 0 ? Math.hypot(rx, ry) : Math.abs(rx * dy - ry * dx) / length;
      if (depth > most) {
        most = depth;
        found = i;
      }
    }
    return new Pivot(found, most, turn(from, found, to - 1));
  }

  private double turn(int a, int b, int c) {
    double ux = x[b] - x[a];
    double uy = y[b] - y[a];
    double vx = x[c] - x[b];
    double vy = y[c] - y[b];
    return Math.toDegrees(Math.abs(Math.atan2(ux * vy - uy * vx, ux * vx + uy * vy)));
  }
}
