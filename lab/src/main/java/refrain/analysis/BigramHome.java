package refrain.analysis;

import java.util.ArrayList;
import java.util.List;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.linear.RealVector;
import org.hipparchus.linear.SingularValueDecomposition;
import refrain.data.BigramRestarts;
import refrain.data.BigramTable;
import refrain.model.HeadId;
import refrain.probe.Circuits;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;
import refrain.probe.NormTreatment;
import refrain.train.Formation;

/**
 * Where the language's bigram table lies in the weights: the direct path W_E W_U over training, and
 * the OV circuits of the induction heads for comparison. Both are read against ln P(b | a) with
 * each row's mean taken off, which a softmax does not see.
 */
final class BigramHome {
  private BigramHome() {}

  static List<Definition> definitions() {
    return List.of(
        define(
            "bigram.direct",
            "bigram table in the direct path",
            "1",
            "correlation of W_E W_U (final norm folded) with ln P(b | a), rows centred"),
        define(
            "bigram.direct.half",
            "step at which half of it is there",
            "steps",
            "first checkpoint at which bigram.direct is at least half of its last value"),
        define(
            "bigram.direct.before",
            "bigram table in the direct path before the change",
            "1",
            "bigram.direct at the last checkpoint before heads formed; NaN where none formed"),
        define(
            "bigram.induction",
            "bigram table in the induction heads",
            "1",
            "the largest correlation, by size, of an induction head's W_E W_V W_O W_U with"
                + " ln P(b | a), rows centred; NaN without such heads"),
        define(
            "bigram.heads",
            "bigram table in a single head",
            "1",
            "the largest correlation of any head's W_E W_V W_O W_U with ln P(b | a), rows centred"),
        define(
            "bigram.circuits",
            "bigram table in the direct path and all heads together",
            "1",
            "multiple correlation of ln P(b | a) with W_E W_U and every head's W_E W_V W_O W_U, each"
                + " with a weight of its own (heads attend to the current token by some weight)"),
        define(
            "bigram.copying.induction",
            "copying in the induction heads",
            "1",
            "the largest correlation of an induction head's W_E W_V W_O W_U with the identity,"
                + " rows centred"),
        define(
            "bigram.copying.direct",
            "copying in the direct path",
            "1",
            "correlation of W_E W_U with the identity, rows centred"));
  }

  private static Definition define(String key, String title, String unit, String formula) {
    return new Definition(
        key, title, unit, Better.NEITHER, formula, "Elhage et al. 2021, zero-layer transformers");
  }

  static void report(Subject run, BigramRestarts language, List<HeadId> heads, Findings out) {
    double[][] logs = logs(language.table());
    double[][] identity = new double[logs.length][logs.length];
    for (int a = 0; a < identity.length; a++) {
      identity[a][a] = 1;
    }
    long[] steps = run.steps();
    double[] at = new double[steps.length];
    double[] direct = new double[steps.length];
    for (int i = 0; i < steps.length; i++) {
      at[i] = steps[i];
      direct[i] = correlation(direct(circuits(run, steps[i])), logs);
    }
    Circuits last = circuits(run, steps[steps.length - 1]);
    double table = Double.NaN;
    double copying = Double.NaN;
    for (HeadId head : heads) {
      double[][] ov = last.fullOv(head.layer(), head.head()).getData();
      double c = correlation(ov, logs);
      table = Double.isNaN(table) || Math.abs(c) > Math.abs(table) ? c : table;
      double d = correlation(ov, identity);
      copying = Double.isNaN(copying) || d > copying ? d : copying;
    }
    List<double[][]> circuits = new ArrayList<>();
    circuits.add(direct(last));
    double best = Double.NEGATIVE_INFINITY;
    for (HeadId head : HeadId.all(run.model())) {
      double[][] ov = last.fullOv(head.layer(), head.head()).getData();
      circuits.add(ov);
      best = Math.max(best, correlation(ov, logs));
    }
    out.put("bigram.heads", best).put("bigram.circuits", multiple(circuits, logs));
    int formed = run.curves().formation(Formation.DEFAULT);
    long formation = formed < 0 ? -1 : run.curves().steps()[formed];
    double before = Double.NaN;
    for (int i = 0; i < steps.length && steps[i] <= formation; i++) {
      before = direct[i];
    }
    double end = direct[direct.length - 1];
    int half = 0;
    while (direct[half] < end / 2 && half < direct.length - 1) {
      half++;
    }
    out.put("bigram.direct", end)
        .put("bigram.direct.half", at[half])
        .put("bigram.direct.before", before)
        .put("bigram.induction", table)
        .put("bigram.copying.induction", copying)
        .put("bigram.copying.direct", correlation(direct(last), identity))
        .put("bigram.steps", at)
        .put("bigram.directs", direct);
  }

  private static Circuits circuits(Subject run, long step) {
    return new Circuits(run.parameters(step), NormTreatment.FOLDED);
  }

  private static double[][] direct(Circuits circuits) {
    RealMatrix path = circuits.wE().multiply(circuits.wU());
    return path.getData();
  }

  private static double[][] logs(BigramTable table) {
    double[][] logs = new double[table.vocab()][table.vocab()];
    for (int a = 0; a < logs.length; a++) {
      for (int b = 0; b < logs.length; b++) {
        logs[a][b] = Math.log(table.probability(a, b));
      }
    }
    return logs;
  }

  /** Pearson's correlation over all entries once each row's mean is taken off. */
  static double correlation(double[][] x, double[][] y) {
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (int a = 0; a < x.length; a++) {
      double meanX = mean(x[a]);
      double meanY = mean(y[a]);
      for (int b = 0; b < x[a].length; b++) {
        double dx = x[a][b] - meanX;
        double dy = y[a][b] - meanY;
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
      }
    }
    return xx == 0 || yy == 0 ? 0 : xy / Math.sqrt(xx * yy);
  }

  /** The multiple correlation of y with all x, over all entries, once row means are taken off. */
  static double multiple(List<double[][]> xs, double[][] y) {
    int n = xs.size();
    double[][] products = new double[n][n];
    double[] with = new double[n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        products[i][j] = correlation(xs.get(i), xs.get(j));
      }
      with[i] = correlation(xs.get(i), y);
    }
    RealVector right = MatrixUtils.createRealVector(with);
    RealVector weights =
        new SingularValueDecomposition(MatrixUtils.createRealMatrix(products))
            .getSolver()
            .solve(right);
    return Math.sqrt(Math.clamp(weights.dotProduct(right), 0, 1));
  }

  private static double mean(double[] row) {
    double sum = 0;
    for (double value : row) {
      sum += value;
    }
    return sum / row.length;
  }
}
