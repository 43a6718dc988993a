package refrain.analysis.dating;

import refrain.analysis.Curves;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.Subject;
import refrain.probe.IclIndices;
import refrain.stats.LeastSquares;
import refrain.train.Formation;

/**
 * The derivative of the loss by the logarithm of the token index over training: least squares over
 * the indices that the ICL score spans, so that it reads the whole curve where the score reads its
 * ends.
 */
final class IndexSlope {
  static final Declarations ALL =
      new Declarations("Olsson et al. 2022, Argument 1, d loss / d ln(context index)");

  private static final String FORMULA =
      "least-squares slope of loss.byIndex against ln(t + 1) from the early to the late indices of"
          + " the ICL score, ";
  private static final SeriesQuantity STEPS = ALL.axis("index.slope.steps", "of each probe");
  private static final SeriesQuantity SLOPES =
      ALL.series("index.slope", "slope by log token index", "nats").is(FORMULA + "at each probe");
  private static final Quantity BEFORE =
      ALL.nats("index.slope.before", "slope by log token index before")
          .is(FORMULA + "before heads formed");
  private static final Quantity AFTER =
      ALL.nats("index.slope.after", "slope by log token index at the end")
          .is(FORMULA + "at the last probe");

  private IndexSlope() {}

  static Findings of(Subject run) {
    Curves curves = run.curves();
    IclIndices indices = run.iclIndices();
    double[] slopes = new double[curves.steps().length];
    for (int i = 0; i < slopes.length; i++) {
      double[] byIndex = curves.lossByIndex()[i];
      slopes[i] = byIndex.length == 0 ? Double.NaN : slope(byIndex, indices);
    }
    return new Findings()
        .put(STEPS, curves.stepAxis())
        .put(SLOPES, slopes)
        .put(BEFORE, slopes[curves.before(Formation.DEFAULT, run.spec().steps())])
        .put(AFTER, slopes[curves.last()]);
  }

  /** Over the indices of an ICL score, both windows included; nats per unit of ln(t + 1). */
  static double slope(double[] byIndex, IclIndices indices) {
    int from = indices.first(indices.early(), byIndex.length);
    int to = indices.first(indices.late(), byIndex.length) + 2 * indices.halfWidth();
    double[] x = new double[to - from + 1];
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.log(from + i + 1);
      y[i] = byIndex[from + i];
    }
    return LeastSquares.slope(x, y, 0, x.length);
  }
}
