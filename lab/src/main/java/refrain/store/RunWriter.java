package refrain.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import refrain.base.RefrainException;
import tools.jackson.databind.JsonNode;

/**
 * The one writer of a run folder. Opening it creates the run or goes on with it: metrics after the
 * newest undamaged checkpoint are cut, and the caller restores that checkpoint, so that the run
 * continues as if it had never stopped.
 */
public final class RunWriter implements AutoCloseable {
  private final Path folder;
  private final RunLock lock;
  private MetricsLog log;
  private final Checkpoints checkpoints;
  private final Checkpoints.LatestGood start;
  private long lastCheckpoint;

  private RunWriter(Path folder, RunLock lock, MetricsLog log, Checkpoints.LatestGood start) {
    this.folder = folder;
    this.lock = lock;
    this.log = log;
    this.start = start;
    this.checkpoints = new Checkpoints(folder.resolve(RunFolder.CHECKPOINTS));
    this.lastCheckpoint = start.checkpoint().map(Checkpoint::step).orElse(-1L);
  }

  /**
   * Creates a run or resumes it. An outcome is removed: the run is under way again.
   *
   * @param spec the full configuration, recorded; a run that exists keeps its own
   * @param identity what of a configuration fixes the weights; a folder with another is refused
   * @param seeds every seed by its purpose, recorded
   * @param arithmetic what this sitting calculates with, recorded
   * @param schedule by which the run takes its checkpoints
   * @param rowsThrough the last step up to which no row is missing: the run goes on from a
   *     checkpoint at or before it, and trains again what was lost
   * @param extending whether a run of fewer steps gets those of this configuration; nothing else of
   *     it may differ
   * @param goingOn shown the checkpoint that the run goes on from, before anything is written;
   *     refuses by throwing
   * @throws RefrainException of kind BAD_INPUT when the folder holds another run or another process
   *     writes it, BAD_FILE when no checkpoint of a run that has some is good, DISK when it cannot
   *     be written
   */
  public static RunWriter open(
      Path folder,
      JsonNode spec,
      UnaryOperator<JsonNode> identity,
      Map<String, Long> seeds,
      Arithmetic arithmetic,
      CheckpointSchedule schedule,
      ToLongFunction<RunFolder> rowsThrough,
      boolean extending,
      Consumer<Checkpoint> goingOn) {
    if (RunFolder.isRemains(folder)) {
      throw RefrainException.badFile(RunFolder.lost(folder));
    }
    try {
      AtomicFiles.createFolders(folder);
    } catch (IOException e) {
      throw AtomicFiles.failed("create", folder, "nothing was changed", e);
    }
    RunLock lock = RunLock.acquire(folder);
    boolean opened = false;
    try {
      AtomicFiles.removeUnfinished(folder);
      AtomicFiles.removeUnfinished(folder.resolve(RunFolder.CHECKPOINTS));
      RunInfo info =
          RunFolder.isRun(folder)
              ? same(RunFolder.at(folder), spec, identity, extending)
              : new RunInfo(
                  RunInfo.FORMAT,
                  Json.hash(identity.apply(spec)),
                  spec,
                  new TreeMap<>(seeds),
                  List.of());
      Checkpoints.LatestGood start =
          new Checkpoints(folder.resolve(RunFolder.CHECKPOINTS)).latestGood();
      if (start.checkpoint().isPresent()) {
        start = withItsRows(folder, start, rowsThrough.applyAsLong(RunFolder.at(folder)));
      }
      if (start.checkpoint().isEmpty() && !start.warnings().isEmpty()) {
        throw RefrainException.badFile(
            "%s: no checkpoint is undamaged, so the run cannot go on (%s); nothing was changed; move"
                    .formatted(folder, String.join("; ", start.warnings()))
                + " the folder away to train from the beginning");
      }
      if (start.checkpoint().isEmpty() && RunFolder.isRun(folder)) {
        LostCheckpoints.refuse(folder, info, schedule);
      }
      if (RunFolder.isRun(folder)) {
        damagedOutcome(folder, start.warnings());
      }
      start.checkpoint().ifPresent(goingOn);
      long step = start.checkpoint().map(Checkpoint::step).orElse(-1L);
      RunInfo.Session session =
          RunInfo.Session.begun(
              step, arithmetic, extending ? RunFolder.at(folder).info().steps() : null);
      AtomicFiles.writeString(folder.resolve(RunFolder.RUN), Json.pretty(info.with(session)));
      Files.deleteIfExists(folder.resolve(RunFolder.OUTCOME));
      MetricsLog log = MetricsLog.open(folder.resolve(RunFolder.METRICS), step);
      opened = true;
      return new RunWriter(folder, lock, log, start);
    } catch (IOException e) {
      throw AtomicFiles.failed("open", folder, "the run is unchanged", e);
    } finally {
      if (!opened) {
        lock.close();
      }
    }
  }

