package refrain.analysis;

import java.util.List;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;
import refrain.probe.IclIndices;
import refrain.train.Formation;

/**
 * The derivative of the loss by the logarithm of the token index over training: least squares over
 * the indices that the ICL score spans, so that it reads the whole curve where the score reads its
 * ends.
 */
final class IndexSlope {
  private IndexSlope() {}

  static List<Definition> definitions() {
    return List.of(
        define("index.slope.before", "slope by log token index before", "before heads formed"),
        define("index.slope.after", "slope by log token index at the end", "at the last probe"));
  }

  private static Definition define(String key, String title, String when) {
    return new Definition(
        key,
        title,
        "nats",
        Better.LOWER,
        "least-squares slope of loss.byIndex against ln(t + 1) from the early to the late indices"
            + " of the ICL score, "
            + when,
        "Olsson et al. 2022, Argument 1, d loss / d ln(context index)");
  }

  static void report(Subject run, Findings out) {
    Curves curves = run.curves();
    IclIndices indices = run.iclIndices();
    double[] slopes = new double[curves.steps().length];
    for (int i = 0; i < slopes.length; i++) {
      double[] byIndex = curves.lossByIndex()[i];
      slopes[i] = byIndex.length == 0 ? Double.NaN : slope(byIndex, indices);
    }
    out.put("index.slope.steps", curves.stepAxis()).put("index.slope", slopes);
    out.put("index.slope.before", slopes[curves.before(Formation.DEFAULT, run.spec().steps())])
        .put("index.slope.after", slopes[curves.last()]);
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
