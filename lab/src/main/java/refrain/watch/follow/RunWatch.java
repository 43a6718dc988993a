package refrain.watch.follow;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import refrain.base.Names;
import refrain.base.RefrainException;
import refrain.watch.Detector;
import refrain.watch.DetectorSettings;
import refrain.watch.EventKind;
import refrain.watch.Finding;
import refrain.watch.Transform;
import refrain.watch.log.ColumnNames;
import refrain.watch.log.LogCounts;
import refrain.watch.log.LogRow;
import refrain.watch.log.LogSource;
import refrain.watch.log.RowSink;

/**
 * A run under watch: rows in, events out. The first {@value Axis#DECIDING} rows are kept until they
 * say which column is the step; metrics are taken up as they first appear. What comes out depends
 * on the rows alone and not on when they come.
 */
public final class RunWatch implements RowSink {
  /** More metrics than this are listed and not watched, unless asked for by name. */
  public static final int MOST = 8;

  private static final int MOST_UNWATCHED = 200;
  private static final int MOST_COLUMNS = 8192;

  private final LogSource source;
  private final WatchOptions options;
  private final Consumer<WatchEvent> out;
  private final Tap tap;
  private final Stall stall = new Stall();

  private final List<LogRow> opening = new ArrayList<>();
  private @Nullable Axis axis;
  private final Map<String, Role> roles = new LinkedHashMap<>();
  private final Set<String> unwatched = new LinkedHashSet<>();
  private final List<Series> watched = new ArrayList<>();
  private boolean byName;
  private double rate = Double.NaN;
  private boolean rateKnown;
  private int attempt = 1;
  private int restarts;
  private int stalls;
  private long rows;
  private long stepless;
  private double step = Double.NaN;

  /** What a column is: nothing, the learning rate, or a series. */
  private record Role(boolean isRate, @Nullable Series series) {
    static final Role NONE = new Role(false, null);
  }

  /**
   * Begins to watch a log.
   *
   * @param out told of each event as soon as the row that shows it was read
   */
  public RunWatch(LogSource source, WatchOptions options, Consumer<WatchEvent> out) {
    this(source, options, out, (metric, step, value, rate) -> {});
  }

  /** The same, and tells the values of what is watched as they are read. */
  public RunWatch(LogSource source, WatchOptions options, Consumer<WatchEvent> out, Tap tap) {
    this.source = source;
    this.options = options;
    this.out = out;
    this.tap = tap;
  }

  /** Hears the values of metrics, with the learning rate then; NaN where it is not known. */
  @FunctionalInterface
  public interface Tap {
    void value(String metric, double step, double value, double rate);
  }

  /** Reads what is new in the log; whether there was anything. */
  public boolean poll() {
    return source.poll(this);
  }

  /**
   * Tells that no more rows come: what is held back is read, blind parts are told.
   *
   * @throws RefrainException of kind BAD_FILE where nothing of the log could be used, of kind
   *     BAD_INPUT where a metric that was asked for is not in it
   */
  public void end() {
    source.end(this);
    if (axis == null && !opening.isEmpty()) {
      decide();
    }
    LogCounts counts = source.counts();
    if (rows == 0) {
      throw RefrainException.badFile(
          "%s: no row of numbers was found (%s, %d bytes%s); say --pattern for lines of another"
              + " form",
          source.name(),
          source.found(),
          counts.bytes(),
          counts.firstDropped() == null ? "" : "; " + counts.firstDropped());
    }
    if (stepless == rows) {
      throw RefrainException.badInput(
          "%s: no row has a finite step above -%.0f; count rows instead (--step rows)",
          source.name(), Detector.T0);
    }
    for (Metric asked : options.metrics()) {
      if (watched.stream().noneMatch(series -> series.metric().name().equals(asked.name()))) {
        throw RefrainException.badInput(
            "%s: %s",
            source.name(), Names.unknown("", asked.name(), new TreeSet<>(roles.keySet())));
      }
    }
    watched.forEach(Series::end);
  }

  @Override
  public void row(LogRow row) {
    if (axis == null) {
      opening.add(row.copy());
      if (opening.size() == Axis.DECIDING) {
        decide();
      }
    } else {
      take(row);
    }
  }

  @Override
  public void begunAgain(String why) {
    if (axis != null) {
      axis.begunAgain();
    }
  }

  private void decide() {
    axis = Axis.choose(opening, options.step(), source.name());
    Set<String> names = new LinkedHashSet<>();
    for (LogRow row : opening) {
      for (int i = 0; i < row.size(); i++) {
        names.add(row.name(i));
      }
    }
    byName = !options.metrics().isEmpty() || names.stream().anyMatch(n -> usable(n, true));
    if (byName) {
      // Those with the shortest names first: 'loss' says more of a run than 'eval_g3_loss'.
      names.stream()
          .filter(name -> usable(name, true))
          .sorted(Comparator.comparingInt(name -> Metric.words(name).size()))
          .forEach(this::role);
    }
    List<LogRow> held = List.copyOf(opening);
    opening.clear();
    held.forEach(this::take);
  }

