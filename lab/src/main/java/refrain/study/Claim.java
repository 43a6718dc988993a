package refrain.study;

/**
 * What a study has to show: a quantity of one variant and the bar that every seed has to clear.
 *
 * @param id short name
 * @param sentence what is claimed
 * @param variant whose runs are looked at
 * @param estimate which quantity
 * @param is on which side of the bar it has to be
 * @param bar in the unit of the quantity
 * @param why where the bar comes from
 */
public record Claim(
    String id,
    String sentence,
    String variant,
    Estimate estimate,
    Side is,
    double bar,
    String why) {

  /** The side of the bar on which the claim holds. */
  public enum Side {
    AT_LEAST(">="),
    AT_MOST("<=");

    private final String sign;

    Side(String sign) {
      this.sign = sign;
    }

    public String sign() {
      return sign;
    }

    /** Whether the value clears the bar; NaN never does. */
    boolean holds(double value, double bar) {
      return this == AT_LEAST ? value >= bar : value <= bar;
    }

    /** The one of two values that is nearer to failing; NaN fails. */
    double worse(double a, double b) {
      return this == AT_LEAST ? Math.min(a, b) : Math.max(a, b);
    }
  }
}
