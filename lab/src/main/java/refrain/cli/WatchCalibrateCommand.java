package refrain.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.watch.follow.Calibration;
import refrain.watch.follow.WatchEvent;
import refrain.watch.log.LogPlaces;
import refrain.watch.log.LogSource;

/** {@code refrain watch calibrate}: the rate of false alarms on the user's own old runs. */
@Command(
    name = "calibrate",
    description =
        "Count the alarms that a watch would have raised on old runs of yours, in which nothing"
            + " changed that you would want to know of.")
final class WatchCalibrateCommand extends Subcommand {
  @Parameters(arity = "1..*", paramLabel = "LOGS", description = "Logs, or folders that hold one.")
  private List<Path> paths = new ArrayList<>();

  @Mixin private WatchReading reading = new WatchReading();

  @Option(
      names = "--arl",
      paramLabel = "A",
      split = ",",
      description = "Thresholds to try. By default 1e3,1e4,1e5,1e6.")
  private List<Double> thresholds = new ArrayList<>(List.of(1e3, 1e4, 1e5, 1e6));

  @Override
  public void run() {
    List<Calibration.Row> rows =
        Calibration.of(sources(), reading.options(1e5), List.copyOf(thresholds));
    TextTable table =
        new TextTable(
            ">threshold",
            ">watched",
            ">suspected",
            ">per 1e5",
            ">confirmed",
            ">per 1e5",
            ">harm",
            ">over .25");
    for (Calibration.Row row : rows) {
      table.row(
          String.format(Locale.ROOT, "%.0e", row.threshold()),
          String.valueOf(row.watched()),
          String.valueOf(row.suspected()),
          WatchText.interval(row.suspectedPer()),
          String.valueOf(row.confirmed()),
          WatchText.interval(row.confirmedPer()),
          String.valueOf(row.harm()),
          Double.isNaN(row.over()) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * row.over()));
    }
    table.lines().forEach(out()::println);
    print(
        "Every alarm counts as false here. Rates per 1e5 watched observations, with Poisson"
            + " intervals of 95 %%; 'over .25': share of windows in which the promise N / A does"
            + " not hold.");
    Calibration.Row last = rows.getLast();
    print("Alarms at threshold %s:%s", last.threshold(), last.alarms().isEmpty() ? " none" : "");
    for (WatchEvent event : last.alarms()) {
      print("  %s: %s, %s", event.run(), event.kind().text(), event.text());
    }
  }

  private List<LogSource> sources() {
    List<LogSource> sources = new ArrayList<>();
    paths.forEach(path -> sources.addAll(LogPlaces.find(path, reading.pattern())));
    return sources;
  }
}
