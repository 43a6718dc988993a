package refrain.watch.log;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Numbers as programs write them. */
final class Numbers {
  private Numbers() {}

  /** A number, or null where the text is none. NaN and infinities count, as Python spells them. */
  static @Nullable Double parse(String text) {
    String t = text.strip();
    if (t.isEmpty()) {
      return null;
    }
    char c = t.charAt(0);
    boolean digits = c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.';
    if (digits && t.length() <= 64) {
      char last = t.charAt(t.length() - 1);
      boolean sign = c == '-' || c == '+';
      if (sign && t.length() > 1 && Character.isLetter(t.charAt(1))) {
        return special(t);
      }
      if ((last < '0' || last > '9') && last != '.') {
        return null; // Java would read 1f and 1d
      }
      try {
        return Double.valueOf(t);
      } catch (NumberFormatException e) {
        return null;
      }
    }
    return special(t);
  }

  private static @Nullable Double special(String text) {
    boolean minus = text.startsWith("-");
    String t = minus || text.startsWith("+") ? text.substring(1) : text;
    if (t.equalsIgnoreCase("nan")) {
      return Double.NaN;
    }
    if (t.equalsIgnoreCase("inf") || t.equalsIgnoreCase("infinity")) {
      return minus ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    return null;
  }

  /** Seconds since 1970 of a time as ISO 8601 has it, with a blank instead of the T too. */
  static @Nullable Double time(String text) {
    String t = text.strip();
    if (t.length() < 16 || t.length() > 40 || t.charAt(4) != '-' || t.charAt(7) != '-') {
      return null;
    }
    String iso = t.replace(' ', 'T').replace(',', '.');
    try {
      OffsetDateTime at =
          iso.endsWith("Z") || iso.matches(".*[+-]\\d\\d:\\d\\d")
              ? OffsetDateTime.parse(iso)
              : LocalDateTime.parse(iso).atOffset(ZoneOffset.UTC);
      return at.toEpochSecond() + at.getNano() * 1e-9;
    } catch (DateTimeException e) {
      return null;
    }
  }
}
