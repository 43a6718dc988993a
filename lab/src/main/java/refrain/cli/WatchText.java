package refrain.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import refrain.stats.Interval;
import refrain.watch.Standing;
import refrain.watch.follow.RunWatch;
import refrain.watch.follow.SeriesView;
import refrain.watch.log.LogCounts;

/** What a watch says of itself: what it found, what it can promise, where each metric stands. */
final class WatchText {
  private static final int MOST_NAMED = 6;

  private WatchText() {}

  /** What was found, and the promise that holds here. */
  static List<String> head(RunWatch.View run, double threshold) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %s; %s; learning rate: %s"
            .formatted(
                run.name(),
                run.found(),
                run.axis(),
                run.rateKnown() ? "known" : "no column, schedule unknown (--scheduled-at)"));
    for (SeriesView series : run.series()) {
      lines.add("  " + series.metric().text() + (series.pooled() == 1 ? "" : pooled(series)));
    }
    if (run.series().isEmpty()) {
      lines.add("  no metric is known by its name; say --metric NAME:up or NAME:down");
    }
    if (!run.unwatched().isEmpty()) {
      List<String> names = run.unwatched();
      lines.add(
          "  not watched, more than "
              + RunWatch.MOST
              + ": "
              + String.join(", ", names.subList(0, Math.min(MOST_NAMED, names.size())))
              + (names.size() > MOST_NAMED ? ", ..." : "")
              + " (--metric)");
    }
    lines.add(
        "  Suspected: at most N / %s false ones in N observations where a curve keeps its law; not"
                .formatted(shown(threshold))
            + " while the learning rate changes, nor in the blind part. An alarm says that a curve"
            + " left its law, never why.");
    return lines;
  }

  private static String pooled(SeriesView series) {
    return ", 0 or 1 a row: means of " + series.pooled() + " are watched";
  }

  /** One line a metric: everything that a decision to trust an alarm needs. */
  static List<String> standing(RunWatch.View run) {
    List<String> lines = new ArrayList<>();
    LogCounts counts = run.counts();
    lines.add(
        "%s: step %s, %s rows, %s dropped%s%s%s, attempt %s"
            .formatted(
                run.name(),
                shown(run.step()),
                run.rows(),
                counts.dropped() + run.stepless(),
                counts.firstDropped() == null ? "" : " (" + counts.firstDropped() + ")",
                counts.damaged() == 0 ? "" : ", " + counts.damaged() + " damaged records",
                counts.partial() == 0 ? "" : ", the last one partial",
                run.attempt()));
    for (SeriesView series : run.series()) {
      lines.add("  " + line(series));
    }
    return lines;
  }

  private static String line(SeriesView series) {
    StringBuilder text = new StringBuilder(series.metric().name());
    Standing standing = series.standing();
    if (standing == null) {
      return text.append(": ").append(series.values()).append(" values, blind").toString();
    }
    text.append(' ').append(shown(standing.value()));
    text.append(", best ").append(shown(standing.best()));
    text.append(", ").append(phase(standing));
    text.append(", learning rate ").append(standing.schedule().toLowerCase(Locale.ROOT));
    text.append(", every ").append(shown(series.cadence())).append(" steps");
    append(text, series.doubles(), "duplicate");
    append(text, series.late(), "late");
    append(text, series.repeated(), "repeated");
    append(text, series.nans(), "NaN");
    append(text, standing.outliers(), "outliers");
    text.append(", ").append(standing.watched()).append(" watched (at most ");
    text.append(shown(standing.promise())).append(" false)");
    if (standing.windows() > 0) {
      text.append(
          String.format(
              Locale.ROOT,
              ", %.1f %% of windows over .25",
              100.0 * standing.over() / standing.windows()));
    }
    return text.toString();
  }

  private static void append(StringBuilder text, long count, String what) {
    if (count > 0) {
      text.append(", ").append(count).append(' ').append(what);
    }
  }

  private static String phase(Standing standing) {
    return switch (standing.phase()) {
      case BLIND ->
          "blind for %s more values and until step %s"
              .formatted(standing.blindLeft(), shown(standing.blindUntil()));
      case WATCHING ->
          "ln R %s of %s (at least %s values after a change)"
              .formatted(
                  Double.isInfinite(standing.evidence()) ? "0" : shown(standing.evidence()),
                  shown(standing.threshold()),
                  standing.latencyFloor());
      case SUSPECTED -> "suspected";
      case HARMED -> "harmed";
    };
  }

  /** A rate with its interval. */
  static String interval(Interval of) {
    return String.format(Locale.ROOT, "%.1f [%.1f, %.1f]", of.estimate(), of.low(), of.high());
  }

  static String shown(double value) {
    if (Double.isNaN(value)) {
      return "?";
    }
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.4g", value);
  }
}
