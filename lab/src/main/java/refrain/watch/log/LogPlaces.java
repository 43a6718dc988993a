package refrain.watch.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;

/** Finds the logs that lie under a path. */
public final class LogPlaces {
  private static final int DEPTH = 6;
  private static final int LEAST_CHECKPOINTS = 3;
  private static final int MOST_NAMED = 8;

  /** The names under which programs write logs, those that say most first. */
  private static final List<String> KNOWN =
      List.of(
          "metrics.jsonl",
          "log.jsonl",
          "metrics.csv",
          "progress.csv",
          "trainer_state.json",
          "output.log",
          "training_log.json",
          "log.json",
          "log.txt",
          "train.log");

  private static final List<String> ENDINGS = List.of(".jsonl", ".csv", ".json", ".log", ".txt");

  private LogPlaces() {}

  /**
   * The logs under a path: a file is one; a folder is a run of TensorBoard or several below it, the
   * run of a program whose log has a known name, or one JSON file a checkpoint.
   *
   * @param pattern of the lines of a file; null to find the format
   * @throws RefrainException of kind BAD_INPUT where there is nothing, or more than one thing
   */
  public static List<LogSource> find(Path path, @Nullable Pattern pattern) {
    if (!Files.isDirectory(path)) {
      return List.of(new LogFile(path, pattern));
    }
    List<Path> below = files(path);
    TreeSet<Path> events =
        below.stream()
            .filter(EventFolder::isEventFile)
            .map(Path::getParent)
            .collect(Collectors.toCollection(TreeSet::new));
    List<Path> here = below.stream().filter(file -> path.equals(file.getParent())).toList();
    for (String known : KNOWN) {
      for (Path file : here) {
        if (file.getFileName().toString().equals(known)) {
          return List.of(new LogFile(file, pattern));
        }
      }
    }
    if (!events.isEmpty()) {
      return events.stream().<LogSource>map(EventFolder::new).toList();
    }
    long steps = here.stream().filter(file -> CheckpointFolder.step(file).isPresent()).count();
    if (steps >= LEAST_CHECKPOINTS) {
      return List.of(new CheckpointFolder(path));
    }
    List<Path> nested =
        below.stream().filter(f -> KNOWN.contains(f.getFileName().toString())).toList();
    List<Path> logs = here.stream().filter(LogPlaces::isLog).toList();
    if (logs.size() == 1 || logs.isEmpty() && nested.size() == 1) {
      return List.of(new LogFile(logs.isEmpty() ? nested.getFirst() : logs.getFirst(), pattern));
    }
    if (logs.isEmpty() && nested.size() > 1) {
      // Each checkpoint of transformers has the whole log so far; the last one has all of it.
      return List.of(new LogFile(latest(nested), pattern));
    }
    throw RefrainException.badInput(
        "%s: %s",
        path,
        logs.isEmpty()
            ? "holds no log: expected event files, or a file " + String.join(", ", ENDINGS)
            : "holds "
                + logs.size()
                + " logs, name one: "
                + logs.stream()
                    .limit(MOST_NAMED)
                    .map(file -> file.getFileName().toString())
                    .collect(Collectors.joining(", "))
                + (logs.size() > MOST_NAMED ? ", ..." : ""));
  }

  private static boolean isLog(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith);
  }

  private static Path latest(List<Path> files) {
    Path latest = files.getFirst();
    for (Path file : files) {
      if (modified(file) > modified(latest)) {
        latest = file;
      }
    }
    return latest;
  }

  private static long modified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (IOException e) {
      return Long.MIN_VALUE;
    }
  }

  private static List<Path> files(Path folder) {
    try {
      Path real = folder.toRealPath(); // 'latest' is often a link
      try (Stream<Path> walk = Files.walk(real, DEPTH)) {
        return walk.filter(Files::isRegularFile)
            .map(file -> folder.resolve(real.relativize(file)))
            .sorted()
            .toList();
      }
    } catch (IOException | java.io.UncheckedIOException e) {
      throw RefrainException.badInput(folder + ": cannot be listed: " + e.getMessage(), e);
    }
  }
}
