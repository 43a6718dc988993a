package refrain.train;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import refrain.intervene.Moment;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What of a specification fixes the weights of each step. Two specifications with one identity are
 * one run, whatever they are called, however often they are measured and saved, whenever they stop.
 *
 * <p>Specifications gain fields. One that was added later has a <em>neutral</em> value here: what
 * runs did before it existed. Where it has that value it is left out, so that older runs keep their
 * identifiers; where an older {@code run.json} lacks it, that value is read. Neutral values stay as
 * they are when presets or defaults choose another.
 */
final class Identity {
  /**
   * The neutral value of each field that was added after identities were introduced, as JSON, by
   * its path: {@code optimizer.FIELD}; below what has a kind {@code data(bigram-restarts).FIELD}.
   * An entry is never changed or removed.
   */
  static final Identity FROZEN = new Identity(added());

  /**
   * What changes no weight, by its path; which run a parent is, its other fields say. Probing is a
   * part where a guard waits for what is measured.
   */
  private static final Set<String> NO_PART =
      Set.of("name", "probing", "checkpoints", "stop", "parent.folder");

  /** What changes none where a fingerprint says which text it is and in which tokens. */
  private static final Set<String> KNOWN_BY_FINGERPRINT =
      Set.of("path", "lenient", "format", "tokenizer");

  private final Map<String, String> neutral;

  private static Map<String, String> added() {
    Map<String, String> all = new HashMap<>();
    all.put("parent", "null");
    all.put("parent.graft", "null");
    all.put("series", "null");
    all.put("data(text).tokenizer", "null");
    all.put("data(text).split", "\"DOCUMENTS\"");
    all.put("data(text).format", "\"FILES\"");
    all.put("data(text).fingerprint", "null");
    all.put("data(code).replicate", "0");
    all.put("data(english).replicate", "0");
    all.put("data(code).split", "\"DOCUMENTS\"");
    all.put("data(english).split", "\"DOCUMENTS\"");
    for (String kind :
        List.of(
            "replace",
            "scale",
            "freeze-patterns",
            "clamp-pattern",
            "attention-bias",
            "replace-edge")) {
      all.put("interventions(" + kind + ").from", "0");
      all.put("interventions(" + kind + ").until", "null");
    }
    return all;
  }

  Identity(Map<String, String> neutral) {
    this.neutral = neutral;
  }

  /** What of a specification identifies its run. */
  JsonNode of(JsonNode spec) {
    // As it is read back: a tree made from a record has other number types than one from text.
    JsonNode fixing = Json.parse(Json.line(spec), "identity");
    if (fixing.path("data") instanceof ObjectNode data && data.path("fingerprint").isObject()) {
      data.remove(KNOWN_BY_FINGERPRINT);
    }
    return without("", fixing);
  }

  /** The node without the fields below it that are no part or have their neutral value. */
  private JsonNode without(String path, JsonNode node) {
    if (node instanceof ArrayNode list) {
      ArrayNode kept = list.arrayNode();
      list.forEach(element -> kept.add(without(path, element)));
      return kept;
    }
    if (!(node instanceof ObjectNode)) {
      return node;
    }
    if (node.has(Moment.FORMATION_OF) && node.has(Moment.STEP)) {
      return node.path(Moment.STEP); // which step it was, and not how it was found
    }
    ObjectNode kept = Json.object();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String at = below(path, node) + field.getKey();
      String value = neutral.get(at);
      boolean left = value != null && field.getValue().equals(Json.parse(value, at));
      boolean part = !NO_PART.contains(at) || at.equals("probing") && node.has("guard");
      if (!left && part) {
        kept.set(field.getKey(), without(at, field.getValue()));
      }
    }
    return kept;
  }

  /** A specification of whatever age with all the fields of today. */
  JsonNode complete(JsonNode spec) {
    JsonNode all = spec.deepCopy();
    complete("", all);
    return all;
  }

  private void complete(String path, JsonNode node) {
    if (node instanceof ObjectNode object) {
      String prefix = below(path, node);
      neutral.forEach((at, value) -> {
        String name = at.substring(at.lastIndexOf('.') + 1);
        if (at.equals(prefix + name) && !object.has(name)) {
          object.set(name, Json.parse(value, at));
        }
      });
      object.properties().forEach(field -> complete(prefix + field.getKey(), field.getValue()));
    } else {
      node.forEach(element -> complete(path, element));
    }
  }

  private static String below(String path, JsonNode node) {
    String kind = node.path("kind").asString("");
    String prefix = kind.isEmpty() ? path : path + "(" + kind + ")";
    return prefix.isEmpty() ? "" : prefix + ".";
  }
}
