package refrain.report;

import java.util.Arrays;
import java.util.List;
import refrain.stats.Interval;
import refrain.study.Judge;

/**
 * Numbers of runs as figures show them: the mean with the interval by which the {@link Judge} would
 * rule, and the runs themselves.
 *
 * @param mean NaN where no run has one
 * @param low lower end of the 95 % interval, NaN with fewer than three runs
 * @param high upper end
 * @param points runs that have a number
 * @param all how many runs there are
 */
record Samples(double mean, double low, double high, List<Double> points, int all) {
  private static final int FEWEST = 3;

  Samples {
    points = List.copyOf(points);
  }

  static Samples of(double[] values) {
    double[] finite = Arrays.stream(values).filter(Double::isFinite).toArray();
    List<Double> points = Arrays.stream(finite).boxed().toList();
    double mean = Arrays.stream(finite).average().orElse(Double.NaN);
    if (finite.length < FEWEST) {
      return new Samples(mean, Double.NaN, Double.NaN, points, values.length);
    }
    Interval interval = Judge.mean(finite, 0.95);
    return new Samples(mean, interval.low(), interval.high(), points, values.length);
  }

  double least() {
    return points.stream().mapToDouble(x -> x).min().orElse(Double.NaN);
  }

  double largest() {
    return points.stream().mapToDouble(x -> x).max().orElse(Double.NaN);
  }
}
