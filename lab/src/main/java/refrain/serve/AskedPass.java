package refrain.serve;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.explore.Explored;
import refrain.analysis.explore.Pass;
import refrain.analysis.explore.Watch;
import refrain.base.RefrainException;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A pass over a text as somebody asks for it.
 *
 * @param pass what is asked of the model
 * @param model whose heads are named
 * @param heads whose patterns are wanted, by their places among all; null: none
 * @param whole the question as it came
 */
record AskedPass(Pass.Asked pass, ModelSpec model, int @Nullable [] heads, JsonNode whole) {
  /** Beyond as many bytes heads have to be named whose patterns are wanted. */
  private static final int MOST_PATTERNS = Film.MOST_BYTES;

  static AskedPass of(Question question, ModelSpec model) {
    JsonNode whole = question.rest().deepCopy();
    List<String> wanted = patterns(question);
    JsonNode text = question.rest().path("text");
    if (text instanceof ObjectNode own && own.has("tokens") && !own.has("kind")) {
      own.put("kind", "tokens");
    }
    Pass.Asked pass = question.as(Pass.Asked.class);
    return new AskedPass(pass, model, wanted == null ? null : heads(model, wanted), whole);
  }

  /** Whose patterns are wanted; empty: all heads'; null: none. */
  private static @Nullable List<String> patterns(Question question) {
    JsonNode wanted = question.rest().remove("patterns");
    if (wanted == null || wanted.isNull()) {
      return null;
    }
    List<String> names = new ArrayList<>();
    RefrainException.require(
        wanted.isArray(),
        "pass: patterns is %s, expected a list of heads ([]: all of them)",
        wanted);
    for (JsonNode name : wanted) {
      names.add(name.asString(""));
    }
    return names;
  }

  private static int[] heads(ModelSpec model, List<String> names) {
    if (names.isEmpty()) {
      return IntStream.range(0, model.nLayers() * model.nHeads()).toArray();
    }
    return names.stream()
        .map(HeadId::parse)
        .mapToInt(head -> {
          head.check(model);
          return head.index(model.nHeads());
        })
        .toArray();
  }

  /** Makes it. */
  ObjectNode answer(Explored at, Watch watch) {
    Pass passed = at.pass(pass, watch);
    ObjectNode answer = (ObjectNode) Json.finite(passed);
    answer.set("patterns", heads == null ? null : patterns(passed, heads));
    return answer;
  }

  private ObjectNode patterns(Pass pass, int[] heads) {
    int t = pass.positions();
    RefrainException.require(
        (long) heads.length * t * (t + 1) / 2 <= MOST_PATTERNS,
        "pass: patterns of %s heads at %s positions are more than %s bytes; name fewer heads",
        heads.length,
        t,
        MOST_PATTERNS);
    ObjectNode patterns = Json.object();
    ArrayNode names = patterns.putArray("heads");
    for (int head : heads) {
      names.add(HeadId.ofIndex(head, model.nHeads()).toString());
    }
    Base64.Encoder base64 = Base64.getEncoder();
    return patterns
        .put("size", t)
        .put("before", base64.encodeToString(pass.patternBytes(false, heads)))
        .put("after", base64.encodeToString(pass.patternBytes(true, heads)));
  }
}
