package refrain.analysis;

import java.util.List;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;

/**
 * The bump seen in a run's own loss, without a control. d loss / d ln tokens of a convex curve only
 * rises; where it falls below its own highest value so far, the loss bends the wrong way. The bump
 * is where it falls most. The warm-up is left out: there every curve steepens.
 */
final class LossBend {
  /** Slopes are least squares over the probes within this factor of the tokens. */
  private static final double FACTOR = 1.25;

  private LossBend() {}

  static List<Definition> definitions() {
    return List.of(
        define("bend.step", "step at which the loss is steepest", "steps", "where bend.fall is"),
        define("bend.slope", "slope of the loss there", "nats", "d loss / d ln tokens there"),
        define(
            "bend.before",
            "flattest slope before",
            "nats",
            "highest d loss / d ln tokens between the warm-up and bend.step"),
        define(
            "bend.fall",
            "how far the loss bends the wrong way",
            "nats",
            "the least, over probes after the warm-up, of d loss / d ln tokens minus its highest"
                + " value so far; 0 for a convex curve"),
        define(
            "bend.elsewhere",
            "the same outside of the change",
            "nats",
            "bend.fall over the probes before date.icl.onset / 1.25 and over those after"
                + " 1.25 date.icl.end, the lower"));
  }

  private static Definition define(String key, String title, String unit, String formula) {
    return new Definition(
        key,
        title,
        unit,
        Better.NEITHER,
        formula,
        "Olsson et al. 2022, Argument 1, the only non-convex place; the appendix on the order of"
            + " models, d loss / d ln(elapsed tokens)");
  }

  /**
   * @param out holds the date of the ICL score already
   */
  static void report(Subject run, Findings out) {
    Curves curves = run.curves();
    double[] steps = curves.stepAxis();
    double[] slopes = slopes(steps, curves.loss());
    out.put("bend.steps", steps).put("bend.slopes", slopes);
    int from = first(steps, run.spec().optimizer().warmup());
    Fall fall = fall(slopes, from, slopes.length);
    boolean found = fall.at() >= 0;
    double onset = out.value("date.icl.onset");
    double end = out.value("date.icl.end");
    double before = fall(slopes, from, first(steps, onset / FACTOR)).depth();
    double after = fall(slopes, first(steps, end * FACTOR), slopes.length).depth();
    out.put("bend.step", found ? steps[fall.at()] : Double.NaN)
        .put("bend.slope", found ? slopes[fall.at()] : Double.NaN)
        .put("bend.before", found ? slopes[fall.at()] - fall.depth() : Double.NaN)
        .put("bend.fall", fall.depth())
        .put("bend.elsewhere", Double.isNaN(onset) ? Double.NaN : Math.min(before, after));
  }

  /** d y / d ln x by least squares over the x within a factor; NaN at x = 0. */
  static double[] slopes(double[] x, double[] y) {
    double[] logs = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      logs[i] = Math.log(x[i]);
    }
    double[] slopes = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int from = i;
      int to = i + 1;
      while (from > 0 && x[from - 1] > 0 && (from == i || x[from - 1] >= x[i] / FACTOR)) {
        from--;
      }
      while (to < x.length && (to == i + 1 || x[to] <= x[i] * FACTOR)) {
        to++;
      }
      slopes[i] = x[i] > 0 && to - from > 1 ? LeastSquares.slope(logs, y, from, to) : Double.NaN;
    }
    return slopes;
  }

  /** The first index whose step is at least this; the length where there is none or it is NaN. */
  private static int first(double[] steps, double at) {
    int index = 0;
    while (index < steps.length && !(steps[index] >= at)) {
      index++;
    }
    return index;
  }

  /**
   * @param at index, -1 for none
   * @param depth 0 or less
   */
  record Fall(int at, double depth) {}

  /** Where slopes lie furthest below their highest value so far, in [from, to). */
  static Fall fall(double[] slopes, int from, int to) {
    double highest = Double.NEGATIVE_INFINITY;
    Fall found = new Fall(-1, 0);
    for (int i = from; i < to; i++) {
      highest = Math.max(highest, slopes[i]);
      double depth = slopes[i] - highest;
      if (depth < found.depth()) {
        found = new Fall(i, depth);
      }
    }
    return found;
  }
}
