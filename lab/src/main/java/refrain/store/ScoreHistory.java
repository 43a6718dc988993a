package refrain.store;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was measured so far and when the last checkpoint was taken; rebuilt from the store. */
public final class ScoreHistory {
  private final Map<String, TreeMap<Long, Double>> points = new HashMap<>();
  private long lastCheckpoint;

  /**
   * The history of a run that goes on.
   *
   * @param rows what was measured up to the checkpoint
   * @param lastCheckpoint the step it goes on from, 0 for a run that begins
   */
  public static ScoreHistory of(List<MetricsRow> rows, long lastCheckpoint) {
    ScoreHistory history = new ScoreHistory();
    rows.forEach(history::add);
    history.lastCheckpoint = lastCheckpoint;
    return history;
  }

  /**
   * The history that a run has which took every checkpoint that was due and no other: not where it
   * was interrupted, nor at an end that it was given before.
   */
  public static ScoreHistory of(List<MetricsRow> rows, CheckpointSchedule schedule) {
    ScoreHistory history = new ScoreHistory();
    for (MetricsRow row : rows) {
      history.add(row);
      if (row.step() >= 1 && schedule.due(row.step(), history)) {
        history.checkpointTaken(row.step());
      }
    }
    return history;
  }

  /** Adds what a later step measured; values that are not finite are left out. */
  public void add(MetricsRow row) {
    row.values()
        .forEach((name, value) -> {
          if (Double.isFinite(value)) {
            points.computeIfAbsent(name, any -> new TreeMap<>()).put(row.step(), value);
          }
        });
  }

  /** Notes that a checkpoint was taken. */
  public void checkpointTaken(long step) {
    lastCheckpoint = step;
  }

  /** The step of the last checkpoint, 0 before the first. */
  public long lastCheckpoint() {
    return lastCheckpoint;
  }

  /**
   * How far a score moved: its last value less the newest one at least {@code window} steps older,
   * or less the first where none is so old; 0 for a score that was not measured.
   */
  public double change(String metric, long window) {
    TreeMap<Long, Double> all = points.get(metric);
    if (all == null) {
      return 0;
    }
    Map.Entry<Long, Double> last = all.lastEntry();
    Map.Entry<Long, Double> before = all.floorEntry(last.getKey() - window);
    return last.getValue() - (before == null ? all.firstEntry() : before).getValue();
  }
}
