package refrain.watch.log;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/**
 * An object of JSON as a row: what is nested gets its path as name ({@code eval/loss}), lists of
 * numbers their index, and {@code /max}, which is what one asks of a list of heads.
 */
final class JsonRows {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  /** A longer list is no list of curves: losses by token, histograms. */
  private static final int MOST_IN_LIST = 64;

  private JsonRows() {}

  /** A parser that errs on nothing that Python's json writes. */
  static JsonParser parser(InputStream in) {
    return FACTORY.createParser(ObjectReadContext.empty(), in);
  }

  static JsonParser parser(String text) {
    return FACTORY.createParser(ObjectReadContext.empty(), text);
  }

  /** Puts into the row what an object holds, whose first brace was just read. */
  static void object(JsonParser in, String path, LogRow row) {
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      in.nextToken();
      value(in, path.isEmpty() ? name : path + "/" + name, row);
    }
  }

  private static void value(JsonParser in, String name, LogRow row) {
    JsonToken token = in.currentToken();
    switch (token) {
      case START_OBJECT -> object(in, name, row);
      case START_ARRAY -> list(in, name, row);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> put(row, name, in.getDoubleValue());
      case VALUE_STRING -> {
        String text = in.getString();
        Double value = Numbers.parse(text);
        Double time = value == null ? Numbers.time(text) : null;
        if (value != null) {
          put(row, name, value);
        } else if (time != null) {
          row.time(time);
        } else {
          row.text();
        }
      }
      default -> {}
    }
  }

  private static void put(LogRow row, String name, double value) {
    if (row.size() < RowReader.MOST_COLUMNS) {
      row.put(name, value);
    }
  }

  private static void list(JsonParser in, String name, LogRow row) {
    List<String> names = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    boolean more = collect(in, name, names, values);
    if (!more || values.isEmpty()) {
      return;
    }
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < values.size(); i++) {
      put(row, names.get(i), values.get(i));
      max = Math.max(max, values.get(i));
    }
    put(row, name + "/max", max);
  }

  /** Numbers of lists in lists; false where there are too many, or something else among them. */
  private static boolean collect(
      JsonParser in, String path, List<String> names, List<Double> values) {
    boolean numbers = true;
    int index = 0;
    while (in.nextToken() != JsonToken.END_ARRAY) {
      JsonToken token = in.currentToken();
      if (token == JsonToken.START_ARRAY) {
        numbers &= collect(in, path + "/" + index, names, values);
      } else if (token.isNumeric() && values.size() < MOST_IN_LIST) {
        names.add(path + "/" + index);
        values.add(in.getDoubleValue());
      } else {
        numbers = false;
        in.skipChildren();
      }
      index++;
    }
    return numbers;
  }
}
