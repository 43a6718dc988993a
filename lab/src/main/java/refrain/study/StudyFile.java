package refrain.study;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import refrain.base.Default;
import refrain.base.Names;
import refrain.base.RefrainException;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A file that a person writes a {@link Study} in. It may be the whole study, as {@code study.json}
 * is; and it may say less:
 *
 * <ul>
 *   <li>{@code defaults}: what its variants, claims and tests say where they say nothing else;
 *   <li>{@code from} in a variant: the variant before it that it is like but for what it says; its
 *       {@code set} goes on top of the other's, level by level;
 *   <li>{@code groups}: names for lists of variants, which stand for them in tests and in the
 *       groups below;
 *   <li>{@code claims}: a list, or one under the id of each argument;
 *   <li>a claim's control: what differs from its test; a bar is taken whole.
 * </ul>
 */
final class StudyFile {
  private record Extra(
      @Default("{}") Standard defaults, @Default("{}") Map<String, List<String>> groups) {}

  private record Standard(
      @Default("{}") ObjectNode variant,
      @Default("{}") ObjectNode claim,
      @Default("{}") ObjectNode test) {}

  private final String where;
  private final Standard defaults;
  private final Map<String, List<String>> groups = new LinkedHashMap<>();
  private final Map<String, JsonNode> variants = new LinkedHashMap<>();

  private StudyFile(String where, Extra extra) {
    this.where = where;
    defaults = extra.defaults();
    extra.groups().forEach((name, members) -> groups.put(name, expand(members)));
    known("defaults.variant.", defaults.variant(), Variant.class);
    known("defaults.claim.", defaults.claim(), Claim.class);
    known("defaults.test.", defaults.test(), Test.class);
  }

  /**
   * The study that a file holds.
   *
   * @param where what errors call the file
   * @throws RefrainException that names the place in the file
   */
  static Study read(JsonNode tree, String where) {
    if (!(tree instanceof ObjectNode written)) {
      return Json.read(tree, Study.class, where);
    }
    ObjectNode study = written.deepCopy();
    ObjectNode extra = Json.object();
    for (String name : List.of("defaults", "groups")) {
      if (study.has(name)) {
        extra.set(name, study.remove(name));
      }
    }
    StudyFile file = new StudyFile(where, Json.read(extra, Extra.class, where));
    file.known("", study, Study.class, "defaults", "groups");
    if (study.get("variants") instanceof ArrayNode variants) {
      study.set("variants", file.variants(variants));
    }
    if (study.get("claims") instanceof JsonNode claims) {
      study.set("claims", file.claims(claims));
    }
    return Json.read(study, Study.class, where);
  }

  private ArrayNode variants(ArrayNode written) {
    ArrayNode whole = written.arrayNode();
    for (JsonNode variant : written) {
      if (variant instanceof ObjectNode own) {
        String path = "variants[" + whole.size() + "].";
        known(path, own, Variant.class, "from");
        JsonNode from = own.remove("from");
        JsonNode base = from == null ? defaults.variant() : variants.get(from.asString(""));
        if (base == null) {
          throw bad(
              path + "from",
              "a variant that stands before it: " + Names.list(variants.keySet()),
              from);
        }
        JsonNode all = Json.merge(base, own);
        variants.put(all.path("name").asString(""), all);
        whole.add(all);
      } else {
        whole.add(variant);
      }
    }
    for (String group : groups.keySet()) {
      if (variants.containsKey(group)) {
        throw bad("groups", "names that no variant has", group);
      }
    }
    return whole;
  }

  private JsonNode claims(JsonNode written) {
    if (!(written instanceof ObjectNode byArgument)) {
      return written instanceof ArrayNode list ? claims(list, null) : written;
    }
    ArrayNode all = byArgument.arrayNode();
    byArgument.forEachEntry((argument, claims) -> {
      if (!(claims instanceof ArrayNode list)) {
        throw bad("claims." + argument, "a list of claims", claims);
      }
      all.addAll(claims(list, argument));
    });
    return all;
  }

  private ArrayNode claims(ArrayNode written, @Nullable String argument) {
    ArrayNode whole = written.arrayNode();
    for (JsonNode claim : written) {
      JsonNode all = claim.isObject() ? Json.merge(defaults.claim(), claim) : claim;
      if (all instanceof ObjectNode object) {
        if (argument != null && !object.has("argument")) {
          object.put("argument", argument);
        }
        if (object.get("test") instanceof ObjectNode test) {
          ObjectNode complete = (ObjectNode) Json.merge(defaults.test(), test);
          object.set("test", expanded(complete));
          if (object.get("control") instanceof ObjectNode control) {
            if (control.has("bar")) {
              complete.remove("bar");
            }
            object.set("control", expanded((ObjectNode) Json.merge(complete, control)));
          }
        }
      }
      whole.add(all);
    }
    return whole;
  }

  private ObjectNode expanded(ObjectNode test) {
    ObjectNode expanded = test.deepCopy();
    if (test.get("variants") instanceof ArrayNode names) {
      ArrayNode all = expanded.putArray("variants");
      for (JsonNode name : names) {
        List<String> group = name.isString() ? groups.get(name.asString()) : null;
        if (group == null) {
          all.add(name);
        } else {
          group.forEach(all::add);
        }
      }
    }
    return expanded;
  }

  private List<String> expand(List<String> members) {
    return members.stream().flatMap(m -> groups.getOrDefault(m, List.of(m)).stream()).toList();
  }

  /** Refuses what no record has before defaults carry it to where nobody wrote it. */
  private void known(String path, ObjectNode node, Class<?> type, String... more) {
    TreeSet<String> valid = new TreeSet<>(List.of(more));
    for (RecordComponent component : type.getRecordComponents()) {
      valid.add(component.getName());
    }
    for (String name : node.propertyNames()) {
      if (!valid.contains(name)) {
        throw RefrainException.badInput(where + ": " + Names.unknown(path + name, name, valid));
      }
    }
  }

  private RefrainException bad(String path, String expected, @Nullable Object found) {
    return RefrainException.badInput(
        where + ": " + path + ": expected " + expected + "; found " + found);
  }
}
