package refrain.draw.chart;

/**
 * A vertical mark at a value of x, for example a dated phase change.
 *
 * @param at where, in units of x
 * @param lo start of its interval, NaN for none
 * @param hi end of its interval, NaN for none
 * @param label written above the plot
 */
public record Event(double at, double lo, double hi, String label) {
  public static Event at(double at, String label) {
    return new Event(at, Double.NaN, Double.NaN, label);
  }

  boolean hasInterval() {
    return Double.isFinite(lo) && Double.isFinite(hi);
  }
}
