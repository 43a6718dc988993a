package refrain.stats;

/**
 * When a curve changed, as {@link Dating} finds it. Where {@code exists} is false the rest
 * describes the best candidate and dates nothing.
 *
 * @param tau midpoint of the change, steps
 * @param low lower end of its 95 % interval, steps
 * @param high upper end, steps
 * @param onset where a tenth of the change is done, tau - w ln 9, steps
 * @param end where nine tenths are done, tau + w ln 9, steps; may lie after the last observation
 * @param size of the change, in the unit of the curve; positive upwards
 * @param phi correlation of neighbouring residuals
 * @param pValue of "no change"
 * @param exists whether pValue is below the level of the test
 */
public record ChangePoint(
    double tau,
    double low,
    double high,
    double onset,
    double end,
    double size,
    double phi,
    double pValue,
    boolean exists) {}
