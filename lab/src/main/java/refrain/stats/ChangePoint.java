package refrain.stats;

/**
 * When a curve changed, as {@link Dating} finds it. Every curve has a best candidate; whether it is
 * a change is another question, which {@code evidence} answers.
 *
 * @param tau midpoint of the change, steps
 * @param low lower end of its 95 % interval, steps
 * @param high upper end, steps
 * @param onset where a tenth of the change is done, steps
 * @param end where nine tenths are done, steps; may lie after the last observation
 * @param size of the change, in the unit of the curve; positive upwards
 * @param phi correlation of neighbouring residuals
 * @param evidence n ln(RSS of two slopes / RSS with the change): how much better a step describes
 *     the curve than a bend does; about 0 or below where it does not
 * @param inside whether tau lies inside of the places that are tried; at their edge it is no date
 */
public record ChangePoint(
    double tau,
    double low,
    double high,
    double onset,
    double end,
    double size,
    double phi,
    double evidence,
    boolean inside) {}
