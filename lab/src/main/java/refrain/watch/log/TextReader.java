package refrain.watch.log;

import java.util.Locale;
import java.util.Set;

/**
 * What programs print: {@code step:12/6200 train_loss:3.5}, {@code iter 3: loss 10.9, time 3ms},
 * {@code Epoch[0] Batch [50] Train-accuracy=0.19}, a dictionary of Python, a table of {@code | key
 * | value |} lines. A line is a row where its first number is a step and another follows; the
 * program's own source and a shell's trace above it have none. A dictionary or a table needs no
 * step: such rows are counted.
 */
final class TextReader extends LineReader {
  private static final int LONGEST_NAME = 80;
  private static final int MOST_WORDS = 4;

  /** A row of text has few numbers; a line of hundreds is a printed array. */
  private static final int MOST_NUMBERS = 64;

  private static final Set<String> LEVELS =
      Set.of("info", "debug", "warning", "error", "root", "rank0", "stdout", "stderr", "main");

  private final LogRow table = new LogRow();
  private String text = "";
  private int at;

  TextReader(RowSink sink) {
    super(sink);
  }

  @Override
  void line(String whole) {
    String stripped =
        whole.indexOf('\u001b') < 0 ? whole : whole.replaceAll("\u001b\\[[0-9;]*m", "");
    String trimmed = stripped.strip();
    if (trimmed.length() > 1 && trimmed.startsWith("|") && trimmed.endsWith("|") && cell(trimmed)) {
      return;
    }
    if (table.size() > 0) {
      flush();
    }
    if (trimmed.isEmpty() || !hasDigit(trimmed) && !trimmed.contains("nan")) {
      return;
    }
    boolean dictionary = trimmed.startsWith("{") && trimmed.endsWith("}");
    numbers(trimmed);
    boolean stepped = row.size() > 1 && step(0);
    if (stepped || dictionary && row.size() > 0) {
      emit();
    } else {
      row.clear();
    }
  }

  @Override
  void end() {
    super.end();
    if (table.size() > 0) {
      flush();
    }
  }

  private boolean step(int i) {
    return ColumnNames.axis(row.name(i)) >= 0 && row.value(i) >= 0;
  }

  private static boolean hasDigit(String line) {
    for (int i = 0; i < line.length(); i++) {
      if (line.charAt(i) >= '0' && line.charAt(i) <= '9') {
        return true;
      }
    }
    return false;
  }

  /** A line {@code | key | value |} of a table; its key for the second time begins another one. */
  private boolean cell(String line) {
    String[] parts = line.substring(1, line.length() - 1).split("\\|", -1);
    if (parts.length != 2) {
      return false;
    }
    String key = parts[0].strip();
    Double value = Numbers.parse(parts[1]);
    if (key.isEmpty() || key.length() > LONGEST_NAME) {
      return false;
    }
    if (table.has(key)) {
      flush();
    }
    if (value != null && table.size() < MOST_NUMBERS) {
      table.put(key, value);
    }
    return true;
  }

  private void flush() {
    for (int i = 0; i < table.size(); i++) {
      row.put(table.name(i), table.value(i));
    }
    table.clear();
    emit();
  }

  /** Puts each number of a line into the row, named by the words before it. */
  private void numbers(String line) {
    text = line;
    at = 0;
    int keyFrom = 0;
    int found = 0;
    while (at < text.length() && found < MOST_NUMBERS) {
      char c = text.charAt(at);
      if (c == ',' || c == ';' || c == '\t' || c == '|' || c == '{' || c == '}') {
        at++;
        keyFrom = at;
        continue;
      }
      if (!boundary(at)) {
        at++;
        continue;
      }
      int end = number(at);
      if (end < 0) {
        at++;
        continue;
      }
      String name = name(text.substring(keyFrom, at));
      Double value = Numbers.parse(text.substring(at, end));
      if (value != null && !name.isEmpty() && !row.has(name)) {
        row.put(name, value);
        found++;
      }
      at = afterUnit(end);
      keyFrom = at;
    }
  }