  private boolean usable(String name, boolean named) {
    return axis != null
        && !axis.isColumn(name)
        && ColumnNames.axis(name) < 0
        && !isRate(name)
        && (named
            ? Metric.guess(name).isPresent()
            : !ColumnNames.isTime(name) && Metric.possible(name));
  }

  private boolean isRate(String name) {
    return options.rate() == null ? ColumnNames.isRate(name) : name.equals(options.rate());
  }

  private void take(LogRow row) {
    rows++;
    if (!Double.isNaN(row.time())) {
      stalled(stall.row(row.time()));
    }
    Axis known = axis;
    double at = known == null ? Double.NaN : known.step(row);
    if (!Detector.placed(at)) {
      stepless++;
      return;
    }
    step = at;
    // The learning rate first: it may stand behind the metrics of its row.
    for (int i = 0; i < row.size(); i++) {
      if (role(row.name(i)).isRate && Double.isFinite(row.value(i))) {
        rate = row.value(i);
        rateKnown = true;
      }
    }
    for (int i = 0; i < row.size(); i++) {
      Series series = role(row.name(i)).series;
      if (series != null) {
        tap.value(row.name(i), at, row.value(i), rate);
        series.add(at, row.value(i), rate);
      }
    }
  }

  private Role role(String name) {
    Role role = roles.get(name);
    if (role == null) {
      role = newRole(name);
      if (role.isRate || role.series != null || roles.size() < MOST_COLUMNS) {
        roles.put(name, role);
      }
    }
    return role;
  }

  private Role newRole(String name) {
    for (Metric asked : options.metrics()) {
      if (asked.name().equals(name)) {
        return watch(asked);
      }
    }
    if (isRate(name)) {
      return new Role(true, null);
    }
    if (!options.metrics().isEmpty() || !usable(name, byName)) {
      return Role.NONE;
    }
    if (watched.size() >= MOST) {
      if (unwatched.size() < MOST_UNWATCHED) {
        unwatched.add(name);
      }
      return Role.NONE;
    }
    Metric guess = Metric.guess(name).orElse(new Metric(name, null, Transform.IDENTITY));
    return watch(guess);
  }

  private Role watch(Metric metric) {
    DetectorSettings settings = options.detector();
    if (axis != null && axis.coarse()) {
      settings = settings.withBlindSteps(0);
    }
    Series[] self = new Series[1];
    Series series =
        new Series(
            metric,
            settings,
            finding ->
                out.accept(
                    new WatchEvent(source.name(), metric.name(), self[0].attempt(), rows, finding)),
            from -> restarted(self[0].attempt(), from));
    self[0] = series;
    watched.add(series);
    return new Role(false, series);
  }

  /** Each series notices for itself; the run tells it once. */
  private void restarted(int number, double from) {
    if (number > attempt) {
      attempt = number;
      out.accept(
          new WatchEvent(
              source.name(),
              null,
              attempt,
              rows,
              plain(EventKind.RESTART, restarts++, from, Double.NaN)));
    }
  }

  private Finding plain(EventKind kind, int ordinal, double at, double evidence) {
    return new Finding(
        kind,
        ordinal,
        rows,
        at,
        at,
        at,
        at,
        Double.NaN,
        Double.NaN,
        evidence,
        Double.NaN,
        Double.NaN);
  }

  private void stalled(double budget) {
    if (!Double.isNaN(budget)) {
      out.accept(
          new WatchEvent(
              source.name(),
              null,
              attempt,
              rows,
              plain(EventKind.STALLED, stalls++, step, budget)));
    }
  }

  /**
   * Tells the time, so that silence is noticed while it lasts. A log whose rows have times shows
   * the same silence when it is read again; another one does not.
   *
   * @param seconds since 1970
   * @param news whether rows came with the last poll
   */
  public void clock(double seconds, boolean news) {
    stalled(stall.clock(seconds, news));
  }

  /** Observations of all metrics at which something could have been suspected. */
  public long watched() {
    return watched.stream().mapToLong(Series::watched).sum();
  }

  /** What is known of the run for the line that people watch. */
  public record View(
      String name,
      String found,
      String axis,
      LogCounts counts,
      long rows,
      long stepless,
      double step,
      int attempt,
      boolean rateKnown,
      List<SeriesView> series,
      List<String> unwatched) {}

  public View view() {
    return new View(
        source.name(),
        source.found(),
        axis == null ? "not yet known" : axis.text(),
        source.counts(),
        rows,
        stepless,
        step,
        attempt,
        rateKnown,
        watched.stream().map(Series::view).toList(),
        List.copyOf(unwatched));
  }
}
