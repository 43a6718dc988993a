package refrain.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import refrain.base.RefrainException;

/**
 * Tells a run that was killed before its first checkpoint, whose rows are made again to the same
 * bits, from one whose checkpoints are not found: to begin that one again would empty a run that
 * has more than a new one gets back.
 */
final class LostCheckpoints {
  private static final Pattern OTHER_DIGITS = Pattern.compile("step-(\\p{Nd}{8,18})");

  private LostCheckpoints() {}

  /**
   * Looks at a run of which no checkpoint was found, before anything is written.
   *
   * @throws RefrainException of kind BAD_FILE when it has rows and had a checkpoint
   */
  static void refuse(Path folder, RunInfo info, CheckpointSchedule schedule) {
    List<MetricsRow> rows = MetricsLog.readable(folder.resolve(RunFolder.METRICS));
    if (!rows.isEmpty()) {
      lost(folder, info, rows, schedule)
          .ifPresent(why -> {
            throw RefrainException.badFile(
                "%s: has metrics up to step %d and %s; nothing was changed; put back what is missing,"
                    + " or move the folder away to train from the beginning",
                folder, rows.getLast().step(), why);
          });
    }
  }

  private static Optional<String> lost(
      Path folder, RunInfo info, List<MetricsRow> rows, CheckpointSchedule schedule) {
    Path checkpoints = folder.resolve(RunFolder.CHECKPOINTS);
    Optional<String> unread = unread(checkpoints);
    if (unread.isPresent()) {
      return unread.map(name -> "a checkpoint whose name is not read: " + name);
    }
    Optional<String> ended =
        Files.exists(folder.resolve(RunFolder.OUTCOME)) && !diverged(folder)
            ? Optional.of("an " + RunFolder.OUTCOME)
            : info.sessions().stream()
                .filter(session -> session.resumedFrom() >= 0)
                .findFirst()
                .map(session -> "went on from step " + session.resumedFrom());
    Optional<String> began =
        info.parent()
            .filter(_ -> rows.size() > 1)
            .map(parent -> "saved the state that it took from " + parent.name());
    return ended
        .or(() -> began)
        .or(() -> due(rows, schedule).map(step -> "saved step " + step))
        .map(what -> what + ", but no checkpoint is in " + checkpoints);
  }

  /** Such a run ends without a checkpoint where its first step made it so. */
  private static boolean diverged(Path folder) {
    return RunFolder.at(folder)
        .ended()
        .filter(outcome -> outcome.status() == Outcome.Status.DIVERGED)
        .isPresent();
  }

  /** The first step of which the state was saved: one that was due and that a later row follows. */
  private static Optional<Long> due(List<MetricsRow> rows, CheckpointSchedule schedule) {
    ScoreHistory history = ScoreHistory.of(List.of(), 0);
    for (MetricsRow row : rows.subList(0, rows.size() - 1)) {
      history.add(row);
      if (row.step() >= 1 && schedule.due(row.step(), history)) {
        return Optional.of(row.step());
      }
    }
    return Optional.empty();
  }

  /** A folder that somebody named; digits of a locale were in names that older versions gave. */
  private static Optional<String> unread(Path checkpoints) {
    if (!Files.isDirectory(checkpoints)) {
      return Optional.empty();
    }
    try (Stream<Path> entries = Files.list(checkpoints)) {
      return entries
          .filter(entry -> Files.exists(entry.resolve(Checkpoint.OPTIMIZER)))
          .filter(entry -> !Checkpoints.isNamed(entry))
          .sorted()
          .findFirst()
          .map(entry -> entry + renaming(entry.getFileName().toString()));
    } catch (IOException e) {
      throw AtomicFiles.failed("list", checkpoints, "nothing was changed", e);
    }
  }

  private static String renaming(String name) {
    Matcher other = OTHER_DIGITS.matcher(name);
    return other.matches()
        ? String.format(Locale.ROOT, " (rename it to step-%08d)", Long.parseLong(other.group(1)))
        : "";
  }
}
