package refrain.stats;

/**
 * An estimate with its interval, all in the unit of the estimate.
 *
 * @param level the share of repetitions that the interval is made to cover, such as 0.95
 */
public record Interval(double estimate, double low, double high, double level) {
  /** The same in another unit, of which this one is so many. */
  public Interval times(double factor) {
    return new Interval(estimate * factor, low * factor, high * factor, level);
  }
}
