package refrain.watch.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.stats.Interval;
import refrain.stats.Poisson;
import refrain.store.MetricsLog;
import refrain.store.MetricsRow;
import refrain.watch.Direction;
import refrain.watch.EventKind;
import refrain.watch.Residuals;
import refrain.watch.Transform;
import refrain.watch.bench.MadeLog.Change;
import refrain.watch.bench.MadeLog.Row;
import refrain.watch.follow.RunWatch;
import refrain.watch.follow.WatchEvent;
import refrain.watch.follow.WatchOptions;
import refrain.watch.log.LogPlaces;

/**
 * The watch and the methods of others on the same logs: how often each is wrong where nothing
 * changes, how often it finds a change, how late, and how well it dates it. The others run at their
 * usual thresholds and at such ones that they raise at most one alarm on the logs without a change
 * that are no test, and whose learning rate is steady: of it they know nothing; on the curve itself
 * and on the residuals that the watch sees.
 */
public final class WatchBench {
  private static final double LEVEL = 0.95;
  private static final double PER = 1e5;
  private static final int BLIND = 60;

  /** Rows after the end of a change within which it counts as found. */
  private static final double LATE = 60;

  private static final double CONFIRMED_LATE = 120;
  private static final int LARGEST = 60;

  /**
   * How a method did.
   *
   * @param method with its input and its threshold
   * @param steady false alarms per 1e5 observations of made logs without a change, at a learning
   *     rate that does not change, with their Poisson interval
   * @param planned the same where the learning rate changes
   * @param runs the same on runs; null where there were none
   * @param found changes
   * @param changes there were
   * @param delay from the middle of a change to its alarm, rows, median; negative: before
   * @param late the same, ninth decile
   * @param error of its date, rows, median
   * @param coverage of the date's interval; NaN where it has none
   */
  public record Result(
      String method,
      Interval steady,
      Interval planned,
      @Nullable Interval runs,
      int found,
      int changes,
      double delay,
      double late,
      double error,
      double coverage) {}

  private record Alarm(double step, double date, double low, double high) {
    static Alarm at(double step) {
      return new Alarm(step, step, Double.NaN, Double.NaN);
    }
  }

  private record Method(String name, double late, Function<MadeLog, List<Alarm>> alarms) {}

  private final List<MadeLog> made;
  private final List<MadeLog> runs;
  private final List<MadeLog> calibration;

  /** What the watch finds in each log, which several methods ask for. */
  private final Map<MadeLog, List<WatchEvent>> watched = new IdentityHashMap<>();

  private WatchBench(List<MadeLog> made, List<MadeLog> runs, List<MadeLog> calibration) {
    this.made = made;
    this.runs = runs;
    this.calibration = calibration;
  }

  /**
   * Measures.
   *
   * @param seeds of each kind of made log
   * @param first the first of them; from {@link Family#HELD_OUT} on nobody has looked at any
   * @param nulls folders of runs of refrain in which nothing forms
   */
  public static List<Result> run(int seeds, long first, List<Path> nulls) {
    return of(seeds, first, nulls).results();
  }

  /**
   * Measures on logs of others: the same thresholds, and what a person said of the logs.
   *
   * @param windows a table of log, metric, better, from and to, as {@link GivenLog} reads it
   */
  public static List<Result> onLogs(int seeds, Path windows) {
    WatchBench made = of(seeds, 0, List.of());
    List<GivenLog> given = GivenLog.of(windows);
    WatchBench bench =
        new WatchBench(given.stream().map(GivenLog::log).toList(), List.of(), made.calibration);
    given.forEach(each -> bench.watched.put(each.log(), each.events()));
    return bench.results();
  }

  /** The watch without the methods of others, on made logs. */
  static List<Result> watchAlone(int seeds) {
    return of(seeds, 0, List.of()).watch();
  }

  private static WatchBench of(int seeds, long first, List<Path> nulls) {
    List<MadeLog> test = new ArrayList<>();
    List<MadeLog> calibration = new ArrayList<>();
    for (Family family : Family.values()) {
      // Thresholds of the methods of others come from the same logs in every case.
      LongStream.range(0, seeds)
          .map(seed -> family.test() ? first + seed : seed)
          .forEach(seed -> (family.test() ? test : calibration).add(family.make(seed)));
    }
    List<MadeLog> runs = nulls.stream().flatMap(WatchBench::metrics).toList();
    return new WatchBench(test, runs, calibration);
  }

  /** The evaluation loss and the ICL score of a run. */
  private static Stream<MadeLog> metrics(Path run) {
    List<MetricsRow> rows = MetricsLog.read(run.resolve("metrics.jsonl"));
    return Stream.of("loss", "icl")
        .map(name ->
            new MadeLog(
                run.getFileName() + " " + name,
                Direction.DOWN,
                name.equals("loss") ? Transform.LOG : Transform.IDENTITY,
                rows.stream()
                    .filter(row -> row.values().containsKey(name))
                    .map(row -> new Row(row.step(), row.value(name), Double.NaN))
                    .toList(),
                List.of()));
  }

  private List<Result> watch() {
    return List.of(
        result(new Method("watch, suspected", LATE, log -> ours(log, EventKind.SUSPECTED))),
        result(
            new Method("watch, confirmed", CONFIRMED_LATE, log -> ours(log, EventKind.CONFIRMED))));
  }

