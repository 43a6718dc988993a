package refrain.watch;

/**
 * What a detector found in its series. Numbers that do not exist are NaN.
 *
 * @param kind what
 * @param ordinal how many of this kind this series had before, from 0
 * @param observation of the series at which it was found, from 1
 * @param step the same, in steps
 * @param tau its date, steps: where it began when suspected, its middle when confirmed
 * @param low lower end of the date's 95 % interval, steps
 * @param high upper end
 * @param value of the metric when it was found, in its own unit
 * @param expected what the metric's past led to expect then; for harm, its best
 * @param evidence ln R, the log of the evidence; for outliers how many
 * @param threshold ln A that it passed; what evidence has to pass
 * @param delay expected from the beginning of a change of two standard deviations to its being
 *     suspected, observations
 */
public record Finding(
    EventKind kind,
    int ordinal,
    long observation,
    double step,
    double tau,
    double low,
    double high,
    double value,
    double expected,
    double evidence,
    double threshold,
    double delay) {}