  /** The newest checkpoint of which no row is lost, with a warning where it is an earlier one. */
  private static Checkpoints.LatestGood withItsRows(
      Path folder, Checkpoints.LatestGood newest, long rowsThrough) {
    long step = newest.checkpoint().orElseThrow().step();
    if (rowsThrough >= step) {
      return newest;
    }
    Path metrics = folder.resolve(RunFolder.METRICS);
    Checkpoints.LatestGood earlier =
        new Checkpoints(folder.resolve(RunFolder.CHECKPOINTS)).latestGood(rowsThrough);
    Checkpoint from =
        earlier
            .checkpoint()
            .orElseThrow(() ->
                RefrainException.badFile(
                    "%s: rows from step %s on are lost, and no undamaged checkpoint lies before"
                            .formatted(metrics, rowsThrough + 1)
                        + " them to train them again from; nothing was changed; put the file back"
                        + " from a copy, or move the folder away to train the run anew"));
    List<String> warnings = new ArrayList<>(newest.warnings());
    earlier.warnings().stream().filter(w -> !warnings.contains(w)).forEach(warnings::add);
    warnings.add(
        "%s: rows from step %s on are lost; the run goes on from step %s to train them again"
            .formatted(metrics, rowsThrough + 1, from.step()));
    return new Checkpoints.LatestGood(Optional.of(from), warnings);
  }

  private static void damagedOutcome(Path folder, List<String> warnings) {
    try {
      RunFolder.at(folder).outcome();
    } catch (RefrainException e) {
      warnings.add(e.getMessage() + ", as happens now");
    }
  }

  private static RunInfo same(
      RunFolder run, JsonNode wanted, UnaryOperator<JsonNode> identity, boolean extending) {
    RunInfo info = run.info();
    JsonNode planned = extending ? info.withSteps(wanted.path(RunInfo.STEPS)) : info.spec();
    List<String> differences = Json.differences(identity.apply(planned), identity.apply(wanted));
    if (!differences.isEmpty()) {
      throw RefrainException.badInput(
          "%s: holds a run of another configuration (%s%s); choose another folder",
          run.path(),
          String.join("; ", differences.subList(0, Math.min(3, differences.size()))),
          differences.size() > 3 ? "; and " + (differences.size() - 3) + " more" : "");
    }
    return extending ? info.planned(planned, Json.hash(identity.apply(planned))) : info;
  }

  /** The checkpoint to restore before the first step; empty for a run that begins. */
  public Optional<Checkpoint> resumeFrom() {
    return start.checkpoint();
  }

  /** What the user should know about the state that was found, damaged checkpoints for example. */
  public List<String> warnings() {
    return start.warnings();
  }

  /** The run as readers see it. */
  public RunFolder folder() {
    return RunFolder.at(folder);
  }

  /**
   * Appends a row to the metrics.
   *
   * @throws IllegalStateException for a step of which the checkpoint was already taken: a run
   *     resumed from it would lack the row
   */
  public void append(MetricsRow row) {
    if (row.step() <= lastCheckpoint) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "row of step %d after the checkpoint of step %d; append it before",
              row.step(),
              lastCheckpoint));
    }
    log.append(row);
  }

  /** Puts a row in place of the last one, which is of the same step; all rows at once. */
  public void replaceLast(MetricsRow row) {
    Path metrics = folder.resolve(RunFolder.METRICS);
    List<MetricsRow> rows = new ArrayList<>(MetricsLog.read(metrics));
    rows.set(rows.size() - 1, row);
    log.close();
    MetricsLog.write(metrics, rows);
    log = MetricsLog.open(metrics, row.step());
  }

  /** Takes a checkpoint; the metrics up to it are on the disk before it counts. */
  public Checkpoint checkpoint(Checkpoint.Contents contents) {
    log.sync();
    Checkpoint checkpoint = checkpoints.write(contents);
    lastCheckpoint = contents.step();
    return checkpoint;
  }

  /** Puts another file of the run in place, as JSON for people; see {@link Json#readFile}. */
  public void writeJson(String fileName, Object value) {
    AtomicFiles.writeString(folder.resolve(fileName), Json.pretty(value));
  }

  /** Ends the run. */
  public void finish(Outcome.Status status, long step, String reason, Object summary) {
    log.sync();
    writeJson(
        RunFolder.OUTCOME, new Outcome(status, step, reason, Json.tree(summary), RunInfo.now()));
  }

  /** Gives up the folder; a run without an outcome can be resumed. */
  @Override
  public void close() {
    try (lock) {
      log.close();
    }
  }
}
