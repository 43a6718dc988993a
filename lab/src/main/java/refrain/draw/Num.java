package refrain.draw;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numbers as text, independent of the locale. */
public final class Num {
  private Num() {}

  /** A coordinate in pixels, to two decimals, without trailing zeros. */
  public static String coord(double v) {
    if (!Double.isFinite(v)) {
      throw new IllegalArgumentException("a coordinate must be finite, found " + v);
    }
    long hundredths = Math.round(v * 100);
    long whole = Math.abs(hundredths) / 100;
    int rest = (int) (Math.abs(hundredths) % 100);
    String fraction =
        rest == 0 ? "" : rest % 10 == 0 ? "." + rest / 10 : (rest < 10 ? ".0" : ".") + rest;
    String digits = whole == 0 && rest != 0 ? fraction : whole + fraction;
    return hundredths < 0 ? "-" + digits : digits;
  }

  /** {@code v} with a fixed number of decimals and a true minus sign; "not measured" for NaN. */
  public static String fixed(double v, int decimals) {
    if (Double.isNaN(v)) {
      return "not measured";
    }
    if (Double.isInfinite(v)) {
      return v > 0 ? "∞" : "−∞";
    }
    BigDecimal rounded = new BigDecimal(v).setScale(decimals, RoundingMode.HALF_EVEN);
    String digits = rounded.abs().toPlainString();
    return rounded.signum() < 0 ? "−" + digits : digits;
  }

  /** {@code v} with at least three significant digits, for hover texts and table cells. */
  public static String readable(double v) {
    if (!Double.isFinite(v)) {
      return fixed(v, 0);
    }
    double size = Math.abs(v);
    if (v == Math.rint(v) && size < 1e7) {
      return fixed(v, 0);
    }
    return fixed(v, size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : size >= 0.01 ? 3 : 4);
  }

  /**
   * Tick labels that belong together: the same number of decimals, and thousands as k or millions
   * as M where the largest is five digits or longer.
   */
  public static String tick(double v, double step, double largest) {
    double unit = largest >= 1e9 ? 1e9 : largest >= 1e6 ? 1e6 : largest >= 1e4 ? 1e3 : 1;
    String suffix = unit == 1e9 ? "G" : unit == 1e6 ? "M" : unit == 1e3 ? "k" : "";
    if (v == 0) {
      suffix = "";
    }
    return fixed(v / unit, v == 0 && unit > 1 ? 0 : decimals(step / unit)) + suffix;
  }

  private static int decimals(double step) {
    for (int d = 0; d < 15; d++) {
      double scaled = step * Math.pow(10, d);
      if (scaled > 0.5 && Math.abs(scaled - Math.rint(scaled)) < 1e-6 * scaled) {
        return d;
      }
    }
    return 15;
  }
}
