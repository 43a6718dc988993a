package refrain.watch.follow;

import org.jspecify.annotations.Nullable;
import refrain.watch.Standing;

/**
 * How a metric of a run stands, for people.
 *
 * @param metric as it is watched
 * @param attempt from 1
 * @param values that the log had of it
 * @param doubles of a step that was there
 * @param late values that came after a later step, alone
 * @param repeated values of a further attempt, of steps that were seen before
 * @param nans values that are no numbers
 * @param cadence steps from one value to the next
 * @param pooled how many values are one observation
 * @param standing of its detector; null while the first values come
 */
public record SeriesView(
    Metric metric,
    int attempt,
    long values,
    long doubles,
    long late,
    long repeated,
    long nans,
    double cadence,
    int pooled,
    @Nullable Standing standing) {}
