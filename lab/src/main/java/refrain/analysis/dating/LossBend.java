package refrain.analysis.dating;

import java.util.Arrays;
import java.util.stream.IntStream;
import refrain.analysis.Curves;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.Subject;
import refrain.stats.LeastSquares;

/**
 * The bump seen in a run's own loss, without a control. d loss / d ln tokens of a convex curve only
 * rises; where it falls below its own highest value so far, the loss bends the wrong way. The bump
 * is where it falls most. The warm-up is left out: there every curve steepens.
 */
final class LossBend {
  static final Declarations ALL =
      new Declarations(
          "Olsson et al. 2022, Argument 1, the only non-convex place; the appendix on the order of"
              + " models, d loss / d ln(elapsed tokens)");

  private static final Quantity STEP =
      ALL.steps("bend.step", "step at which the loss is steepest").is("where bend.fall is");
  private static final Quantity SLOPE =
      ALL.nats("bend.slope", "slope of the loss where it is steepest")
          .is("d loss / d ln tokens at bend.step");
  private static final Quantity BEFORE =
      ALL.nats("bend.before", "flattest slope of the loss before it is steepest")
          .is("highest d loss / d ln tokens between the warm-up and bend.step");
  private static final Quantity FALL =
      ALL.nats("bend.fall", "how far the loss bends the wrong way")
          .is(
              "the least, over probes after the warm-up, of d loss / d ln tokens minus its"
                  + " highest value so far; 0 for a convex curve");
  private static final Quantity ELSEWHERE =
      ALL.nats("bend.elsewhere", "how far the loss bends the wrong way outside of the change")
          .is(
              "bend.fall over the probes before date.icl.onset / 1.25 and over those after"
                  + " 1.25 date.icl.end, the lower");

  private static final SeriesQuantity STEPS = ALL.axis("bend.steps", "of each probe");
  private static final SeriesQuantity SLOPES =
      ALL.series("bend.slopes", "slope of the loss", "nats")
          .is("d loss / d ln tokens: least squares over the probes within 1.25 times the tokens");

  /** Slopes are least squares over the probes within this factor of the tokens. */
  private static final double FACTOR = 1.25;

  private LossBend() {}

  /**
   * @param dates those of the ICL score
   */
  static Findings of(Subject run, Findings dates) {
    Curves curves = run.curves();
    double[] steps = curves.stepAxis();
    double[] slopes = slopes(steps, curves.loss());
    Findings out = new Findings().put(STEPS, steps).put(SLOPES, slopes);
    int from = first(steps, run.spec().optimizer().warmup());
    Fall fall = fall(slopes, from, slopes.length);
    boolean found = fall.at() >= 0;
    double onset = dates.value(ChangeDates.ICL_ONSET);
    double end = dates.value(ChangeDates.ICL_END);
    double before = fall(slopes, from, first(steps, onset / FACTOR)).depth();
    double after = fall(slopes, first(steps, end * FACTOR), slopes.length).depth();
    return out.put(STEP, found ? steps[fall.at()] : Double.NaN)
        .put(SLOPE, found ? slopes[fall.at()] : Double.NaN)
        .put(BEFORE, found ? slopes[fall.at()] - fall.depth() : Double.NaN)
        .put(FALL, fall.depth())
        .put(ELSEWHERE, Double.isNaN(onset) ? Double.NaN : Math.min(before, after));
  }

  /** d y / d ln x by least squares over the x within a factor; NaN at x = 0. */
  static double[] slopes(double[] x, double[] y) {
    double[] logs = Arrays.stream(x).map(Math::log).toArray();
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
    return IntStream.range(0, steps.length)
        .filter(i -> steps[i] >= at)
        .findFirst()
        .orElse(steps.length);
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