  private List<Result> results() {
    List<Result> results = new ArrayList<>(watch());
    for (Baseline baseline : Baseline.values()) {
      boolean ofRaw =
          baseline == Baseline.TWICE_THE_MEAN || baseline == Baseline.LAST_10_AGAINST_50;
      for (boolean residuals : ofRaw ? new boolean[] {false} : new boolean[] {false, true}) {
        String input = ofRaw ? "" : residuals ? ", residuals" : ", curve";
        results.add(result(method(baseline, baseline.usual(), residuals, input + ", usual")));
        double calibrated = calibrated(baseline, residuals);
        results.add(
            result(
                method(
                    baseline, calibrated, residuals, input + ", calibrated " + shown(calibrated))));
      }
    }
    results.add(result(pelt(3, ", BIC")));
    double penalties = 3;
    while (alarms(calibration, pelt(penalties, "")) > 1 && penalties < 1e6) {
      penalties *= 2;
    }
    results.add(result(pelt(penalties, ", calibrated " + shown(penalties))));
    return results;
  }

  private static String shown(double threshold) {
    return String.format(Locale.ROOT, "%.3g", threshold);
  }

  private double calibrated(Baseline baseline, boolean residuals) {
    double threshold = baseline.usual();
    for (int i = 0; i < LARGEST && baseline != Baseline.BOCPD; i++) {
      threshold /= baseline.larger(1);
    }
    for (int i = 0; i < 2 * LARGEST; i++) {
      if (alarms(calibration, method(baseline, threshold, residuals, "")) <= 1) {
        return threshold;
      }
      threshold = baseline.larger(threshold);
    }
    return threshold;
  }

  private static long alarms(List<MadeLog> logs, Method method) {
    long alarms = 0;
    for (MadeLog log : logs) {
      alarms += method.alarms.apply(log).size();
      if (alarms > 1) {
        return alarms; // more than is allowed, however many
      }
    }
    return alarms;
  }

  private static Method method(
      Baseline baseline, double threshold, boolean residuals, String said) {
    return new Method(
        baseline.text() + said,
        LATE,
        log -> {
          Baseline.Follower follower = baseline.follow(threshold);
          Residuals of = new Residuals(log.better(), log.transform());
          List<Alarm> found = new ArrayList<>();
          for (Row row : log.clean()) {
            double y =
                residuals
                    ? of.add(row.step(), row.value())
                    : log.better().sign() * log.transform().apply(row.value());
            if (!Double.isNaN(y) && follower.add(y, row.value())) {
              found.add(Alarm.at(row.step()));
            }
          }
          return found;
        });
  }

  private static Method pelt(double penalties, String said) {
    return new Method(
        "PELT" + said,
        LATE,
        log -> {
          List<Row> rows = log.clean();
          double[] y =
              rows.stream()
                  .mapToDouble(row -> log.better().sign() * log.transform().apply(row.value()))
                  .toArray();
          return Pelt.improvements(y, penalties).stream()
              .map(at -> Alarm.at(rows.get(at).step()))
              .toList();
        });
  }

  private List<Alarm> ours(MadeLog log, EventKind kind) {
    return watched.computeIfAbsent(log, WatchBench::events).stream()
        .filter(event -> event.kind() == kind)
        .map(WatchEvent::finding)
        .map(f -> new Alarm(f.step(), f.tau(), f.low(), f.high()))
        .toList();
  }

  /** Through the readers, as anybody's log. */
  private static List<WatchEvent> events(MadeLog log) {
    List<WatchEvent> events = new ArrayList<>();
    try {
      Path file = Files.createTempFile("refrain-made", ".jsonl");
      try {
        Files.writeString(file, log.json());
        RunWatch watch =
            new RunWatch(LogPlaces.find(file, null).getFirst(), WatchOptions.DEFAULT, events::add);
        watch.poll();
        watch.end();
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw RefrainException.disk("a made log cannot be written: " + e.getMessage(), e);
    }
    return events;
  }

  private Result result(Method method) {
    Count steady = new Count();
    Count planned = new Count();
    int changes = 0;
    List<Double> delays = new ArrayList<>();
    List<Double> errors = new ArrayList<>();
    int intervals = 0;
    int covered = 0;
    for (MadeLog log : made) {
      List<Alarm> found = method.alarms.apply(log);
      if (log.changes().isEmpty()) {
        boolean changing = log.rows().stream().mapToDouble(Row::rate).distinct().count() > 1;
        (changing ? planned : steady).add(log, found.size());
      }
      double row = log.cadence();
      for (Change change : log.changes()) {
        changes++;
        Alarm first =
            found.stream()
                .filter(a -> a.step >= change.onset() && a.step <= change.end() + method.late * row)
                .findFirst()
                .orElse(null);
        if (first != null) {
          delays.add((first.step - change.middle()) / row);
          errors.add(Math.abs(first.date - change.middle()) / row);
          intervals += Double.isNaN(first.low) ? 0 : 1;
          covered += first.low <= change.middle() && change.middle() <= first.high ? 1 : 0;
        }
      }
    }
    Count onRuns = new Count();
    runs.forEach(log -> onRuns.add(log, method.alarms.apply(log).size()));
    return new Result(
        method.name,
        steady.per(),
        planned.per(),
        runs.isEmpty() ? null : onRuns.per(),
        delays.size(),
        changes,
        quantile(delays, 0.5),
        quantile(delays, 0.9),
        quantile(errors, 0.5),
        intervals == 0 ? Double.NaN : (double) covered / intervals);
  }

  /** Alarms where none should be. */
  private static final class Count {
    private long observations;
    private long alarms;

    void add(MadeLog log, long more) {
      observations += Math.max(0, log.clean().size() - BLIND);
      alarms += more;
    }

    Interval per() {
      return Poisson.mean(alarms, LEVEL).times(PER / observations);
    }
  }

  private static double quantile(List<Double> values, double share) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted.length == 0
        ? Double.NaN
        : sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }
}
