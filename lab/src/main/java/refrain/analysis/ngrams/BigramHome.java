package refrain.analysis.ngrams;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.linear.RealVector;
import org.hipparchus.linear.SingularValueDecomposition;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.Subject;
import refrain.data.BigramRestarts;
import refrain.data.BigramTable;
import refrain.model.HeadId;
import refrain.probe.Circuits;
import refrain.probe.NormTreatment;
import refrain.stats.Crossing;
import refrain.train.Formation;

/**
 * Where the language's bigram table lies in the weights: the direct path W_E W_U over training, and
 * the OV circuits of the induction heads for comparison. Both are read against ln P(b | a) with
 * each row's mean taken off, which a softmax does not see.
 */
final class BigramHome {
  static final Declarations ALL = new Declarations("Elhage et al. 2021, zero-layer transformers");

  private static final Quantity DIRECT =
      ALL.pure("bigram.direct", "bigram table in the direct path")
          .is("correlation of W_E W_U (final norm folded) with ln P(b | a), rows centred");
  private static final Quantity DIRECT_HALF =
      ALL.steps("bigram.direct.half", "step at which the direct path has half of its bigram table")
          .is(
              "step from which on three checkpoints in a row have bigram.direct at or above half of"
                  + " its last value; interpolated");
  private static final Quantity DIRECT_BEFORE =
      ALL.pure("bigram.direct.before", "bigram table in the direct path before the change")
          .is("bigram.direct at the last checkpoint before heads formed; NaN where none formed");
  private static final Quantity INDUCTION =
      ALL.pure("bigram.induction", "bigram table in the induction heads")
          .is(
              "the largest correlation, by size, of an induction head's W_E W_V W_O W_U with"
                  + " ln P(b | a), rows centred; NaN without such heads");
  private static final Quantity HEADS =
      ALL.pure("bigram.heads", "bigram table in a single head")
          .is("largest correlation of any head's W_E W_V W_O W_U with ln P(b | a), rows centred");
  private static final Quantity CIRCUITS =
      ALL.pure("bigram.circuits", "bigram table in the direct path and all heads together")
          .is(
              "multiple correlation of ln P(b | a) with W_E W_U and every head's W_E W_V W_O"
                  + " W_U, each with a weight of its own (heads attend to the current token by some"
                  + " weight)");
  private static final Quantity COPYING_INDUCTION =
      ALL.pure("bigram.copying.induction", "copying in the induction heads")
          .is("largest correlation of an induction head's W_E W_V W_O W_U with the identity");
  private static final Quantity COPYING_DIRECT =
      ALL.pure("bigram.copying.direct", "copying in the direct path")
          .is("correlation of W_E W_U with the identity, rows centred");

  private static final SeriesQuantity STEPS = ALL.axis("bigram.steps", "of each checkpoint");
  private static final SeriesQuantity DIRECTS =
      ALL.series("bigram.directs", "bigram table in the direct path", "1")
          .is("bigram.direct at each checkpoint");

  private BigramHome() {}

  /**
   * @param heads that match
   */
  static Findings of(Subject run, BigramRestarts language, List<HeadId> heads) {
    double[][] logs = logs(language.table());
    double[][] identity = MatrixUtils.createRealIdentityMatrix(logs.length).getData();
    long[] steps = run.steps();
    double[] direct =
        Arrays.stream(steps)
            .mapToDouble(step -> correlation(direct(circuits(run, step)), logs))
            .toArray();
    Circuits last = circuits(run, steps[steps.length - 1]);
    Map<HeadId, double[][]> ov = new LinkedHashMap<>();
    for (HeadId head : HeadId.all(run.model())) {
      ov.put(head, last.fullOv(head.layer(), head.head()).getData());
    }
    double table = Double.NaN;
    double copying = Double.NaN;
    for (HeadId head : heads) {
      double c = correlation(requireNonNull(ov.get(head)), logs);
      table = Double.isNaN(table) || Math.abs(c) > Math.abs(table) ? c : table;
      double d = correlation(requireNonNull(ov.get(head)), identity);
      copying = Double.isNaN(copying) || d > copying ? d : copying;
    }
    double best = ov.values().stream().mapToDouble(c -> correlation(c, logs)).max().orElseThrow();
    List<double[][]> circuits = new ArrayList<>(ov.values());
    circuits.addFirst(direct(last));
    Findings out = new Findings().put(HEADS, best).put(CIRCUITS, multiple(circuits, logs));
    int formed = run.curves().formation(Formation.DEFAULT);
    long formation = formed < 0 ? -1 : run.curves().steps()[formed];
    double before = Double.NaN;
    for (int i = 0; i < steps.length && steps[i] <= formation; i++) {
      before = direct[i];
    }
    double end = direct[direct.length - 1];
    double[] axis = Arrays.stream(steps).asDoubleStream().toArray();
    return out.put(DIRECT, end)
        .put(DIRECT_HALF, Crossing.above(axis, direct, end / 2))
        .put(DIRECT_BEFORE, before)
        .put(INDUCTION, table)
        .put(COPYING_INDUCTION, copying)
        .put(COPYING_DIRECT, correlation(direct(last), identity))
        .put(STEPS, steps)
        .put(DIRECTS, direct);
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
