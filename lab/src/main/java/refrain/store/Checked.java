package refrain.store;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import refrain.base.Default;
import refrain.base.Names;
import refrain.base.RefrainException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Checks a whole configuration against the record that it is to become, before it becomes one:
 * every name known, none missing, nothing empty where a value is wanted. All faults are found and
 * said together, each with its place. What each part says of itself is checked with it: a part
 * without faults is made into its record at once.
 */
public final class Checked {
  /** Faults alike from one line that are not said one by one any more. */
  private static final int FEW = 3;

  private static final Pattern LINE = Pattern.compile(":(\\d{1,9}): ");

  private final UnaryOperator<String> place;
  private final boolean values;
  private final Set<String> faults = new LinkedHashSet<>();

  private Checked(UnaryOperator<String> place, boolean values) {
    this.place = place;
    this.values = values;
  }

  /**
   * The record that a tree holds.
   *
   * @param place the source of each path, and its line, as errors call it
   * @param others faults that were found before, each a line
   * @throws RefrainException of kind BAD_INPUT with all faults, a line each
   */
  public static <T> T read(
      JsonNode tree, Class<T> type, UnaryOperator<String> place, List<String> others) {
    Checked check = new Checked(place, true);
    check.faults.addAll(others);
    JsonNode whole = check.value(tree, type, "");
    if (!check.faults.isEmpty()) {
      throw RefrainException.badInput(
          once(check.faults).stream()
              .sorted(Comparator.comparingInt(Checked::line))
              .collect(Collectors.joining("\n")));
    }
    return Json.read(whole, type, place);
  }

  /** What one line causes in many places, such as a default that is wrong, is said once. */
  private static List<String> once(Set<String> faults) {
    Map<String, List<String>> alike = new LinkedHashMap<>();
    for (String fault : faults) {
      String key = line(fault) == 0 ? fault : fault.replaceAll("\\[\\d+]", "[]");
      alike.computeIfAbsent(key, any -> new ArrayList<>()).add(fault);
    }
    List<String> said = new ArrayList<>();
    for (List<String> all : alike.values()) {
      if (all.size() < FEW) {
        said.addAll(all);
      } else {
        said.add("%s (and %s more like it)".formatted(all.getFirst(), all.size() - 1));
      }
    }
    return said;
  }

  /**
   * A part of a tree, as it is in the whole. Its names and forms are checked, not yet what its
   * records say of their values: more may be set on top.
   *
   * @param own the part
   * @param whole the part on top of what it leaves out
   * @param path where the part lies
   * @param faults to which those of the part are added
   */
  public static JsonNode part(
      JsonNode own,
      JsonNode whole,
      Class<?> type,
      String path,
      UnaryOperator<String> place,
      List<String> faults) {
    Checked check = new Checked(place, false);
    JsonNode checked = check.value(whole, type, path);
    faults.addAll(check.faults);
    return picked(own, checked);
  }

  private static JsonNode picked(JsonNode own, JsonNode whole) {
    if (!(own instanceof ObjectNode names) || !(whole instanceof ObjectNode)) {
      return whole.isMissingNode() ? own : whole;
    }
    ObjectNode result = Json.object();
    names.forEachEntry((name, value) -> result.set(name, picked(value, whole.path(name))));
    return result;
  }

  private JsonNode value(JsonNode node, Type type, String path) {
    Class<?> raw = raw(type);
    if (JsonNode.class.isAssignableFrom(raw)) {
      return node.isObject() ? node : wrong(node, path, "names with values");
    }
    if (List.class.isAssignableFrom(raw) && node instanceof ArrayNode list) {
      ArrayNode result = list.arrayNode();
      for (JsonNode element : list) {
        result.add(value(element, argument(type, 0), path + "[" + result.size() + "]"));
      }
      return result;
    }
    if (Map.class.isAssignableFrom(raw) && node instanceof ObjectNode object) {
      ObjectNode result = Json.object();
      object.forEachEntry((name, element) ->
          result.set(name, value(element, argument(type, 1), Written.inside(path, name))));
      return result;
    }
    if (node instanceof ObjectNode object && isNames(raw)) {
      return names(object, raw, path);
    }
    return leaf(node, raw, path);
  }

