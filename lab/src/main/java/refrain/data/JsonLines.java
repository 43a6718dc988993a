package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import refrain.base.RefrainException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Documents in JSON lines: an object a line, whose field {@code text} is the document. */
final class JsonLines {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int SHOWN = 60;

  private JsonLines() {}

  /**
   * The documents of a file, named by its name and their line; blank lines are none.
   *
   * @param where the file, for errors
   * @throws RefrainException that names the line which is none
   */
  static List<Document> documents(String where, String name, byte[] utf8) {
    List<Document> documents = new ArrayList<>();
    int line = 0;
    for (int from = 0, to; from < utf8.length; from = to + 1) {
      line++;
      for (to = from; to < utf8.length && utf8[to] != '\n'; to++) {}
      String json = new String(utf8, from, to - from, UTF_8);
      if (!json.isBlank()) {
        String at = where + ":" + line;
        byte[] text = text(at, json).getBytes(UTF_8);
        documents.add(new Document(name + ":" + line, Utf8.clean(at, text, false)));
      }
    }
    return documents;
  }

  private static String text(String at, String json) {
    JsonNode text;
    try {
      text = JSON.readTree(json).path("text");
    } catch (JacksonException e) {
      throw RefrainException.badFile(at + ": not JSON: " + e.getOriginalMessage(), e);
    }
    if (!text.isString()) {
      throw RefrainException.badFile(
          "%s: expected an object with the document in its field text, such as {\"text\": \"...\"};"
              + " found %s",
          at, json.length() <= SHOWN ? json : json.substring(0, SHOWN) + "...");
    }
    return text.asString();
  }
}
