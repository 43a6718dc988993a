package refrain.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.base.RefrainException;
import refrain.watch.DetectorSettings;
import refrain.watch.follow.Metric;
import refrain.watch.follow.RunWatch;
import refrain.watch.follow.WatchEvent;
import refrain.watch.follow.WatchOptions;
import refrain.watch.log.LogFile;
import refrain.watch.log.LogPlaces;
import refrain.watch.log.LogSource;

/** {@code refrain watch}: anybody's training log, watched for changes while it is written. */
@Command(name = "watch", description = "Watch a training log for phase changes.")
final class WatchCommand extends Subcommand {
  @Parameters(arity = "1..*", paramLabel = "PATH", description = "A log, or a folder with one.")
  private List<Path> paths = new ArrayList<>();

  @Option(names = "--metric", paramLabel = "NAME[:up|down][:log|identity]", description = "x")
  private List<String> metrics = new ArrayList<>();

  @Option(names = "--step", description = "x")
  private @Nullable String step;

  @Option(names = "--pattern", description = "x")
  private @Nullable String pattern;

  @Option(names = "--json", description = "x")
  private boolean json;

  @Option(names = "--replay", description = "x")
  private boolean replay;

  @Override
  public void run() {
    WatchOptions options =
        new WatchOptions(
            metrics.stream().map(Metric::parse).toList(), step, null, DetectorSettings.DEFAULT);
    Pattern lines = pattern == null ? null : LogFile.pattern(pattern);
    for (Path path : paths) {
      for (LogSource source : LogPlaces.find(path, lines)) {
        RunWatch watch = new RunWatch(source, options, this::show);
        watch.poll();
        watch.end();
        RunWatch.View v = watch.view();
        if (!json) {
          out().println("=== " + v.name() + " " + v.found() + "; " + v.axis() + "; " + v.counts() + " rows " + v.rows());
          
          out().println("  unwatched " + v.unwatched());
        }
      }
    }
  }

  private void show(WatchEvent event) {
    if (json) {
      out().println(event.json("log"));
    } else {
      print("%-10s %8.0f %s", event.kind().text(), event.finding().step(), event.text());
    }
  }
}
