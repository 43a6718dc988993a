package refrain.watch.forecast;

import java.util.ArrayList;
import java.util.List;

/**
 * A straight line through many features, or the log odds of a yes, with the usual small penalty on
 * its slopes (ridge; Newton's method for the odds). Features are put on one scale first.
 */
final class Ridge {
  private static final double PENALTY = 1e-2;
  private static final int ROUNDS = 25;
  private static final double MOST = 30;

  private final double[] mean;
  private final double[] sd;
  private final double[] slopes;

  private Ridge(double[] mean, double[] sd, double[] slopes) {
    this.mean = mean;
    this.sd = sd;
    this.slopes = slopes;
  }

  /** Examples with their weights. */
  static final class Examples {
    private final List<double[]> x = new ArrayList<>();
    private final List<Double> y = new ArrayList<>();
    private final List<Double> weight = new ArrayList<>();

    void add(double[] features, double target, double w) {
      x.add(features);
      y.add(target);
      weight.add(w);
    }

    boolean isEmpty() {
      return x.isEmpty();
    }
  }

  static Ridge line(Examples of) {
    Ridge fit = scaled(of);
    fit.step(of, false);
    return fit;
  }

  static Ridge odds(Examples of) {
    Ridge fit = scaled(of);
    for (int i = 0; i < ROUNDS; i++) {
      fit.step(of, true);
    }
    return fit;
  }

  private static Ridge scaled(Examples of) {
    int n = of.x.getFirst().length;
    double[] mean = new double[n];
    double[] sd = new double[n];
    double all = of.weight.stream().mapToDouble(Double::doubleValue).sum();
    for (int i = 0; i < of.x.size(); i++) {
      for (int j = 0; j < n; j++) {
        mean[j] += of.weight.get(i) / all * of.x.get(i)[j];
      }
    }
    for (int i = 0; i < of.x.size(); i++) {
      for (int j = 0; j < n; j++) {
        double d = of.x.get(i)[j] - mean[j];
        sd[j] += of.weight.get(i) / all * d * d;
      }
    }
    for (int j = 0; j < n; j++) {
      sd[j] = sd[j] < 1e-18 ? 1 : Math.sqrt(sd[j]);
    }
    return new Ridge(mean, sd, new double[n + 1]);
  }

  /** One step of Newton's; for a line it is the whole way. */
  private void step(Examples of, boolean odds) {
    int n = slopes.length;
    double[][] a = new double[n][n];
    double[] b = new double[n];
    double all = 0;
    for (int i = 0; i < of.x.size(); i++) {
      double[] z = with1(of.x.get(i));
      double w = of.weight.get(i);
      all += w;
      double at = dot(z);
      double p = odds ? 1 / (1 + Math.exp(-Math.clamp(at, -MOST, MOST))) : at;
      double curvature = odds ? Math.max(1e-6, p * (1 - p)) : 1;
      for (int j = 0; j < n; j++) {
        b[j] += w * (of.y.get(i) - p) * z[j];
        for (int k = 0; k < n; k++) {
          a[j][k] += w * curvature * z[j] * z[k];
        }
      }
    }
    for (int j = 1; j < n; j++) {
      a[j][j] += PENALTY * all;
      b[j] -= PENALTY * all * slopes[j];
    }
    a[0][0] += 1e-12 * all;
    double[] by = solve(a, b);
    for (int j = 0; j < n; j++) {
      slopes[j] += by[j];
    }
  }

  /** Gauss, with the largest pivot. */
  static double[] solve(double[][] a, double[] b) {
    int n = b.length;
    for (int i = 0; i < n; i++) {
      int pivot = i;
      for (int r = i + 1; r < n; r++) {
        pivot = Math.abs(a[r][i]) > Math.abs(a[pivot][i]) ? r : pivot;
      }
      double[] row = a[pivot];
      a[pivot] = a[i];
      a[i] = row;
      double right = b[pivot];
      b[pivot] = b[i];
      b[i] = right;
      for (int r = i + 1; r < n; r++) {
        double f = a[r][i] / a[i][i];
        for (int c = i; c < n; c++) {
          a[r][c] -= f * a[i][c];
        }
        b[r] -= f * b[i];
      }
    }
    double[] x = new double[n];
    for (int i = n - 1; i >= 0; i--) {
      double sum = b[i];
      for (int c = i + 1; c < n; c++) {
        sum -= a[i][c] * x[c];
      }
      x[i] = sum / a[i][i];
    }
    return x;
  }

  private double[] with1(double[] x) {
    double[] z = new double[slopes.length];
    z[0] = 1;
    for (int j = 1; j < z.length; j++) {
      z[j] = (x[j - 1] - mean[j - 1]) / sd[j - 1];
    }
    return z;
  }

  private double dot(double[] z) {
    double sum = 0;
    for (int j = 0; j < z.length; j++) {
      sum += slopes[j] * z[j];
    }
    return sum;
  }

  /** The line's value, or the log odds. */
  double at(double[] features) {
    return dot(with1(features));
  }
}
