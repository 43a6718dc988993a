package refrain.watch.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import refrain.base.RefrainException;

/**
 * Lines by the user's own regular expression with named groups: each that holds a number is a
 * column of its name.
 */
final class PatternReader extends LineReader {
  /** A pattern may take very long on a long line; lines of logs are short. */
  private static final int LONGEST = 4096;

  private final Pattern pattern;
  private final List<Map.Entry<String, Integer>> groups;

  PatternReader(Pattern pattern, RowSink sink) {
    super(sink);
    this.pattern = pattern;
    this.groups = new ArrayList<>(pattern.namedGroups().entrySet());
    groups.sort(Map.Entry.comparingByValue());
  }

  /**
   * Reads a pattern.
   *
   * @throws RefrainException where it is none, or has no named group
   */
  static Pattern parse(String text) {
    Pattern pattern;
    try {
      pattern = Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw RefrainException.badInput(
          "--pattern: " + e.getDescription() + " at character " + e.getIndex(), e);
    }
    if (pattern.namedGroups().isEmpty()) {
      throw RefrainException.badInput(
          "--pattern: expected named groups such as 'step (?<step>\\d+) loss (?<loss>\\S+)', found"
              + " none");
    }
    return pattern;
  }

  @Override
  void line(String text) {
    if (text.length() > LONGEST) {
      return;
    }
    Matcher found = pattern.matcher(text);
    if (!found.find()) {
      return;
    }
    for (Map.Entry<String, Integer> group : groups) {
      String value = found.group(group.getValue());
      Double number = value == null ? null : Numbers.parse(value);
      if (number != null) {
        row.put(group.getKey(), number);
      }
    }
    emit();
  }
}
