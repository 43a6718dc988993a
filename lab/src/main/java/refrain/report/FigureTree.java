package refrain.report;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import refrain.base.RefrainException;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * What a figures file spares its writer: {@code each}, which stands for copies of what it is in,
 * and everything that has its default.
 */
final class FigureTree {
  private static final String EACH = "each";

  private FigureTree() {}

  /**
   * The tree with every element of a list that has {@code each} replaced by one copy a value, in
   * which {@code {it}} is the value, or {@code {name}} what an object has under a name.
   */
  static JsonNode expanded(JsonNode node, String where) {
    if (node instanceof ObjectNode object) {
      ObjectNode result = Json.object();
      object.forEachEntry((name, value) -> result.set(name, expanded(value, where)));
      return result;
    }
    if (!(node instanceof ArrayNode array)) {
      return node;
    }
    ArrayNode result = array.arrayNode();
    for (JsonNode element : array) {
      if (!(element instanceof ObjectNode object) || !object.has(EACH)) {
        result.add(expanded(element, where));
        continue;
      }
      if (!(object.get(EACH) instanceof ArrayNode values)) {
        throw RefrainException.badInput(
            where + ": each is " + object.get(EACH) + ", expected a list of texts or of objects");
      }
      ObjectNode rest = object.deepCopy();
      rest.remove(EACH);
      // A list of lists in one: 'items' and nothing else joins the list that it stands in.
      boolean inline = rest.size() == 1 && rest.get("items") instanceof ArrayNode;
      for (JsonNode value : values) {
        JsonNode copy = expanded(filled(rest, meanings(value, where)), where);
        if (inline) {
          copy.get("items").forEach(result::add);
        } else {
          result.add(copy);
        }
      }
    }
    return result;
  }

  private static Map<String, String> meanings(JsonNode value, String where) {
    Map<String, String> meanings = new LinkedHashMap<>();
    if (value instanceof ObjectNode object) {
      object.forEachEntry((name, text) -> meanings.put("{" + name + "}", scalar(text, where)));
    } else {
      meanings.put("{it}", scalar(value, where));
    }
    return meanings;
  }

  private static String scalar(JsonNode value, String where) {
    if (!value.isValueNode() || value.isNull()) {
      throw RefrainException.badInput(where + ": each has " + value + ", expected a text");
    }
    return value.asString();
  }

  private static JsonNode filled(JsonNode node, Map<String, String> meanings) {
    if (node instanceof ObjectNode object) {
      ObjectNode result = Json.object();
      object.forEachEntry((name, value) -> result.set(name, filled(value, meanings)));
      return result;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode result = array.arrayNode();
      array.forEach(element -> result.add(filled(element, meanings)));
      return result;
    }
    if (!node.isString()) {
      return node;
    }
    String text = node.asString();
    for (Map.Entry<String, String> meaning : meanings.entrySet()) {
      text = text.replace(meaning.getKey(), meaning.getValue());
    }
    return StringNode.valueOf(text);
  }

  /** The tree with what a record's components have where nothing is said. */
  static JsonNode complete(JsonNode node, Class<?> type) {
    if (!(node instanceof ObjectNode object) || !type.isRecord()) {
      return node;
    }
    ObjectNode result = object.deepCopy();
    for (RecordComponent component : type.getRecordComponents()) {
      JsonNode given = object.get(component.getName());
      JsonNode value =
          given == null ? absent(component) : inside(given, component.getGenericType());
      result.set(component.getName(), value);
    }
    return result;
  }

  private static JsonNode inside(JsonNode given, Type type) {
    if (given instanceof ArrayNode array
        && type instanceof ParameterizedType list
        && list.getActualTypeArguments()[0] instanceof Class<?> of) {
      ArrayNode result = array.arrayNode();
      array.forEach(element -> result.add(complete(element, of)));
      return result;
    }
    return type instanceof Class<?> of ? complete(given, of) : given;
  }

  private static JsonNode absent(RecordComponent component) {
    Item.Default said = component.getAnnotation(Item.Default.class);
    Class<?> type = component.getType();
    if (said != null) {
      return Json.parseYaml(said.value(), "default of " + component.getName());
    }
    if (type.isRecord()) {
      return complete(Json.object(), type);
    }
    if (type == List.class || type == ArrayNode.class) {
      return Json.tree(List.of());
    }
    if (type == Map.class) {
      return Json.object();
    }
    return type == String.class
        ? StringNode.valueOf("")
        : type == boolean.class ? BooleanNode.FALSE : NullNode.getInstance();
  }

  /** The single name of an object that says its kind by it. */
  static String only(JsonNode node, String where, List<String> kinds) {
    List<String> names = new ArrayList<>(node.propertyNames());
    if (!node.isObject() || names.size() != 1 || !kinds.contains(names.getFirst())) {
      String found = node.isObject() ? "names " + String.join(", ", names) : node.toString();
      throw RefrainException.badInput(
          where
              + ": an item has one name, one of "
              + String.join(", ", kinds)
              + "; found "
              + found);
    }
    return names.getFirst();
  }
}
