package refrain.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.base.Shell;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A run on disk, for reading: by reports, pages, watchers and whoever resumes it, also while
 * another process writes it.
 *
 * <pre>
 * run.json                              configuration, seeds, versions, machine   ({@link RunInfo})
 * metrics.jsonl                         a row a measured step                ({@link MetricsRow})
 * checkpoints/step-00000500/            model, optimizer, state              ({@link Checkpoint})
 * outcome.json                          how it ended; absent until then         ({@link Outcome})
 * measured/HASH.jsonl, HASH.json        as metrics.jsonl, at another cadence that was asked for
 * run.lock                              the process id of the writer
 * report.html                           its page, made at the end of its training
 * </pre>
 */
public final class RunFolder {
  static final String RUN = "run.json";
  static final String METRICS = "metrics.jsonl";
  static final String CHECKPOINTS = "checkpoints";
  static final String OUTCOME = "outcome.json";
  private static final String MEASURED = "measured";
  private static final String PAGE = "report.html";

  private static final int NAME_DIGITS = 12;

  private final Path folder;
  private final @Nullable String reading;

  private RunFolder(Path folder, @Nullable String reading) {
    this.folder = folder;
    this.reading = reading;
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
    return new RunFolder(folder, null);
  }

  /** Whether a folder is one that a killed removal left; nothing in it is a run. */
  public static boolean isUnfinished(Path folder) {
    return AtomicFiles.isUnfinished(folder);
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
      return entries
          .filter(place -> !AtomicFiles.isUnfinished(place))
          .filter(RunFolder::isRun)
          .sorted()
          .map(RunFolder::at)
          .toList();
    } catch (IOException e) {
      throw AtomicFiles.failed("list", parent, "nothing was changed", e);
    }
  }

  /** The folders inside a folder that were runs, but lost the file that says of what. */
  public static List<Path> remains(Path parent) {
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(parent)) {
      return entries.filter(RunFolder::isRemains).sorted().toList();
    } catch (IOException e) {
      throw AtomicFiles.failed("list", parent, "nothing was changed", e);
    }
  }

  /** Whether a folder was a run, but lost the file that says of what. */
  public static boolean isRemains(Path folder) {
    return !isRun(folder)
        && !AtomicFiles.isUnfinished(folder)
        && (Files.exists(folder.resolve(METRICS)) || Files.exists(folder.resolve(CHECKPOINTS)));
  }

  /** What is to be said of a folder whose {@code run.json} is lost. */
  public static String lost(Path folder) {
    return folder.resolve(RUN)
        + ": is missing beside metrics or checkpoints, so nothing says what run they are of; put it"
        + " back from a copy, or move the folder away to train the run anew";
  }

  /** The name of what is known by its hash (a run, a way of measuring it): the first digits. */
  public static String nameOf(JsonNode identity) {
    return Json.hash(identity).substring(0, NAME_DIGITS);
  }

  /**
   * The same run, read as it was measured later.
   *
   * @param name of the files in {@code measured/}
   */
  public RunFolder reading(String name) {
    return new RunFolder(folder, name);
  }

  /** The run with the metrics that its trainer wrote. */
  public RunFolder own() {
    return new RunFolder(folder, null);
  }

  /** Under which name {@link #metrics} were measured later; empty: they are the run's own. */
  public Optional<String> reading() {
    return Optional.ofNullable(reading);
  }

  /** How and on what a later measuring was done; empty: it was not. */
  public Optional<JsonNode> measuring(String name) {
    return RefrainException.reading(
        () -> Json.readIfThere(folder.resolve(MEASURED).resolve(name + ".json"), JsonNode.class),
        "delete it, then 'study run' measures again");
  }

  /** Keeps what was measured later, the rows before what says that they are there. */
  public void keep(String name, JsonNode measuring, List<MetricsRow> rows) {
    Path place = folder.resolve(MEASURED);
    MetricsLog.write(place.resolve(name + ".jsonl"), rows);
    AtomicFiles.writeString(place.resolve(name + ".json"), Json.pretty(measuring));
  }

  /** Identifiers under which this run was known: its folder's name, and the one it was made by. */
  public List<String> knownAs() {
    String made = info().specHash().substring(0, NAME_DIGITS);
    return List.of(folder.getFileName().toString(), made);
  }

  public Path path() {
    return folder;
  }

  /** Where the run's page lies, or would lie. */
  public Path page() {
    return folder.resolve(PAGE);
  }

  /** The process that writes the run now; empty: none does. */
  public Optional<String> writer() {
    return RunLock.holder(folder);
  }

  public RunInfo info() {
    return RefrainException.reading(
        () -> readInfo(folder.resolve(RUN)),
        "put the file back from a copy, or move the folder away to train the run anew");
  }

  private static RunInfo readInfo(Path file) {
    JsonNode tree = Json.readFile(file);
    JsonNode format = tree.get("format");
    if (format == null || format.asInt(-1) != RunInfo.FORMAT) {
      throw RefrainException.badFile(
          "%s: has format %s, expected %d: written by another version of the program",
          file, format, RunInfo.FORMAT);
    }
    for (JsonNode session : tree.path("sessions")) {
      if (session instanceof ObjectNode old && !old.has("arithmetic")) {
        old.putNull("arithmetic"); // made before it was recorded
      }
    }
    return Json.read(tree, RunInfo.class, file.toString());
  }

  /**
   * The metrics so far, or those of a later {@link #reading}.
   *
   * @throws RefrainException of kind BAD_FILE for a damaged row, and when the run has ended at
   *     another step than the rows do: some are lost
   */
  public MetricsTable metrics() {
    return metrics(MetricsTable::read);
  }

  /** The same with those numbers only that are named, for who reads many runs at once. */
  public MetricsTable metrics(Set<String> names) {
    return metrics(file -> MetricsTable.skim(file, names));
  }

  private MetricsTable metrics(Function<Path, MetricsTable> read) {
    Path file =
        reading == null
            ? folder.resolve(METRICS)
            : folder.resolve(MEASURED).resolve(reading + ".jsonl");
    Optional<Outcome> end = ended(); // first: whoever goes on with a run removes it first
    String remedy =
        reading == null
            ? "'%s' trains what is lost again".formatted(resume(folder))
            : "delete it and %s.json, then 'study run' measures again".formatted(reading);
    MetricsTable table;
    try {
      table = read.apply(file);
    } catch (RefrainException e) {
      throw RefrainException.badFile("%s: is damaged (%s); %s", file, e.getMessage(), remedy);
    }
    long last = table.rows().isEmpty() ? -1 : table.rows().getLast().step();
    if (end.isPresent() && last < end.get().step()) {
      throw RefrainException.badFile(
          "%s: has rows up to step %s, but the run ended at step %d, so rows are lost; %s",
          file, last < 0 ? "none" : last, end.get().step(), remedy);
    }
    return table;
  }

  /**
   * The last step up to which a row a step is there, from the one on that the run began at; where
   * not even that one is, the step before.
   */
  public long rowsThrough() {
    return MetricsLog.wholeThrough(folder.resolve(METRICS), info().begins());
  }

  /** What a reader types to go on with the run in a folder. */
  public static String resume(Path folder) {
    return "./refrain train --resume " + Shell.word(folder.toString());
  }

  /** Follows the metrics as they are written. */
  public MetricsTail tail() {
    return new MetricsTail(folder.resolve(METRICS));
  }

  public Checkpoints checkpoints() {
    return new Checkpoints(folder.resolve(CHECKPOINTS));
  }

  /** Whether the run ended with what can be counted: it did not diverge. */
  public boolean hasResult() {
    return outcome().filter(o -> o.status() != Outcome.Status.DIVERGED).isPresent();
  }

  /**
   * How the run ended; empty while it has not.
   *
   * @throws RefrainException when the file is damaged
   */
  public Optional<Outcome> outcome() {
    return RefrainException.reading(
        () -> Json.readIfThere(folder.resolve(OUTCOME), Outcome.class),
        "'%s' makes it again".formatted(resume(folder)));
  }

  /** How the run ended; empty also where what says so is damaged, and has to be made again. */
  public Optional<Outcome> ended() {
    try {
      return outcome();
    } catch (RefrainException e) {
      return Optional.empty();
    }
  }
}
