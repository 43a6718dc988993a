package refrain.base;

import java.util.regex.Pattern;

/** Words of command lines that a reader is told to type. */
public final class Shell {
  private static final Pattern PLAIN = Pattern.compile("[\\w./:=@%+,-]+");

  private Shell() {}

  /** A word as it can be pasted into a POSIX shell: in quotes where it needs them. */
  public static String word(String text) {
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
