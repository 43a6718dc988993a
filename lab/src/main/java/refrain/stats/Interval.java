package refrain.stats;

/**
 * An estimate with its interval, all in the unit of the estimate.
 *
 * @param level the share of repetitions that the interval is made to cover, such as 0.95
 */
public record Interval(double estimate, double low, double high, double level) {}
