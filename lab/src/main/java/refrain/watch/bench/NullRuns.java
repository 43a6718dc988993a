package refrain.watch.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import refrain.stats.Interval;
import refrain.stats.Poisson;
import refrain.store.MetricsLog;
import refrain.store.MetricsRow;
import refrain.watch.Direction;
import refrain.watch.EventKind;
import refrain.watch.FormationWatch;
import refrain.watch.Transform;
import refrain.watch.follow.Metric;
import refrain.watch.follow.RunWatch;
import refrain.watch.follow.WatchOptions;
import refrain.watch.log.LogPlaces;

/**
 * Runs of refrain in which nothing forms, watched as they were written: by the method for anybody's
 * log, one metric at a time, by the rule for head measures, and by a fixed bar. Every alarm counts
 * as false.
 */
public final class NullRuns {
  private static final double LEVEL = 0.95;
  private static final double PER = 1e5;

  /** A rule that needs no past. */
  private static final double FIXED = 0.2;

  private static final List<Metric> METRICS =
      List.of(
          new Metric("loss", Direction.DOWN, Transform.LOG),
          new Metric("icl", Direction.DOWN, Transform.IDENTITY),
          new Metric("pm.best", Direction.UP, Transform.IDENTITY));

  private NullRuns() {}

  /**
   * What a rule told of all the runs.
   *
   * @param rule for people
   * @param watched observations at which something could have been suspected
   * @param suspected of them
   * @param runsSuspected runs in which something was
   * @param confirmed of what was suspected
   * @param runsConfirmed runs in which something was
   */
  public record Row(
      String rule,
      long watched,
      int suspected,
      int runsSuspected,
      int confirmed,
      int runsConfirmed) {
    public Interval suspectedPer() {
      return Poisson.mean(suspected, LEVEL).times(PER / watched);
    }

    public Interval confirmedPer() {
      return Poisson.mean(confirmed, LEVEL).times(PER / watched);
    }
  }

  /** The rules, and a line an alarm. */
  public record Found(List<Row> rows, List<String> alarms) {}

  private static final class Tally {
    private final String rule;
    private long watched;
    private final int[] alarms = new int[EventKind.values().length];
    private final int[] runs = new int[EventKind.values().length];

    Tally(String rule) {
      this.rule = rule;
    }

    void add(long observations, List<EventKind> told) {
      watched += observations;
      for (EventKind kind : List.of(EventKind.SUSPECTED, EventKind.CONFIRMED)) {
        int count = (int) told.stream().filter(each -> each == kind).count();
        alarms[kind.ordinal()] += count;
        runs[kind.ordinal()] += Math.min(count, 1);
      }
    }

    Row row() {
      int s = EventKind.SUSPECTED.ordinal();
      int c = EventKind.CONFIRMED.ordinal();
      return new Row(rule, watched, alarms[s], runs[s], alarms[c], runs[c]);
    }
  }

  /**
   * Watches them.
   *
   * @param runs folders of runs that measured loss, ICL score and prefix matching
   */
  public static Found of(List<Path> runs) {
    List<String> alarms = new ArrayList<>();
    List<Tally> tallies = new ArrayList<>();
    METRICS.forEach(metric -> tallies.add(new Tally("any log: " + metric.name())));
    Tally heads = new Tally("head measures");
    Tally fixed = new Tally("best prefix matching of " + FIXED);
    for (Path run : runs) {
      for (int i = 0; i < METRICS.size(); i++) {
        watch(run, METRICS.get(i), tallies.get(i), alarms);
      }
      heads(run, heads, fixed, alarms);
    }
    tallies.add(heads);
    tallies.add(fixed);
    return new Found(tallies.stream().map(Tally::row).toList(), alarms);
  }

  private static void watch(Path run, Metric metric, Tally tally, List<String> alarms) {
    WatchOptions options =
        new WatchOptions(
            List.of(metric),
            WatchOptions.DEFAULT.step(),
            WatchOptions.DEFAULT.rate(),
            WatchOptions.DEFAULT.detector());
    List<EventKind> told = new ArrayList<>();
    RunWatch watch =
        new RunWatch(
            LogPlaces.find(run.resolve("metrics.jsonl"), null).getFirst(),
            options,
            event -> {
              told.add(event.kind());
              note(alarms, run, metric.name(), event.kind(), event.finding().step());
            });
    watch.poll();
    watch.end();
    tally.add(watch.watched(), told);
  }

  private static void heads(Path run, Tally tally, Tally fixed, List<String> alarms) {
    List<EventKind> told = new ArrayList<>();
    FormationWatch watch =
        new FormationWatch(event -> {
          told.add(event.kind());
          note(alarms, run, "head measures", event.kind(), event.now().step());
        });
    long probes = 0;
    List<EventKind> passed = new ArrayList<>();
    for (MetricsRow row : MetricsLog.read(run.resolve("metrics.jsonl"))) {
      Map<String, Double> values = row.values();
      if (values.keySet().containsAll(Arrays.asList("pm.best", "icl", "icl.late"))) {
        probes++;
        if (row.value("pm.best") >= FIXED && passed.isEmpty()) {
          passed.addAll(List.of(EventKind.SUSPECTED, EventKind.CONFIRMED));
          note(alarms, run, fixed.rule, EventKind.CONFIRMED, row.step());
        }
        watch.add(
            new FormationWatch.Probe(
                row.step(), row.value("pm.best"), row.value("icl"), row.value("icl.late")),
            true);
      }
    }
    watch.end();
    tally.add(Math.max(0, probes - FormationWatch.BLIND), told);
    fixed.add(probes, passed);
  }

  private static void note(
      List<String> alarms, Path run, String rule, EventKind kind, double step) {
    if (kind == EventKind.SUSPECTED || kind == EventKind.CONFIRMED) {
      alarms.add(
          String.format(Locale.ROOT, "%s: %s: %s at step %.0f", run, rule, kind.text(), step));
    }
  }
}
