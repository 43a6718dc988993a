package refrain.watch.log;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The formats of logs, told by how a file begins. */
public enum LogFormat {
  TENSORBOARD("TensorBoard events"),
  JSON_LINES("JSON lines"),
  JSON_DOCUMENT("a JSON document"),
  CSV("a table (CSV)"),
  TEXT("text with keys and values"),
  PATTERN("lines that match --pattern");

  /** How much of a file is looked at. */
  static final int HEAD = 1 << 16;

  private static final int MOST_WORDS = 6;
  private static final int LONGEST_HEADING = 80;

  private final String title;

  LogFormat(String title) {
    this.title = title;
  }

  public String title() {
    return title;
  }

  RowReader reader(RowSink sink, @Nullable Pattern pattern) {
    return switch (this) {
      case TENSORBOARD -> new EventReader(sink);
      case JSON_LINES -> new JsonLinesReader(sink);
      case CSV -> new CsvReader(sink);
      case TEXT -> new TextReader(sink);
      case PATTERN -> {
        if (pattern == null) {
          throw new IllegalStateException("a format by pattern has one");
        }
        yield new PatternReader(pattern, sink);
      }
      case JSON_DOCUMENT ->
          throw new IllegalStateException("a document is read whole, not in pieces");
    };
  }

  /**
   * What a file is.
   *
   * @param head its first bytes
   * @param whole whether that is all there will be; else a short head may be no answer yet
   * @param where what errors call the file
   * @throws RefrainException of kind BAD_FILE for files that hold no log that can be read
   */
  static Optional<LogFormat> of(byte[] head, String name, boolean whole, String where) {
    if (EventReader.begins(head, head.length)) {
      return Optional.of(TENSORBOARD);
    }
    refuseBinary(head, where);
    String text = new String(head, StandardCharsets.UTF_8);
    text = text.startsWith("\uFEFF") ? text.substring(1) : text;
    String begin = text.stripLeading();
    if (begin.isEmpty()) {
      return Optional.empty();
    }
    if (begin.charAt(0) == '[' || begin.charAt(0) == '{') {
      Optional<LogFormat> json = json(begin, whole || head.length >= HEAD);
      if (json.isEmpty() || json.get() != TEXT) {
        return json;
      }
    }
    return table(text, name, whole || head.length >= HEAD);
  }

  private static Optional<LogFormat> json(String begin, boolean whole) {
    String inside = begin.substring(1).stripLeading();
    if (inside.isEmpty()) {
      return whole ? Optional.of(JSON_DOCUMENT) : Optional.empty();
    }
    if (begin.charAt(0) == '[') {
      return Optional.of(inside.charAt(0) == '{' || inside.equals("]") ? JSON_DOCUMENT : TEXT);
    }
    if (inside.charAt(0) != '"' && inside.charAt(0) != '}') {
      return Optional.of(TEXT);
    }
    int end = begin.indexOf('\n');
    if (end < 0 && !whole) {
      return Optional.empty();
    }
    String line = end < 0 ? begin : begin.substring(0, end);
    return Optional.of(wholeRow(line) ? JSON_LINES : JSON_DOCUMENT);
  }

  /** Whether a line is one object without a list of objects or a long one of numbers in it. */
  private static boolean wholeRow(String line) {
    try (JsonParser in = JsonRows.parser(line)) {
      in.nextToken();
      boolean rows = false;
      while (in.nextToken() != JsonToken.END_OBJECT) {
        if (in.nextToken() == JsonToken.START_ARRAY) {
          rows |= in.nextToken() == JsonToken.START_OBJECT;
          while (in.currentToken() != JsonToken.END_ARRAY) {
            in.skipChildren();
            in.nextToken();
          }
        } else {
          in.skipChildren();
        }
      }
      return !rows && in.nextToken() == null;
    } catch (JacksonException e) {
      return false;
    }
  }

  private static Optional<LogFormat> table(String text, String name, boolean whole) {
    String lower = name.toLowerCase(Locale.ROOT);
    boolean named = lower.endsWith(".csv") || lower.endsWith(".tsv");
    List<String> lines =
        Arrays.stream(text.split("\r\n|\r|\n", -1))
            .limit(200)
            .filter(line -> !line.startsWith("#") && !line.isBlank())
            .limit(3)
            .toList();
    if (named && !lines.isEmpty()) {
      return Optional.of(CSV);
    }
    int ended = text.endsWith("\n") ? lines.size() : lines.size() - 1;
    if (lines.isEmpty() || ended < 1 && !whole) {
      return whole ? Optional.of(TEXT) : Optional.empty();
    }
    char delimiter = CsvReader.delimiter(lines.getFirst());
    List<String> heading = new ArrayList<>();
    List<String> first = new ArrayList<>();
    CsvReader.split(lines.getFirst(), delimiter, heading);
    if (ended < 2 && !whole && heading.size() > 1) {
      return Optional.empty();
    }
    CsvReader.split(lines.get(Math.min(1, lines.size() - 1)), delimiter, first);
    boolean words =
        heading.size() > 1
            && heading.size() == first.size()
            && heading.stream().allMatch(LogFormat::isHeading)
            && first.stream().anyMatch(cell -> Numbers.parse(cell) != null);
    return Optional.of(words ? CSV : TEXT);
  }

  private static boolean isHeading(String cell) {
    return cell.length() <= LONGEST_HEADING
        && cell.indexOf('=') < 0
        && !cell.contains(": ")
        && cell.strip().split(" +").length <= MOST_WORDS;
  }

  private static void refuseBinary(byte[] head, String where) {
    String begin = new String(head, 0, Math.min(head.length, 16), StandardCharsets.ISO_8859_1);
    String what = null;
    if (begin.startsWith(":W&B")) {
      what = "W&B's own record, which it alone reads; watch its files/output.log, or an export";
    } else if (begin.startsWith("\u001f\u008b")) {
      what = "compressed; expand it first";
    } else if (begin.startsWith("SQLite format 3")) {
      what = "a database; export a table as CSV";
    } else if (begin.startsWith("PK\u0003\u0004")) {
      what = "an archive (weights?); watch the log that the program writes";
    } else {
      int checked = Math.min(head.length, 1024);
      for (int i = 0; i < checked; i++) {
        if (head[i] == 0) {
          what = "binary; expected TensorBoard events, JSON, CSV or text";
          break;
        }
      }
    }
    if (what != null) {
      throw RefrainException.badFile(where + ": is " + what);
    }
  }
}
