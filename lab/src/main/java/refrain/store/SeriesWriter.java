package refrain.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import refrain.base.RefrainException;
import tools.jackson.databind.JsonNode;

/**
 * The one writer of the folder of a series: a run whose rows are measured one by one and depend on
 * nothing before them, so it goes on behind its last row, and no state has to be restored.
 */
public final class SeriesWriter implements AutoCloseable {
  private final Path folder;
  private final RunLock lock;
  private final MetricsLog log;
  private final List<MetricsRow> before;

  private SeriesWriter(Path folder, RunLock lock, MetricsLog log, List<MetricsRow> before) {
    this.folder = folder;
    this.lock = lock;
    this.log = log;
    this.before = before;
  }

  /**
   * Creates a series or goes on with it. An outcome is removed: it is under way again.
   *
   * @param spec the full configuration, recorded
   * @param identity what of it says which series it is; a folder with another one is refused
   * @param seeds every seed by its purpose, recorded
   * @param arithmetic what this sitting calculates with, recorded
   * @throws RefrainException of kind BAD_INPUT when the folder holds another run or another process
   *     writes it, DISK when it cannot be written
   */
  public static SeriesWriter open(
      Path folder,
      JsonNode spec,
      JsonNode identity,
      Map<String, Long> seeds,
      Arithmetic arithmetic) {
    if (RunFolder.isRemains(folder)) {
      throw RefrainException.badFile(RunFolder.lost(folder));
    }
    String hash = Json.hash(identity);
    RunInfo info = new RunInfo(RunInfo.FORMAT, hash, spec, new TreeMap<>(seeds), List.of());
    if (RunFolder.isRun(folder)) {
      info = RunFolder.at(folder).info();
      if (!info.specHash().equals(hash)) {
        throw RefrainException.badInput(
            "%s: holds another run or another series; choose another folder", folder);
      }
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
      Path metrics = folder.resolve(RunFolder.METRICS);
      List<MetricsRow> before = MetricsLog.read(metrics);
      long last = before.isEmpty() ? -1 : before.getLast().step();
      RunInfo.Session session = RunInfo.Session.begun(last, arithmetic, null);
      AtomicFiles.writeString(folder.resolve(RunFolder.RUN), Json.pretty(info.with(session)));
      Files.deleteIfExists(folder.resolve(RunFolder.OUTCOME));
      MetricsLog log = MetricsLog.open(metrics, last);
      opened = true;
      return new SeriesWriter(folder, lock, log, before);
    } catch (IOException e) {
      throw AtomicFiles.failed("open", folder, "rows already written are kept", e);
    } finally {
      if (!opened) {
        lock.close();
      }
    }
  }

  /** The rows that were there when it was opened. */
  public List<MetricsRow> before() {
    return before;
  }

  public RunFolder folder() {
    return RunFolder.at(folder);
  }

  /** Appends a row, which is on the disk then. */
  public void append(MetricsRow row) {
    log.append(row);
    log.sync();
  }

  /** Keeps the weights of a state. */
  public void keep(Checkpoint.Contents contents) {
    folder().checkpoints().write(contents);
  }

  /** Puts another file of the run in place, as JSON for people. */
  public void writeJson(String fileName, Object value) {
    AtomicFiles.writeString(folder.resolve(fileName), Json.pretty(value));
  }

  /** Ends it. */
  public void finish(long step, String reason, Object summary) {
    writeJson(
        RunFolder.OUTCOME,
        new Outcome(Outcome.Status.DONE, step, reason, Json.tree(summary), RunInfo.now()));
  }

  /** Gives up the folder; a series without an outcome can be gone on with. */
  @Override
  public void close() {
    try (lock) {
      log.close();
    }
  }
}
