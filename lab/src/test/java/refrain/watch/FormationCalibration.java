package refrain.watch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import refrain.stats.ChangePoint;
import refrain.stats.Dating;
import refrain.stats.DatingSettings;
import refrain.store.MetricsLog;
import refrain.store.MetricsRow;
import refrain.watch.FormationWatch.Event;
import refrain.watch.FormationWatch.Probe;

/**
 * What {@link FormationWatch} makes of runs that were probed every step, or every second one, as if
 * one probe in ten steps had been planned; beside it the rule "best prefix matching is .2 at a
 * probe", and the general {@link Detector} on the ICL score alone. A line a run, for the table of
 * docs/watch.md. Arguments: folders of runs.
 */
public final class FormationCalibration {
  private static final int EVERY = 10;
  private static final double FIXED = 0.2;

  private FormationCalibration() {}

  /** Prints the table. */
  public static void main(String[] folders) throws Exception {
    System.out.println(
        "run\ttau\tonset\tsuspected\tconfirmed\tshare\tfixed\tshare\ticl-confirmed\tshare");
    for (String folder : folders) {
      List<Path> runs;
      try (Stream<Path> inside = Files.list(Path.of(folder))) {
        runs = inside.filter(run -> Files.exists(run.resolve("outcome.json"))).sorted().toList();
      }
      for (Path run : runs) {
        System.out.println(run.getFileName() + "\t" + line(run));
      }
    }
  }

  private static String line(Path run) {
    List<Probe> probes = new ArrayList<>();
    for (MetricsRow row : MetricsLog.read(run.resolve("metrics.jsonl"))) {
      if (row.values().containsKey("pm.best")) {
        probes.add(
            new Probe(row.step(), row.value("pm.best"), row.value("icl"), row.value("icl.late")));
      }
    }
    List<Event> events = new ArrayList<>();
    FormationWatch watch = new FormationWatch(events::add);
    List<Finding> found = new ArrayList<>();
    Detector general =
        new Detector(Direction.DOWN, Transform.IDENTITY, DetectorSettings.DEFAULT, found::add);
    long fixed = -1;
    List<Probe> scheduled = new ArrayList<>();
    for (Probe probe : probes) {
      boolean planned = probe.step() % EVERY == 0;
      if (planned) {
        scheduled.add(probe);
        general.add(probe.step(), probe.icl(), Double.NaN);
        fixed = fixed < 0 && probe.prefixMatching() >= FIXED ? probe.step() : fixed;
      }
      if (planned || watch.dense(probe.step())) {
        watch.add(probe, planned);
      }
    }
    ChangePoint date =
        new Dating(scheduled.stream().mapToDouble(Probe::step).toArray(), DatingSettings.DEFAULT)
            .date(scheduled.stream().mapToDouble(Probe::icl).toArray());
    double end = mean(scheduled, scheduled.getLast().step() - 50, scheduled.getLast().step());
    double begin = mean(scheduled, date.onset() - 30, date.onset());
    long suspected = step(events, EventKind.SUSPECTED);
    long confirmed = step(events, EventKind.CONFIRMED);
    long byIcl =
        found.stream()
            .filter(f -> f.kind() == EventKind.CONFIRMED)
            .mapToLong(f -> (long) f.step())
            .findFirst()
            .orElse(-1);
    return String.format(
        Locale.ROOT,
        "%.0f\t%.0f\t%d\t%d\t%s\t%d\t%s\t%d\t%s",
        date.tau(),
        date.onset(),
        suspected,
        confirmed,
        share(probes, confirmed, begin, end),
        fixed,
        share(probes, fixed, begin, end),
        byIcl,
        share(probes, byIcl, begin, end));
  }

  private static long step(List<Event> events, EventKind kind) {
    return events.stream()
        .filter(event -> event.kind() == kind)
        .mapToLong(event -> event.now().step())
        .findFirst()
        .orElse(-1);
  }

  /** Of the ICL change that had come at a step, by the mean of the probes within two steps. */
  private static String share(List<Probe> probes, long step, double begin, double end) {
    return step < 0
        ? "-"
        : String.format(
            Locale.ROOT,
            "%.0f %%",
            100 * (mean(probes, step - 2, step + 2) - begin) / (end - begin));
  }

  private static double mean(List<Probe> probes, double from, double through) {
    return probes.stream()
        .filter(p -> p.step() >= from && p.step() <= through)
        .mapToDouble(Probe::icl)
        .average()
        .orElse(Double.NaN);
  }
}
