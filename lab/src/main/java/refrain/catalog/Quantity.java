package refrain.catalog;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers with units, as people write and read them: 3 h, 12.5 MiB. */
public final class Quantity {
  private static final Pattern WRITTEN = Pattern.compile("([-+0-9.eE]+) *([A-Za-z]*)");
  private static final List<String> SIZES = List.of("B", "KiB", "MiB", "GiB", "TiB");
  private static final Map<String, Double> SECONDS =
      Map.of("s", 1.0, "min", 60.0, "m", 60.0, "h", 3600.0, "d", 86400.0, "w", 604800.0);
  private static final Map<String, Double> BYTES =
      Map.of(
          "B",
          1.0,
          "kB",
          1e3,
          "KB",
          1e3,
          "MB",
          1e6,
          "GB",
          1e9,
          "KiB",
          1024.0,
          "MiB",
          1048576.0,
          "GiB",
          1073741824.0);

  private Quantity() {}

  /** What a column holds, and how its values are written. */
  public enum Kind {
    TEXT("a text, in which * stands for anything"),
    NUMBER("a number, or none"),
    YES_OR_NO("yes or no"),
    SECONDS("a time, such as 90s, 5min, 3h or 2d"),
    BYTES("a size, such as 500kB, 20MiB or 1GB");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** What is expected, for errors. */
    String words() {
      return words;
    }
  }

  /** Never negative: clocks of machines that share a disk differ. */
  static double secondsSince(Instant then) {
    return Math.max(0, (System.currentTimeMillis() - then.toEpochMilli()) * 1e-3);
  }

  /** A number, or 1 and 0 for yes and no. */
  public static double number(Object value) {
    return value instanceof Boolean truth ? truth ? 1 : 0 : ((Number) value).doubleValue();
  }

  /** A number of that kind as somebody wrote it; NaN: it is none. */
  static double parse(Kind kind, String text) {
    Matcher written = WRITTEN.matcher(text.strip());
    if (!written.matches()) {
      return Double.NaN;
    }
    String unit = written.group(2);
    Double factor =
        switch (kind) {
          case SECONDS -> unit.isEmpty() ? Double.valueOf(1) : SECONDS.get(unit);
          case BYTES -> unit.isEmpty() ? Double.valueOf(1) : BYTES.get(unit);
          default -> unit.isEmpty() ? 1.0 : null;
        };
    try {
      return factor == null ? Double.NaN : factor * Double.parseDouble(written.group(1));
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** A stretch of time in its largest unit: 40 s, 12 min, 3 h, 5 d. */
  public static String time(double seconds) {
    double s = Math.rint(seconds);
    return s < 100
        ? whole(s, "s")
        : s < 6000
            ? whole(s / 60, "min")
            : s < 172800 ? whole(s / 3600, "h") : whole(s / 86400, "d");
  }

  private static String whole(double value, String unit) {
    return String.format(Locale.ROOT, "%.0f %s", value, unit);
  }

  /** A number of bytes: 12.5 MiB. */
  public static String size(double bytes) {
    int unit = 0;
    double value = bytes;
    while (value >= 1024 && unit < SIZES.size() - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, SIZES.get(unit));
  }
}
