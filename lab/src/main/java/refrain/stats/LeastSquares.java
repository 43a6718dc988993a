package refrain.stats;

/** Slopes of straight lines. */
public final class LeastSquares {
  private LeastSquares() {}

  /** The slope of y on x over [from, to); NaN where x does not vary. */
  public static double slope(double[] x, double[] y, int from, int to) {
    double meanX = 0;
    double meanY = 0;
    for (int i = from; i < to; i++) {
      meanX += x[i] / (to - from);
      meanY += y[i] / (to - from);
    }
    double xy = 0;
    double xx = 0;
    for (int i = from; i < to; i++) {
      xy += (x[i] - meanX) * (y[i] - meanY);
      xx += (x[i] - meanX) * (x[i] - meanX);
    }
    return xx == 0 ? Double.NaN : xy / xx;
  }
}
