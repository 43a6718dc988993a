package refrain.watch.log;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Tables: comma, semicolon or tab between cells, a heading or none, comments ({@code #}) before it,
 * cells left empty, the heading again where files were put together.
 */
final class CsvReader extends LineReader {
  /** W&B exports three columns a curve; the least and the greatest of a smoothed point are none. */
  private static final List<String> NOT_CURVES = List.of("__MIN", "__MAX");

  private List<String> heading = List.of();
  private Set<Integer> ignored = Set.of();
  private char delimiter;
  private final List<String> cells = new ArrayList<>();

  CsvReader(RowSink sink) {
    super(sink);
  }

  @Override
  void line(String text) {
    if (text.startsWith("#") || text.isBlank()) {
      return;
    }
    if (heading.isEmpty()) {
      head(text.startsWith("\uFEFF") ? text.substring(1) : text);
      return;
    }
    split(text, delimiter, cells);
    if (cells.size() > heading.size()) {
      drop(
          String.format(
              Locale.ROOT,
              "line %d: expected %d cells, found %d",
              number,
              heading.size(),
              cells.size()));
      return;
    }
    read();
  }

  /** Without its end a number may be cut; a row that lacks cells surely is. */
  @Override
  void lastLine(String text) {
    split(text, delimiter, cells);
    if (!heading.isEmpty() && cells.size() == heading.size()) {
      line(text);
    }
  }

  private void read() {
    boolean again = true;
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      again &= cell.equals(heading.get(i));
      if (cell.isBlank() || ignored.contains(i)) {
        continue;
      }
      Double value = Numbers.parse(cell);
      if (value != null) {
        row.put(heading.get(i), value);
        continue;
      }
      Double time = Numbers.time(cell);
      if (time != null) {
        row.time(time);
      } else {
        row.text();
      }
    }
    if (again) {
      row.clear();
    } else {
      emit();
    }
  }

  private void head(String text) {
    delimiter = delimiter(text);
    split(text, delimiter, cells);
    boolean numbers = cells.stream().allMatch(cell -> Numbers.parse(cell) != null);
    List<String> names = new ArrayList<>();
    Set<Integer> skipped = new HashSet<>();
    for (int i = 0; i < Math.min(cells.size(), MOST_COLUMNS); i++) {
      String cell = cells.get(i).strip();
      String name = numbers ? "column" + (i + 1) : cell.isEmpty() ? "index" : cell;
      for (String end : NOT_CURVES) {
        if (name.endsWith(end)) {
          skipped.add(i);
        }
      }
      names.add(names.contains(name) ? name + "." + (i + 1) : name);
    }
    heading = names;
    ignored = skipped;
    if (numbers) {
      read();
    }
  }

  /** The one that makes the most cells. */
  static char delimiter(String line) {
    char best = ',';
    long most = 0;
    for (char each : new char[] {',', '\t', ';'}) {
      long count = line.chars().filter(c -> c == each).count();
      if (count > most) {
        most = count;
        best = each;
      }
    }
    return best;
  }

  /** Cells of one line; quotes may hold delimiters. */
  static void split(String line, char delimiter, List<String> cells) {
    cells.clear();
    if (line.indexOf('"') < 0) {
      int begin = 0;
      for (int end; (end = line.indexOf(delimiter, begin)) >= 0; begin = end + 1) {
        cells.add(line.substring(begin, end));
      }
      cells.add(line.substring(begin));
      return;
    }
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == delimiter && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString());
  }
}
