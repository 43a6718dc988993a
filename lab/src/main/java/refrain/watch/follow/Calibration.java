package refrain.watch.follow;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import refrain.stats.Interval;
import refrain.stats.Poisson;
import refrain.watch.EventKind;
import refrain.watch.Standing;
import refrain.watch.log.LogSource;

/**
 * The rate of alarms on old runs in which nothing is known to have changed: what a threshold costs
 * here, and not on the logs of others.
 */
public final class Calibration {
  private static final double LEVEL = 0.95;
  private static final double PER = 1e5;

  private Calibration() {}

  /**
   * What a threshold made of the runs.
   *
   * @param threshold A
   * @param watched observations at which something could have been suspected
   * @param suspected of them
   * @param suspectedPer per 1e5 observations, with its Poisson interval
   * @param confirmed of those suspected
   * @param confirmedPer the same
   * @param harm alarms of harm
   * @param over share of windows of 200 observations in which the assumption does not hold
   * @param alarms what was suspected or confirmed, in the order found
   */
  public record Row(
      double threshold,
      long watched,
      long suspected,
      Interval suspectedPer,
      long confirmed,
      Interval confirmedPer,
      long harm,
      double over,
      List<WatchEvent> alarms) {}

  /**
   * Watches runs as if they went on now.
   *
   * @param runs opened anew for each threshold
   */
  public static List<Row> of(
      Supplier<List<LogSource>> runs, WatchOptions options, List<Double> thresholds) {
    return thresholds.stream().map(threshold -> row(runs.get(), options, threshold)).toList();
  }

  private static Row row(List<LogSource> runs, WatchOptions options, double threshold) {
    WatchOptions at =
        new WatchOptions(
            options.metrics(),
            options.step(),
            options.rate(),
            options.detector().withThreshold(threshold));
    List<WatchEvent> all = new ArrayList<>();
    long watched = 0;
    long windows = 0;
    long over = 0;
    for (LogSource source : runs) {
      RunWatch run = new RunWatch(source, at, all::add);
      run.poll();
      run.end();
      watched += run.watched();
      for (SeriesView series : run.view().series()) {
        Standing standing = series.standing();
        windows += standing == null ? 0 : standing.windows();
        over += standing == null ? 0 : standing.over();
      }
    }
    long suspected = count(all, EventKind.SUSPECTED);
    long confirmed = count(all, EventKind.CONFIRMED);
    return new Row(
        threshold,
        watched,
        suspected,
        per(suspected, watched),
        confirmed,
        per(confirmed, watched),
        count(all, EventKind.HARM),
        windows == 0 ? Double.NaN : (double) over / windows,
        all.stream()
            .filter(e -> e.kind() == EventKind.SUSPECTED || e.kind() == EventKind.CONFIRMED)
            .toList());
  }

  private static long count(List<WatchEvent> events, EventKind kind) {
    return events.stream().filter(event -> event.kind() == kind).count();
  }

  private static Interval per(long count, long watched) {
    return Poisson.mean(count, LEVEL).times(watched == 0 ? Double.NaN : PER / watched);
  }
}