  /** Whether a number may begin here: not inside of a word, a path or another number. */
  private boolean boundary(int i) {
    if (i == 0) {
      return true;
    }
    char before = text.charAt(i - 1);
    return before == ' '
        || before == ':'
        || before == '='
        || before == '['
        || before == '('
        || before == '\t'
        || before == '|'
        || before == ',';
  }

  /** Where the number that begins here ends; -1 where none does, or a date or a version. */
  private int number(int begin) {
    int i = begin;
    if (i < text.length() && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
      i++;
    }
    String rest = text.substring(i, Math.min(text.length(), i + 9)).toLowerCase(Locale.ROOT);
    for (String word : new String[] {"infinity", "nan", "inf"}) {
      if (rest.startsWith(word)
          && (rest.length() == word.length()
              || !Character.isLetterOrDigit(rest.charAt(word.length())))) {
        return i + word.length();
      }
    }
    int digits = i;
    boolean point = false;
    while (i < text.length()) {
      char c = text.charAt(i);
      boolean exponent =
          (c == 'e' || c == 'E')
              && i > digits
              && i + 1 < text.length()
              && (isDigit(text.charAt(i + 1))
                  || i + 2 < text.length()
                      && (text.charAt(i + 1) == '-' || text.charAt(i + 1) == '+')
                      && isDigit(text.charAt(i + 2)));
      if (exponent) {
        i += 2;
        while (i < text.length() && isDigit(text.charAt(i))) {
          i++;
        }
        break;
      }
      if (c == '.' && !point) {
        point = true;
      } else if (!isDigit(c)) {
        break;
      }
      i++;
    }
    boolean any = i > digits && (isDigit(text.charAt(digits)) || i > digits + 1);
    if (!any) {
      return -1;
    }
    if (i + 1 < text.length() && isDigit(text.charAt(i + 1))) {
      char joint = text.charAt(i);
      if (joint == '-' || joint == ':' || joint == '.' || joint == '_') {
        return -1;
      }
    }
    return i;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** Goes over {@code /6200}, {@code ms}, {@code %}, {@code ]} behind a number. */
  private int afterUnit(int end) {
    int i = end;
    if (i + 1 < text.length() && text.charAt(i) == '/' && isDigit(text.charAt(i + 1))) {
      i++;
      while (i < text.length() && isDigit(text.charAt(i))) {
        i++;
      }
    }
    while (i < text.length()
        && (Character.isLetter(text.charAt(i)) || text.charAt(i) == '%' || text.charAt(i) == '/')) {
      i++;
    }
    return i;
  }

  /** The words that name a number: the last few, after whatever ended what was before. */
  private static String name(String before) {
    int end = before.length();
    while (end > 0 && !named(before.charAt(end - 1)) && before.charAt(end - 1) != ')') {
      end--;
    }
    int begin = end;
    int words = 1;
    while (begin > 0) {
      char c = before.charAt(begin - 1);
      if (c == ' ') {
        if (words == MOST_WORDS || end - begin > LONGEST_NAME) {
          break;
        }
        words++;
      } else if (!named(c) && c != '(' && c != ')') {
        break;
      }
      begin--;
    }
    StringBuilder name = new StringBuilder();
    for (String word : before.substring(begin, end).replaceAll("[()]", " ").strip().split(" +")) {
      if (name.isEmpty() && LEVELS.contains(word.toLowerCase(Locale.ROOT)) || word.equals("-")) {
        continue;
      }
      name.append(name.isEmpty() ? "" : "_").append(word);
    }
    boolean letter = name.chars().anyMatch(Character::isLetter);
    return letter && name.length() <= LONGEST_NAME ? name.toString() : "";
  }

  private static boolean named(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '/' || c == '.' || c == '@';
  }
}