  private static boolean isNames(Class<?> raw) {
    return raw.isAnnotationPresent(JsonSubTypes.class) || raw.isRecord() && !isText(raw);
  }

  private JsonNode names(ObjectNode object, Class<?> raw, String path) {
    int before = faults.size();
    Class<?> type = raw;
    JsonSubTypes kinds = raw.getAnnotation(JsonSubTypes.class);
    if (kinds != null) {
      Map<String, Class<?>> known = new TreeMap<>();
      for (JsonSubTypes.Type kind : kinds.value()) {
        known.put(kind.name(), kind.value());
      }
      Class<?> named = known.get(object.path("kind").asString(""));
      if (named == null) {
        return bound(object, raw, path);
      }
      type = named;
    }
    Map<String, RecordComponent> components = new LinkedHashMap<>();
    for (RecordComponent c : type.getRecordComponents()) {
      components.put(c.getName(), c);
    }
    ObjectNode result = Json.object();
    boolean misspelt = false;
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      String name = entry.getKey();
      String inside = Written.inside(path, name);
      RecordComponent c = components.get(name);
      if (kinds != null && name.equals("kind")) {
        result.set(name, entry.getValue());
      } else if (c == null) {
        misspelt = true;
        fault(inside, Names.unknown(inside, name, new TreeSet<>(components.keySet())));
      } else if (entry.getValue().isNull() && mayBeNothing(c)) {
        result.set(name, NullNode.getInstance());
      } else {
        result.set(name, value(entry.getValue(), c.getGenericType(), inside));
      }
    }
    if (!misspelt) {
      // A misspelt name is most likely the one that is missing.
      components.forEach((name, c) -> {
        if (!object.has(name) && c.getAnnotation(Default.class) == null) {
          fault(Written.inside(path, name), Written.inside(path, name) + ": is missing");
        }
      });
    }
    // What a whole says of itself is asked of one whose parts are good.
    boolean faulty = path.isEmpty() ? !faults.isEmpty() : faults.size() > before;
    return faulty || !values ? result : bound(result, raw, path);
  }

  /** Whether a component may be null: what has no value in a record may have none in a file. */
  private static boolean mayBeNothing(RecordComponent c) {
    Default value = c.getAnnotation(Default.class);
    return c.getAnnotatedType().isAnnotationPresent(Nullable.class)
        || value != null && value.value().equals("null");
  }

  private JsonNode leaf(JsonNode node, Class<?> raw, String path) {
    if (node.isNull()) {
      return wrong(node, path, Wording.expected(raw));
    }
    if (!(node instanceof Written.Plain plain)) {
      return bound(node, raw, path);
    }
    boolean text = raw == String.class || raw.isEnum() || isText(raw);
    return bound(text ? new StringNode(plain.asString()) : plain.value(), raw, path);
  }

  /** Whether a type is written as a text that it reads itself. */
  private static boolean isText(Class<?> raw) {
    return Arrays.stream(raw.getDeclaredMethods())
        .anyMatch(m -> m.isAnnotationPresent(JsonCreator.class));
  }

  private JsonNode bound(JsonNode node, Class<?> type, String path) {
    try {
      Json.bind(node, type);
    } catch (JacksonException e) {
      fault(path, Wording.at(path, Wording.of(e)));
    }
    return node;
  }

  private JsonNode wrong(JsonNode node, String path, String expected) {
    String found = node.isNull() ? "nothing" : node.toString();
    fault(path, path + ": expected " + expected + ", found " + found);
    return node;
  }

  /** The line that a fault names; 0 where it names none. */
  private static int line(String fault) {
    Matcher line = LINE.matcher(fault);
    return line.find() ? Integer.parseInt(line.group(1)) : 0;
  }

  private void fault(String path, String what) {
    faults.add(place.apply(path) + ": " + what);
  }

  private static Class<?> raw(Type type) {
    return type instanceof ParameterizedType p ? (Class<?>) p.getRawType() : (Class<?>) type;
  }

  private static Type argument(Type type, int i) {
    return type instanceof ParameterizedType p ? p.getActualTypeArguments()[i] : Object.class;
  }
}
