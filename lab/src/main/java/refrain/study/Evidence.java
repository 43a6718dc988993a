package refrain.study;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.stats.Inference;
import refrain.stats.Interval;

/**
 * What the runs say about one test before it is known at which level it is judged.
 *
 * @param bar that it is held against
 * @param inference null: too few runs for any
 * @param n seeds or runs with a value
 * @param missing those without
 * @param values a seed or a run
 * @param everyOne whether all of them need a value
 */
record Evidence(
    Bar bar,
    @Nullable Inference inference,
    int n,
    int missing,
    List<Double> values,
    boolean everyOne) {
  /** Runs may be without a value up to this share of all; beyond it there is no estimate. */
  private static final double MOST_MISSING = 0.25;

  static final double USUAL = 0.05;

  private static Interval none(double alpha) {
    return new Interval(Double.NaN, Double.NaN, Double.NaN, 1 - alpha);
  }

  int all() {
    return n + missing;
  }

  /** Whether too many runs ended without a value. */
  boolean hasNoValue() {
    return missing > (everyOne ? 0 : MOST_MISSING * all());
  }

  double p() {
    return inference == null || hasNoValue() ? 1 : bar.p(inference);
  }

  Lies lies(double alpha) {
    if (inference == null) {
      return Lies.ACROSS;
    }
    Interval i = inference.interval(1 - alpha);
    Lies lies =
        inference instanceof EverySeed seeds ? seeds.lies(alpha) : bar.lies(i.low(), i.high());
    return lies == Lies.INSIDE && hasNoValue() ? Lies.ACROSS : lies;
  }

  /** Whether the interval lies wholly out of a region. */
  boolean excludes(Bar region, double alpha) {
    Inference known = requireNonNull(inference);
    if (known instanceof EverySeed seeds) {
      return seeds.against(region).lies(alpha) == Lies.OUTSIDE;
    }
    Interval i = known.interval(1 - alpha);
    return region.lies(i.low(), i.high()) == Lies.OUTSIDE;
  }

  Estimate at(double alpha) {
    boolean exact = inference instanceof EverySeed seeds && seeds.exact();
    return new Estimate(
        inference == null ? none(alpha) : inference.interval(1 - alpha),
        inference == null ? none(USUAL) : inference.interval(1 - USUAL),
        p(),
        n,
        missing,
        values,
        exact);
  }
}
