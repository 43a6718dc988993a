package refrain.watch.follow;

import java.util.ArrayList;
import java.util.List;
import refrain.stats.Interval;
import refrain.stats.Poisson;
import refrain.watch.EventKind;
import refrain.watch.Standing;
import refrain.watch.log.LogCounts;
import refrain.watch.log.LogRow;
import refrain.watch.log.LogSource;
import refrain.watch.log.RowSink;

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
   * Watches runs as if they went on now, at all thresholds side by side.
   *
   * @param runs each is read once
   */
  public static List<Row> of(List<LogSource> runs, WatchOptions options, List<Double> thresholds) {
    List<Tally> tallies = thresholds.stream().map(Tally::new).toList();
    for (LogSource source : runs) {
      List<RunWatch> watches =
          tallies.stream().map(tally -> tally.watch(new Told(source), options)).toList();
      RowSink all = all(watches);
      source.poll(all);
      source.end(all);
      for (int i = 0; i < watches.size(); i++) {
        tallies.get(i).end(watches.get(i));
      }
    }
    return tallies.stream().map(Tally::row).toList();
  }

  private static RowSink all(List<RunWatch> watches) {
    return new RowSink() {
      @Override
      public void row(LogRow row) {
        watches.forEach(watch -> watch.row(row));
      }

      @Override
      public void begunAgain(String why) {
        watches.forEach(watch -> watch.begunAgain(why));
      }
    };
  }

  /** A log that somebody else reads: its rows are told, and need no asking for. */
  private record Told(LogSource log) implements LogSource {
    @Override
    public String name() {
      return log.name();
    }

    @Override
    public String found() {
      return log.found();
    }

    @Override
    public boolean poll(RowSink sink) {
      return false;
    }

    @Override
    public void end(RowSink sink) {}

    @Override
    public LogCounts counts() {
      return log.counts();
    }
  }

  /** What one threshold has made of the runs so far. */
  private static final class Tally {
    private final double threshold;
    private final List<WatchEvent> all = new ArrayList<>();
    private long watched;
    private long windows;
    private long over;

    Tally(double threshold) {
      this.threshold = threshold;
    }

    RunWatch watch(LogSource source, WatchOptions options) {
      WatchOptions at =
          new WatchOptions(
              options.metrics(),
              options.step(),
              options.rate(),
              options.detector().withThreshold(threshold));
      return new RunWatch(source, at, all::add);
    }

    void end(RunWatch run) {
      run.end();
      watched += run.watched();
      for (SeriesView series : run.view().series()) {
        Standing standing = series.standing();
        windows += standing == null ? 0 : standing.windows();
        over += standing == null ? 0 : standing.over();
      }
    }

    Row row() {
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
  }

  private static long count(List<WatchEvent> events, EventKind kind) {
    return events.stream().filter(event -> event.kind() == kind).count();
  }

  private static Interval per(long count, long watched) {
    return Poisson.mean(count, LEVEL).times(watched == 0 ? Double.NaN : PER / watched);
  }
}
