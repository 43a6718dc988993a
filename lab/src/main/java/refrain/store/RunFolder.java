package refrain.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import refrain.base.RefrainException;
import tools.jackson.databind.JsonNode;

/**
 * A run on disk, for reading: by reports, pages, watchers and whoever resumes it, also while
 * another process writes it.
 *
 * <pre>
 * run.json                              configuration, seeds, versions, machine   ({@link RunInfo})
 * metrics.jsonl                         a row a measured step                ({@link MetricsRow})
 * checkpoints/step-00000500/            model, optimizer, state              ({@link Checkpoint})
 * outcome.json                          how it ended; absent until then         ({@link Outcome})
 * run.lock                              the process id of the writer
 * </pre>
 */
public final class RunFolder {
  static final String RUN = "run.json";
  static final String METRICS = "metrics.jsonl";
  static final String CHECKPOINTS = "checkpoints";
  static final String OUTCOME = "outcome.json";

  private static final int NAME_DIGITS = 12;

  private final Path folder;

  private RunFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * A run that exists.
   *
   * @throws RefrainException of kind BAD_INPUT when the folder holds no run
   */
  public static RunFolder at(Path folder) {
    if (!isRun(folder)) {
      throw RefrainException.badInput(folder + ": holds no run: there is no " + RUN);
    }
    return new RunFolder(folder);
  }

  /** Whether a folder holds a run. */
  public static boolean isRun(Path folder) {
    return Files.isRegularFile(folder.resolve(RUN));
  }

  /** The runs directly inside a folder, by name; none when it does not exist. */
  public static List<RunFolder> list(Path parent) {
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(parent)) {
      return entries.filter(RunFolder::isRun).sorted().map(RunFolder::new).toList();
    } catch (IOException e) {
      throw AtomicFiles.failed("list", parent, "nothing was changed", e);
    }
  }

  /** The runs inside a folder that have not ended: to be resumed, or under way. */
  public static List<RunFolder> listUnfinished(Path parent) {
    List<RunFolder> unfinished = new ArrayList<>(list(parent));
    unfinished.removeIf(run -> run.outcome().isPresent());
    return unfinished;
  }

  /** The folder name of a specification's run: the first digits of its hash. */
  public static String nameOf(JsonNode spec) {
    return Json.hash(spec).substring(0, NAME_DIGITS);
  }

  public Path path() {
    return folder;
  }

  public RunInfo info() {
    Path file = folder.resolve(RUN);
    JsonNode tree = Json.readFile(file);
    JsonNode format = tree.get("format");
    if (format == null || format.asInt(-1) != RunInfo.FORMAT) {
      throw RefrainException.badFile(
          "%s: has format %s, expected %d: written by another version of the program"
              .formatted(file, format, RunInfo.FORMAT));
    }
    return Json.read(tree, RunInfo.class, file.toString());
  }

  /** The metrics so far. */
  public MetricsTable metrics() {
    return MetricsTable.read(folder.resolve(METRICS));
  }

  /** Follows the metrics as they are written. */
  public MetricsTail tail() {
    return new MetricsTail(folder.resolve(METRICS));
  }

  public Checkpoints checkpoints() {
    return new Checkpoints(folder.resolve(CHECKPOINTS));
  }

  /** How the run ended; empty while it has not. */
  public Optional<Outcome> outcome() {
    Path file = folder.resolve(OUTCOME);
    return Files.exists(file)
        ? Optional.of(Json.read(Json.readFile(file), Outcome.class, file.toString()))
        : Optional.empty();
  }
}
