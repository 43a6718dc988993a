package refrain.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.serve.http.Request;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is asked of a run at a step: which step, in whose name, and all else.
 *
 * @param step after so many updates
 * @param caller who asks; in whose name {@code for} says
 * @param rest of a body, its other fields; of an address nothing
 */
record Question(long step, Desk.Caller caller, ObjectNode rest) {
  private static final Pattern NAME = Pattern.compile("[\\w.-]{1,40}");
  private static final String STEP = "step";
  private static final String FOR = "for";

  private static Question of(String where, long step, @Nullable String name, ObjectNode rest) {
    RefrainException.require(
        name == null || NAME.matcher(name).matches(),
        "%s: for is '%s', expected 1 to 40 letters, digits, points, dashes or underscores",
        where,
        name);
    RefrainException.require(
        step >= 0 && step <= Integer.MAX_VALUE, "%s: step is %s, expected 0 or more", where, step);
    return new Question(step, new Desk.Caller(where, name, System.nanoTime()), rest);
  }

  /** Of an address. */
  static Question ofQuery(Request request) {
    request.need(STEP);
    return of(
        request.path(),
        request.whole(STEP, 0, 0, Integer.MAX_VALUE),
        request.text(FOR).orElse(null),
        Json.object());
  }

  /** Of a body. */
  static Question ofBody(Request request, String where) {
    ObjectNode body = body(request, where);
    JsonNode step = body.remove(STEP);
    JsonNode name = body.remove(FOR);
    RefrainException.require(
        step != null && step.isIntegralNumber() && step.canConvertToLong(),
        "%s: step is %s, expected a whole number",
        where,
        step == null ? "not given" : step);
    RefrainException.require(
        name == null || name.isNull() || name.isString(),
        "%s: for is %s, expected a name in quotes",
        where,
        name);
    String given = name == null || name.isNull() ? null : name.asString();
    return of(where, step == null ? 0 : step.asLong(), given, body);
  }

  /**
   * A body that is an object; what is none is whoever's fault that sends it, and no damage here.
   */
  static ObjectNode body(Request request, String where) {
    JsonNode tree;
    try {
      tree = Json.parse(new String(request.body(), UTF_8), where);
    } catch (RefrainException e) {
      throw RefrainException.badInput(String.valueOf(e.getMessage()), e);
    }
    if (tree instanceof ObjectNode object) {
      return object;
    }
    throw RefrainException.badInput("%s: is no object, expected {...}", where);
  }

  String where() {
    return caller.where();
  }

  /** The other fields as a record. */
  <T> T as(Class<T> type) {
    return Json.read(rest, type, where());
  }
}
