package refrain.watch.log;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** An object of JSON a line. */
final class JsonLinesReader extends LineReader {
  JsonLinesReader(RowSink sink) {
    super(sink);
  }

  @Override
  void line(String text) {
    if (text.isBlank()) {
      return;
    }
    try (JsonParser in = JsonRows.parser(text)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        drop("line " + number + ": expected an object of JSON");
        return;
      }
      JsonRows.object(in, "", row);
    } catch (JacksonException | ArithmeticException e) {
      drop("line " + number + ": is no JSON");
      return;
    }
    emit();
  }
}
