package refrain.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import refrain.base.RefrainException;
import refrain.watch.DetectorSettings;
import refrain.watch.DetectorSettings.Span;
import refrain.watch.follow.Metric;
import refrain.watch.follow.WatchOptions;
import refrain.watch.log.LogFile;

/** How a log is read, where what is found by itself is not what is meant. */
final class WatchReading {
  @Option(
      names = "--metric",
      paramLabel = "NAME[:up|down][:log|identity]",
      description = "Watch this column; which way is better, and on which scale. Repeatable.")
  private List<String> metrics = new ArrayList<>();

  @Option(
      names = "--step",
      paramLabel = "NAME",
      description = "The column of steps; 'rows' to count rows.")
  private @Nullable String step;

  @Option(names = "--rate", paramLabel = "NAME", description = "The column of the learning rate.")
  private @Nullable String rate;

  @Option(
      names = "--pattern",
      paramLabel = "REGEX",
      description =
          "Lines of another form, by named groups: 'at (?<step>\\d+) loss (?<loss>\\S+)'.")
  private @Nullable String pattern;

  @Option(
      names = "--scheduled-at",
      paramLabel = "STEP[-STEP]",
      split = ",",
      description = "Steps at which the learning rate changes, where the log has no column of it.")
  private List<String> scheduled = new ArrayList<>();

  WatchOptions options(double threshold) {
    return new WatchOptions(
        metrics.stream().map(Metric::parse).toList(),
        step,
        rate,
        DetectorSettings.DEFAULT
            .withThreshold(threshold)
            .withScheduled(scheduled.stream().map(WatchReading::span).toList()));
  }

  @Nullable Pattern pattern() {
    return pattern == null ? null : LogFile.pattern(pattern);
  }

  private static Span span(String text) {
    String[] ends = text.split("-", 2);
    try {
      double from = Double.parseDouble(ends[0]);
      return new Span(from, ends.length == 1 ? from : Double.parseDouble(ends[1]));
    } catch (NumberFormatException e) {
      throw RefrainException.badInput(
          "--scheduled-at " + text + ": expected a step, or two as 7000-9000", e);
    }
  }
}
