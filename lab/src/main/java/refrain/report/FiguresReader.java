package refrain.report;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import refrain.base.RefrainException;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Reads a figures file. It spares its writer two things: {@code each} stands for copies of what it
 * is in, and what is not said has its default.
 */
public final class FiguresReader {
  private static final String EACH = "each";

  private static final List<String> KINDS =
      List.of(
          "curves",
          "dots",
          "scatter",
          "heads",
          "table",
          "paths",
          "patterns",
          "heading",
          "text",
          "note",
          "code",
          "bullets",
          "group");

  /** The whole file, before its items are read. */
  private record Outline(
      String question,
      List<Figures.Arm> arms,
      Map<String, String> data,
      List<OutlineSection> sections) {}

  private record OutlineSection(String argument, Item.When when, ArrayNode items) {}

  private FiguresReader() {}

  /** A text on the class path; empty where there is none. */
  static Optional<String> resource(String path) {
    try (InputStream in = FiguresReader.class.getResourceAsStream(path)) {
      return in == null
          ? Optional.empty()
          : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw RefrainException.disk(path + ": cannot be read", e);
    }
  }

  /** Reads a figures file; {@code where} is what errors call it. */
  public static Figures parse(String text, String where) {
    JsonNode tree = expanded(Json.parseYaml(text, where), where);
    Outline outline = Json.read(complete(tree, Outline.class), Outline.class, where);
    List<Figures.Section> sections = new ArrayList<>();
    for (OutlineSection section : outline.sections()) {
      String in = where + ": section '" + section.argument() + "'";
      sections.add(
          new Figures.Section(section.argument(), section.when(), items(section.items(), in)));
    }
    return new Figures(where, text, outline.question(), outline.arms(), outline.data(), sections);
  }

  /**
   * The items of one section of a text, with values for what begins with a dollar: a text that is
   * nothing else becomes the value, be it a list; in a longer one it is written out.
   */
  static List<Item> section(String text, String where, String section, Map<String, Object> values) {
    for (JsonNode each : Json.parseYaml(text, where).path("sections")) {
      if (each.path("argument").asString("").equals(section)) {
        JsonNode items = mapped(each.path("items"), word -> value(word, values));
        return items(expanded(items, where), where);
      }
    }
    throw new IllegalStateException(where + " has no section '" + section + "'");
  }

  private static JsonNode value(String text, Map<String, Object> values) {
    Object whole = values.get(text.replaceFirst("^\\$", ""));
    if (text.startsWith("$") && whole != null) {
      return Json.tree(whole);
    }
    Map<String, String> words = new LinkedHashMap<>();
    values.forEach((name, value) -> words.put("$" + name, value.toString()));
    return StringNode.valueOf(replaced(text, words));
  }

  /** The text with each of several words in it replaced by what it means. */
  static String replaced(String text, Map<String, String> meanings) {
    String result = text;
    for (Map.Entry<String, String> meaning : meanings.entrySet()) {
      result = result.replace(meaning.getKey(), meaning.getValue());
    }
    return result;
  }

  private static List<Item> items(JsonNode list, String where) {
    List<Item> items = new ArrayList<>();
    for (JsonNode element : list) {
      items.add(item(element, where + ", item " + (items.size() + 1)));
    }
    return items;
  }

  private static Item item(JsonNode element, String where) {
    String kind = only(element, where, KINDS);
    JsonNode body = element.get(kind);
    return switch (kind) {
      case "curves" -> figure(body, Item.Curves.class, where);
      case "dots" -> figure(body, Item.Dots.class, where);
      case "scatter" -> figure(body, Item.Scatter.class, where);
      case "table" -> figure(body, Item.Grid.class, where);
      case "heads" -> figure(body, Item.HeadMarks.class, where);
      case "paths" -> figure(body, Item.Paths.class, where);
      case "patterns" -> figure(body, Item.Patterns.class, where);
      case "bullets" -> new Item.Bullets(List.of(Json.read(body, String[].class, where)));
      case "group" -> {
        Shell shell = Json.read(complete(body, Shell.class), Shell.class, where);
        yield new Item.Group(
            shell.when(), items(shell.items(), where), items(shell.otherwise(), where));
      }
      default -> words(Item.Words.Kind.valueOf(kind.toUpperCase(Locale.ROOT)), body, where);
    };
  }

  /** A group before its items are read. */
  private record Shell(Item.When when, ArrayNode items, ArrayNode otherwise) {}

  private static Item words(Item.Words.Kind kind, JsonNode body, String where) {
    if (!body.isString()) {
      throw RefrainException.badInput(where + ": is " + body + ", expected text");
    }
    return new Item.Words(kind, body.asString());
  }

  private static <T extends Item> T figure(JsonNode body, Class<T> type, String where) {
    JsonNode title = body.path("title");
    String named = title.isString() ? where + " '" + title.asString() + "'" : where;
    return Json.read(complete(body, type), type, named);
  }

  /**
   * The tree with every element of a list that has {@code each} replaced by one copy a value, in
   * which {@code {it}} is the value, or {@code {name}} what an object has under a name.
   */
  private static JsonNode expanded(JsonNode node, String where) {
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
    return mapped(node, text -> StringNode.valueOf(replaced(text, meanings)));
  }

  /** The tree with every text in it made into something else. */
  private static JsonNode mapped(JsonNode node, Function<String, JsonNode> of) {
    if (node instanceof ObjectNode object) {
      ObjectNode result = Json.object();
      object.forEachEntry((name, value) -> result.set(name, mapped(value, of)));
      return result;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode result = array.arrayNode();
      array.forEach(element -> result.add(mapped(element, of)));
      return result;
    }
    return node.isString() ? of.apply(node.asString()) : node;
  }

  /** The tree with what a record's components have where nothing is said. */
  private static JsonNode complete(JsonNode node, Class<?> type) {
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
      return complete(Json.parseYaml(said.value(), component.getName()), type);
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
  private static String only(JsonNode node, String where, List<String> kinds) {
    List<String> names = new ArrayList<>(node.propertyNames());
    if (!node.isObject() || names.size() != 1 || !kinds.contains(names.getFirst())) {
      String found = node.isObject() ? "names " + String.join(", ", names) : node.toString();
      throw RefrainException.badInput(
          "%s: an item has one name, one of %s; found %s"
              .formatted(where, String.join(", ", kinds), found));
    }
    return names.getFirst();
  }
}
