package refrain.study;

import static refrain.base.RefrainException.require;

import java.util.Arrays;
import java.util.Locale;
import refrain.base.Default;
import refrain.stats.Inference;

/**
 * What a number has to clear.
 *
 * @param side on which side
 * @param at the bar, or for {@link Side#WITHIN} how far from {@code around}
 * @param around the middle of {@link Side#WITHIN}; 0 otherwise
 */
public record Bar(Side side, double at, @Default("0") double around) {

  /** The side of the bar on which a claim holds. */
  public enum Side {
    AT_LEAST,
    AT_MOST,
    /** No further than the bar from a value. */
    WITHIN
  }

  public Bar {
    require(
        Double.isFinite(at) && Double.isFinite(around) && (side != Side.WITHIN || at >= 0),
        "bar: expected finite numbers and a distance of 0 or more, found %s, %s",
        at,
        around);
    require(
        side == Side.WITHIN || around == 0,
        "bar: 'around' is %s and goes with WITHIN only; set it to 0",
        around);
  }

  /** Whether a value clears the bar; NaN never does. */
  public boolean holds(double value) {
    return switch (side) {
      case AT_LEAST -> value >= at;
      case AT_MOST -> value <= at;
      case WITHIN -> Math.abs(value - around) <= at;
    };
  }

  /** The one of two values that is nearer to failing; NaN fails. */
  double worse(double a, double b) {
    return switch (side) {
      case AT_LEAST -> Math.min(a, b);
      case AT_MOST -> Math.max(a, b);
      case WITHIN -> Math.abs(a - around) >= Math.abs(b - around) || Double.isNaN(a) ? a : b;
    };
  }

  /** The one of several values that is nearest to failing. */
  double worst(double[] values) {
    return Arrays.stream(values).reduce(this::worse).orElse(Double.NaN);
  }

  /** Whether a whole interval clears the bar, or else none of it does. */
  Lies lies(double low, double high) {
    boolean allIn = holds(low) && holds(high);
    boolean allOut =
        switch (side) {
          case AT_LEAST -> high < at;
          case AT_MOST -> low > at;
          case WITHIN -> high < around - at || low > around + at;
        };
    if (allIn) {
      return Lies.INSIDE;
    }
    return allOut ? Lies.OUTSIDE : Lies.ACROSS;
  }

  /**
   * The p-value of the claim that a number clears the bar: the smallest a at which the whole
   * interval of level 1 - a does; 1 where the estimate does not, or there is no interval.
   */
  double p(Inference of) {
    if (!holds(of.estimate())) {
      return 1;
    }
    double p =
        switch (side) {
          case AT_LEAST, AT_MOST -> of.p(at);
          case WITHIN -> Math.max(of.p(around - at), of.p(around + at));
        };
    boolean exact = of.interval(0.5).low() == of.interval(0.5).high();
    double inside = exact ? 0 : p;
    return Double.isNaN(p) ? 1 : inside;
  }

  /** Whether all that clears another bar clears this one. */
  boolean contains(Bar other) {
    return switch (other.side) {
      case WITHIN -> holds(other.around - other.at) && holds(other.around + other.at);
      default -> other.side == side && holds(other.at);
    };
  }

  /** Such as ">= 0.7" or "0.8 to 1.2". */
  public String words() {
    return switch (side) {
      case AT_LEAST -> ">= " + number(at);
      case AT_MOST -> "<= " + number(at);
      case WITHIN -> number(around - at) + " to " + number(around + at);
    };
  }

  private static String number(double x) {
    return String.format(Locale.ROOT, Math.abs(x) >= 100 ? "%.0f" : "%.2f", x);
  }
}
