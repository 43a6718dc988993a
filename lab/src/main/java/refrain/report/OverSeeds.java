package refrain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import refrain.draw.Table;
import refrain.draw.chart.DotPlot;
import refrain.draw.chart.Series;
import refrain.stats.Bootstrap;
import refrain.stats.Interval;

/**
 * The mean of a number over seeds with its 95 % BCa interval, for figures.
 *
 * @param mean NaN where no run has it
 * @param lo NaN with fewer than three runs
 * @param hi NaN with fewer than three runs
 * @param points single runs
 */
record OverSeeds(double mean, double lo, double hi, List<Double> points) {
  private static final int FEWEST = 3;
  private static final int DRAWS = 2000;

  /** Of the finite ones among some values. */
  static OverSeeds of(double[] values) {
    double[] finite = Arrays.stream(values).filter(Double::isFinite).toArray();
    double mean = Arrays.stream(finite).average().orElse(Double.NaN);
    List<Double> points = Arrays.stream(finite).boxed().toList();
    boolean alike = Arrays.stream(finite).allMatch(v -> v == finite[0]);
    if (finite.length < FEWEST || alike) {
      return new OverSeeds(mean, Double.NaN, Double.NaN, points);
    }
    Interval interval =
        Bootstrap.of(finite, v -> Arrays.stream(v).average().orElseThrow(), DRAWS, 1).bca(0.95);
    return new OverSeeds(mean, interval.low(), interval.high(), points);
  }

  /** A row of a dot plot. */
  DotPlot.Row row(String label, int slot) {
    return Double.isNaN(mean)
        ? DotPlot.Row.none(label, slot, "not measured")
        : DotPlot.Row.of(label, slot, mean, lo, hi).withPoints(points);
  }

  /** A cell of a table. */
  Table.Cell cell(int decimals) {
    return new Table.Interval(mean, lo, hi, decimals);
  }

  /** The mean curve of several seeds with the band of its intervals, point by point. */
  static Series curve(String label, int slot, double[] x, List<double[]> seeds) {
    double[] mean = new double[x.length];
    double[] lo = new double[x.length];
    double[] hi = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      List<Double> column = new ArrayList<>();
      for (double[] seed : seeds) {
        column.add(seed[i]);
      }
      OverSeeds at = of(column.stream().mapToDouble(Double::doubleValue).toArray());
      mean[i] = at.mean;
      lo[i] = Double.isNaN(at.lo) ? at.mean : at.lo;
      hi[i] = Double.isNaN(at.hi) ? at.mean : at.hi;
    }
    return Series.line(label, slot, x, mean).withBand(x, lo, hi);
  }
}
