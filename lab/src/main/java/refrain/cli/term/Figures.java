package refrain.cli.term;

import java.util.Locale;

/** Numbers, counts and durations in few characters. */
final class Figures {
  private Figures() {}

  /** Two decimals; the glyph for "unknown" for NaN. */
  static String two(double v, Glyphs glyphs) {
    if (Double.isNaN(v)) {
      return glyphs.unknown;
    }
    if (Double.isInfinite(v)) {
      return v > 0 ? glyphs.infinity : "-" + glyphs.infinity;
    }
    String text = String.format(Locale.ROOT, "%.2f", v);
    return text.equals("-0.00") ? "0.00" : text;
  }

  /** Three figures with k, M or G: 950, 15.2k, 152k, 1.52M. */
  static String count(double v, Glyphs glyphs) {
    if (!Double.isFinite(v)) {
      return glyphs.unknown;
    }
    String[] units = {"", "k", "M", "G", "T"};
    int u = 0;
    double scaled = v;
    while (scaled >= 999.5 && u < units.length - 1) {
      scaled /= 1000;
      u++;
    }
    int decimals = u == 0 || scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + decimals + "f%s", scaled, units[u]);
  }

  /** Minutes and seconds, or hours and minutes from one hour: 0:07, 12:40, 1h05. */
  static String duration(double seconds, Glyphs glyphs) {
    if (!Double.isFinite(seconds)) {
      return glyphs.unknown;
    }
    long s = (long) Math.ceil(seconds);
    return s < 3600
        ? String.format(Locale.ROOT, "%d:%02d", s / 60, s % 60)
        : String.format(Locale.ROOT, "%dh%02d", s / 3600, s / 60 % 60);
  }
}
