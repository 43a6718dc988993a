package refrain.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import refrain.base.RefrainException;

/**
 * Reads a few numbers of each row of a log and passes over the others unread: a listing of hundreds
 * of runs looks at gigabytes of lists of which it shows nothing. What is not laid out as {@link
 * MetricsRow} writes it is read as any row is, or refused with the same words.
 */
final class MetricsSkim {
  /** Numbers that stand in quotes. */
  private static final Set<String> NO_JSON = Set.of("NaN", "Infinity", "-Infinity");

  private final byte[] bytes;
  private final String source;
  private final String[] names;
  private final byte[][] keys;
  private int at;
  private boolean other;

  private MetricsSkim(byte[] bytes, String source, Set<String> wanted) {
    this.bytes = bytes;
    this.source = source;
    this.names = wanted.toArray(String[]::new);
    this.keys =
        Arrays.stream(names).map(n -> n.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
  }

  /**
   * All rows with those of the wanted numbers that they have; a partial last line is left out.
   *
   * @throws RefrainException of kind BAD_FILE for what is no row, and for a step that does not
   *     follow the one before
   */
  static List<MetricsRow> read(Path file, Set<String> wanted) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      return new MetricsSkim(bytes, file.getFileName().toString(), wanted).rows();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw AtomicFiles.failed("read", file, "nothing was changed", e);
    }
  }

  private List<MetricsRow> rows() {
    List<MetricsRow> rows = new ArrayList<>();
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    while (at < end) {
      int begin = at;
      other = false;
      MetricsRow row = row();
      if (other) {
        at = begin;
        while (bytes[at] != '\n') {
          at++;
        }
        row = parsed(begin, at, rows.size() + 1);
      }
      at++;
      if (!rows.isEmpty() && row.step() <= rows.getLast().step()) {
        throw MetricsLog.backwards(where(rows.size() + 1), row, rows.getLast());
      }
      rows.add(row);
    }
    return rows;
  }

  private String where(int line) {
    return String.format(Locale.ROOT, "%s: line %d", source, line);
  }

  private MetricsRow parsed(int begin, int end, int line) {
    String text = new String(bytes, begin, end - begin, StandardCharsets.UTF_8);
    MetricsRow all = MetricsRow.parse(text, where(line));
    MetricsRow row = MetricsRow.at(all.step());
    for (String name : names) {
      if (all.values().containsKey(name)) {
        row.put(name, all.value(name));
      }
    }
    return row;
  }

  /** A row laid out as it is written; anything else sets {@link #other}. */
  private MetricsRow row() {
    expect("{\"step\":");
    int digits = at;
    long step = 0;
    while (bytes[at] >= '0' && bytes[at] <= '9' && at - digits < 18) {
      step = 10 * step + bytes[at++] - '0';
    }
    other |= at == digits;
    MetricsRow row = MetricsRow.at(step);
    while (!other && bytes[at] == ',') {
      at++;
      expect("\"");
      int key = keyEndingAt();
      expect("\":");
      if (other) {
        break;
      }
      int from = at;
      if (bytes[at] == '[') {
        passOver((byte) ']');
        at++;
        continue;
      }
      while (bytes[at] != ',' && bytes[at] != '}' && bytes[at] != '\n') {
        at++;
      }
      if (key >= 0) {
        number(row, names[key], from);
      }
    }
    expect("}");
    other |= at >= bytes.length || bytes[at] != '\n';
    return row;
  }

  /** The wanted name that stands here, -1: another one; goes on to the quote behind it. */
  private int keyEndingAt() {
    int from = at;
    passOver((byte) '"');
    for (int i = 0; i < keys.length; i++) {
      if (Arrays.equals(keys[i], 0, keys[i].length, bytes, from, at)) {
        return i;
      }
    }
    return -1;
  }

  private void number(MetricsRow row, String name, int from) {
    boolean quoted = bytes[from] == '"';
    String text =
        quoted && at - from >= 2
            ? new String(bytes, from + 1, at - from - 2, StandardCharsets.UTF_8)
            : new String(bytes, from, at - from, StandardCharsets.UTF_8);
    if (quoted != NO_JSON.contains(text)) {
      other = true;
      return;
    }
    try {
      row.put(name, Double.parseDouble(text));
    } catch (IllegalArgumentException e) { // no number, or there already
      other = true;
    }
  }

  /** Goes on to a byte of this line; text with escapes is left to the other reader. */
  private void passOver(byte wanted) {
    while (bytes[at] != wanted && bytes[at] != '\n' && bytes[at] != '\\') {
      at++;
    }
    other |= bytes[at] != wanted;
  }

  /** Goes on behind a text that has to stand here. */
  private void expect(String text) {
    for (int i = 0; i < text.length() && !other; i++) {
      if (bytes[at] == text.charAt(i)) {
        at++;
      } else {
        other = true;
      }
    }
  }
}
