package refrain.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.base.RefrainException;
import refrain.draw.chart.Axis;
import refrain.draw.chart.Event;
import refrain.draw.chart.Level;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.Series;
import refrain.stats.ChangePoint;
import refrain.stats.Dating;
import refrain.stats.DatingSettings;
import refrain.store.AtomicFiles;
import refrain.store.MetricsRow;
import refrain.store.RunFolder;
import refrain.train.Metrics;
import refrain.train.PhaseWatch;
import refrain.watch.EventKind;

/**
 * {@code refrain watch kept}: how much of a phase change a run has that was stopped by its watch.
 */
@Command(
    name = "kept",
    description = {
      "Say which share of its twin's change in the ICL score a run has that --stop-at-phase-change"
          + " ended, and draw both.",
      "The change goes from the twin's score before the onset of its fitted change to its last."
    })
final class WatchKeptCommand extends Subcommand {
  private static final double BEFORE_ONSET = 30;
  private static final int LAST = 5;

  @Parameters(index = "0", paramLabel = "STOPPED", description = "The run that was stopped.")
  private Path stopped = Path.of(".");

  @Parameters(index = "1", paramLabel = "TWIN", description = "The same run, not stopped.")
  private Path twin = Path.of(".");

  @Option(names = "--svg", paramLabel = "FILE", description = "Draw both curves here.")
  private @Nullable Path svg;

  /** An ICL score over steps. */
  private record Curve(double[] steps, double[] icl) {
    double last() {
      return mean(steps.length - LAST, steps.length);
    }

    private double mean(int from, int to) {
      double sum = 0;
      for (int i = Math.max(0, from); i < to; i++) {
        sum += icl[i];
      }
      return sum / (to - Math.max(0, from));
    }

    /** Just before a step. */
    double before(double step) {
      int to = 0;
      while (to < steps.length && steps[to] <= step) {
        to++;
      }
      int from = to;
      while (from > 0 && steps[from - 1] > step - BEFORE_ONSET) {
        from--;
      }
      return to == 0 ? icl[0] : mean(Math.min(from, to - 1), to);
    }
  }

  @Override
  public void run() {
    Curve whole = curve(RunFolder.at(twin));
    Curve cut = curve(RunFolder.at(stopped));
    ChangePoint date = new Dating(whole.steps, DatingSettings.DEFAULT).date(whole.icl);
    if (!date.inside()) {
      throw RefrainException.badInput(
          twin
              + ": its ICL score has no change that could be dated; expected a twin in which heads"
              + " form");
    }
    double begin = whole.before(date.onset());
    double end = whole.last();
    double share = (cut.last() - begin) / (end - begin);
    double at = cut.steps[cut.steps.length - 1];
    print(
        "stopped at step %.0f: ICL score %.2f nats; its twin goes from %.2f (before step %.0f) to"
            + " %.2f: %.0f %% of the change",
        at, cut.last(), begin, date.onset(), end, 100 * share);
    Path to = svg;
    if (to != null) {
      AtomicFiles.writeString(to, chart(whole, cut, at, begin, end).draw("kept").standalone());
      print("Picture: %s", to);
    }
  }

  private LineChart chart(Curve whole, Curve cut, double at, double begin, double end) {
    List<Event> marks = new ArrayList<>();
    suspected().ifPresent(step -> marks.add(Event.at(step, "suspected")));
    marks.add(Event.at(at, "confirmed, stopped"));
    return new LineChart(
        "A run that its watch stopped, and its twin",
        "The ICL score over training steps of a run that was stopped when its watch confirmed that"
            + " induction heads form, and of the same run not stopped.",
        Axis.linear("steps", ""),
        Axis.linear("ICL score", "nats"),
        List.of(
            Series.line("not stopped", 0, whole.steps, whole.icl),
            Series.line("stopped", 1, cut.steps, cut.icl)),
        marks,
        List.of(new Level(begin + 0.4 * (end - begin), "40 % of the change")));
  }

  private Optional<Double> suspected() {
    return PhaseWatch.told(RunFolder.at(stopped)).stream()
        .filter(event -> event.path("kind").asString("").equals(EventKind.SUSPECTED.text()))
        .map(event -> event.path("step").asDouble())
        .reduce((earlier, later) -> later);
  }

  /** With what was probed beside the plan. */
  private static Curve curve(RunFolder run) {
    TreeMap<Long, Double> points = new TreeMap<>();
    List<MetricsRow> rows = new ArrayList<>(run.metrics().having(Metrics.ICL));
    rows.addAll(PhaseWatch.probed(run));
    rows.forEach(row -> points.put(row.step(), row.value(Metrics.ICL)));
    if (points.size() < 20) {
      throw RefrainException.badInput(
          "%s: has %s probes of the ICL score, expected 20 or more", run.path(), points.size());
    }
    return new Curve(
        points.keySet().stream().mapToDouble(Long::doubleValue).toArray(),
        points.values().stream().mapToDouble(Double::doubleValue).toArray());
  }
}
