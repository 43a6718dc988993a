package refrain.watch.follow;

import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.watch.DetectorSettings;

/**
 * What is asked of a watch.
 *
 * @param metrics to watch; none: those whose names say what they are
 * @param step the column of steps, or {@code rows}; null to find it
 * @param rate the column of the learning rate; null to find it
 * @param detector how each metric is watched
 */
public record WatchOptions(
    List<Metric> metrics, @Nullable String step, @Nullable String rate, DetectorSettings detector) {
  /** Everything found. */
  public static final WatchOptions DEFAULT =
      new WatchOptions(List.of(), null, null, DetectorSettings.DEFAULT);

  /** Copies the list. */
  public WatchOptions {
    metrics = List.copyOf(metrics);
  }
}
