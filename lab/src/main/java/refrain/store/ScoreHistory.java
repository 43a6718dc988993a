package refrain.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What was measured so far and when the last checkpoint was taken; rebuilt from the store. */
public final class ScoreHistory {
  private record Point(long step, double value) {}

  private final Map<String, List<Point>> points = new HashMap<>();
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

  /** Adds what a later step measured; values that are not finite are left out. */
  public void add(MetricsRow row) {
    row.values()
        .forEach((name, value) -> {
          if (Double.isFinite(value)) {
            points
                .computeIfAbsent(name, any -> new ArrayList<>())
                .add(new Point(row.step(), value));
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
    List<Point> all = points.getOrDefault(metric, List.of());
    if (all.isEmpty()) {
      return 0;
    }
    Point last = all.getLast();
    for (Point point : all.reversed()) {
      if (point.step <= last.step - window) {
        return last.value - point.value;
      }
    }
    return last.value - all.getFirst().value;
  }
}
