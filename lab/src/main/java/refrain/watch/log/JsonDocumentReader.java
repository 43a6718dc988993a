package refrain.watch.log;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/**
 * A document of JSON that holds a run: a list of objects, a row each; an object with such a list in
 * it ({@code log_history} of trainer_state.json, or the first there is); or an object of lists of
 * numbers, a column each. Such a file is written whole again each time, so it is read whole.
 */
final class JsonDocumentReader {
  private static final int LEAST_COLUMN = 2;

  /** Bytes by which an encoding is guessed. */
  private static final int HEAD = 4;

  private final RowSink sink;
  private final LogRow row = new LogRow();
  private long rows;

  JsonDocumentReader(RowSink sink) {
    this.sink = sink;
  }

  /** How a reading ended. */
  enum End {
    WHOLE,
    /** In the middle of a value: the file is being written. */
    CUT,
    /** At something that is no JSON. */
    BROKEN
  }

  /**
   * The rows that a reading gave.
   *
   * @param where the place at which it ended, for errors
   * @param offset the same, in bytes
   */
  record Read(End end, long rows, String where, long offset) {}

  Read read(InputStream in) throws IOException {
    rows = 0;
    byte[] head = in.readNBytes(HEAD);
    for (byte each : head) {
      if (each == 0) {
        // By it other encodings are guessed, of which some are thrown at whoever opens the parser.
        return new Read(End.BROKEN, 0, "line 1, column 1", 0);
      }
    }
    JsonParser parser =
        JsonRows.parser(new SequenceInputStream(new ByteArrayInputStream(head), in));
    try (parser) {
      JsonToken first = parser.nextToken();
      if (first == JsonToken.START_ARRAY) {
        list(parser);
      } else if (first == JsonToken.START_OBJECT) {
        object(parser);
      } else {
        return read(first == null ? End.CUT : End.BROKEN, parser.currentLocation());
      }
      return read(End.WHOLE, parser.currentLocation());
    } catch (UnexpectedEndOfInputException e) {
      return read(End.CUT, e.getLocation());
    } catch (JacksonIOException e) {
      throw new IOException(e);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (JacksonException e) {
      // The parser is closed by now and knows no place any more.
      return read(End.BROKEN, e.getLocation());
    }
  }

  private Read read(End end, @Nullable TokenStreamLocation at) {
    return at == null
        ? new Read(end, rows, "its end", Long.MAX_VALUE)
        : new Read(
            end,
            rows,
            "line " + at.getLineNr() + ", column " + at.getColumnNr(),
            at.getByteOffset());
  }

  /** A list whose bracket was just read: each object in it is a row. */
  private void list(JsonParser in) {
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (in.currentToken() == JsonToken.START_OBJECT) {
        JsonRows.object(in, "", row);
        emit();
      } else {
        in.skipChildren();
      }
      if (in.currentToken() == null) {
        return;
      }
    }
  }

  private void object(JsonParser in) {
    Map<String, double[]> columns = new LinkedHashMap<>();
    boolean found = false;
    while (in.nextToken() != JsonToken.END_OBJECT) {
      if (in.currentToken() == null) {
        return;
      }
      String name = in.currentName();
      JsonToken value = in.nextToken();
      if (value == JsonToken.START_ARRAY && !found) {
        List<Double> numbers = new ArrayList<>();
        found = rowsOrColumn(in, numbers);
        if (numbers.size() >= LEAST_COLUMN) {
          columns.put(name, numbers.stream().mapToDouble(Double::doubleValue).toArray());
        }
      } else {
        in.skipChildren();
      }
    }
    if (!found) {
      byIndex(columns);
    }
  }

  /** True where the list held objects, which have become rows; else its numbers are kept. */
  private boolean rowsOrColumn(JsonParser in, List<Double> numbers) {
    boolean objects = false;
    while (in.nextToken() != JsonToken.END_ARRAY) {
      JsonToken token = in.currentToken();
      if (token == null) {
        return objects;
      }
      if (token == JsonToken.START_OBJECT) {
        objects = true;
        JsonRows.object(in, "", row);
        emit();
      } else if (token.isNumeric()) {
        numbers.add(in.getDoubleValue());
      } else if (token == JsonToken.VALUE_NULL) {
        numbers.add(Double.NaN);
      } else {
        in.skipChildren();
      }
    }
    return objects;
  }

  /** Lists of the length that most numbers have. */
  private void byIndex(Map<String, double[]> columns) {
    int length = columns.values().stream().mapToInt(c -> c.length).max().orElse(0);
    columns.values().removeIf(column -> column.length != length);
    for (int i = 0; i < length; i++) {
      for (Map.Entry<String, double[]> column : columns.entrySet()) {
        row.put(column.getKey(), column.getValue()[i]);
      }
      emit();
    }
  }

  private void emit() {
    if (row.size() > 0) {
      rows++;
      sink.row(row);
    }
    row.clear();
  }
}
