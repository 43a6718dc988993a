package refrain.base;

/**
 * Text of others (names in files, paths, what was typed) as it is shown: a terminal would obey its
 * control characters.
 */
public final class Printable {
  private Printable() {}

  /** In one line: line ends and tabs are blanks, other control characters question marks. */
  public static String line(String text) {
    return of(text.replaceAll("\\s*[\\r\\n]\\s*|\t", " "));
  }

  /** The same with the line ends that it has. */
  public static String of(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints().forEach(c -> clean.appendCodePoint(c != '\n' && obeyed(c) ? '?' : c));
    return clean.toString();
  }

  /** Control characters, and those that turn the direction of what follows or end a line. */
  private static boolean obeyed(int c) {
    return Character.isISOControl(c)
        || (c >= 0x202A && c <= 0x202E)
        || (c >= 0x2066 && c <= 0x2069)
        || c == 0x2028
        || c == 0x2029;
  }
}
