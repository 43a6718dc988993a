package refrain.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import refrain.base.Digests;
import refrain.base.Names;
import refrain.base.RefrainException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.DoubleNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * JSON and YAML, read strictly: an unknown, missing or doubled name, a number in quotes or a
 * fraction where a whole number belongs are errors that name the file, the place in it and what was
 * expected. What a record has a {@link refrain.base.Default} for may be missing. Records are
 * written with their components in order; {@link #canonical} sorts names, so that equal
 * configurations have equal hashes.
 */
public final class Json {
  private static final ObjectMapper JSON = strict(JsonMapper.builder());
  private static final ObjectMapper YAML = strict(YAMLMapper.builder());

  private Json() {}

  private static ObjectMapper strict(MapperBuilder<?, ?> builder) {
    return builder
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
        .disable(MapperFeature.REQUIRE_TYPE_ID_FOR_SUBTYPES)
        .addModule(new SimpleModule().setDeserializerModifier(new Defaults()))
        .build();
  }

  /** An empty object to fill. */
  public static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /** A value (record, map, list) as a tree. */
  public static JsonNode tree(Object value) {
    return JSON.valueToTree(value);
  }

  /** A value as a tree in which numbers that do not exist, inside of it too, are null. */
  public static JsonNode finite(Object value) {
    return finite(tree(value));
  }

  private static JsonNode finite(JsonNode node) {
    switch (node) {
      case ObjectNode object ->
          object.properties().forEach(field -> field.setValue(finite(field.getValue())));
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) {
          array.set(i, finite(array.get(i)));
        }
      }
      default -> {
        return node.isNumber() && !Double.isFinite(node.doubleValue()) ? NullNode.instance : node;
      }
    }
    return node;
  }

  /** A number, or null where it does not exist: JSON knows no NaN. */
  public static JsonNode finite(double value) {
    return Double.isFinite(value) ? DoubleNode.valueOf(value) : NullNode.instance;
  }

  /** A single value, of a {@link refrain.base.Default} for example. */
  static JsonNode value(String yaml) {
    return YAML.readTree(yaml);
  }

  /** Parses JSON text; {@code where} is what errors call it. */
  public static JsonNode parse(String text, String where) {
    JsonNode tree = parse(JSON, text, where);
    if (tree.isMissingNode()) {
      throw RefrainException.badFile(where + ": is empty, expected JSON");
    }
    return tree;
  }

  /** Parses YAML text of which JSON is a part; an empty text is an empty object. */
  public static JsonNode parseYaml(String text, String where) {
    JsonNode tree = parse(YAML, text, where);
    return tree.isMissingNode() ? object() : tree;
  }

  private static JsonNode parse(ObjectMapper mapper, String text, String where) {
    try {
      return mapper.readTree(text);
    } catch (JacksonException e) {
      throw RefrainException.badFile(where + at(e) + ": " + Wording.of(e), e);
    }
  }

  /** Reads a {@code .json}, {@code .yaml} or {@code .yml} file. */
  public static JsonNode readFile(Path file) {
    if (Files.isDirectory(file)) {
      throw RefrainException.badInput(file + ": is a folder, expected a file");
    }
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException e) {
      throw RefrainException.badInput(file + ": no such file", e);
    } catch (java.nio.charset.CharacterCodingException e) {
      throw RefrainException.badFile(file + ": is not UTF-8 text", e);
    } catch (IOException e) {
      throw AtomicFiles.failed("read", file, "nothing was changed", e);
    }
    String name = file.getFileName().toString();
    boolean yaml = name.endsWith(".yaml") || name.endsWith(".yml");
    return yaml ? parseYaml(text, file.toString()) : parse(text, file.toString());
  }

  /** The record that a file holds; empty where there is no such file. */
  public static <T> Optional<T> readIfThere(Path file, Class<T> type) {
    return Files.exists(file)
        ? Optional.of(read(readFile(file), type, file.toString()))
        : Optional.empty();
  }

  /** The record of which a configuration says nothing: each component has its default. */
  public static <T> T defaults(Class<T> type) {
    return read(object(), type, type.getSimpleName());
  }

  /**
   * Turns a tree into a record.
   *
   * @param where what errors call the source, a file's name for example
   * @throws RefrainException of kind BAD_INPUT that names the path inside and the valid names
   */
  public static <T> T read(JsonNode tree, Class<T> type, String where) {
    return read(tree, type, path -> where);
  }

  /** As above, of a tree with several sources: the source of each path, such as {@code data.c}. */
  public static <T> T read(JsonNode tree, Class<T> type, UnaryOperator<String> where) {
    try {
      T value = JSON.treeToValue(tree, type);
      if (value == null) {
        throw RefrainException.badInput(where.apply("") + ": is null, expected values in it");
      }
      return value;
    } catch (UnrecognizedPropertyException e) {
      TreeSet<String> known = new TreeSet<>();
      if (e.getKnownPropertyIds() != null) {
        e.getKnownPropertyIds().forEach(id -> known.add(String.valueOf(id)));
      }
      String path = path(e);
      throw RefrainException.badInput(
          where.apply(path) + ": " + Names.unknown(path, e.getPropertyName(), known), e);
    } catch (JacksonException e) {
      String path = path(e);
      throw RefrainException.badInput(
          where.apply(path) + ": " + Wording.at(path, Wording.of(e)), e);
    }
  }

  /** A value as one line of JSON, names in the order of the record. */
  public static String line(Object value) {
    return JSON.writeValueAsString(value);
  }

  /** A value as JSON for people: indented, with a final newline. */
  public static String pretty(Object value) {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
  }

  /** A value as YAML, for {@code --print-config}. */
  public static String yaml(Object value) {
    // Through the tree: YAML's own type tags would hide the kind from merge.
    return YAML.writeValueAsString(tree(value));
  }

  /** A value as JSON without spaces and with sorted names at every level. */
  public static String canonical(Object value) {
    return sorted(tree(value)).toString();
  }

  private static JsonNode sorted(JsonNode node) {
    if (node instanceof ObjectNode object) {
      ObjectNode result = JSON.createObjectNode();
      object.properties().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(field -> result.set(field.getKey(), sorted(field.getValue())));
      return result;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode result = JSON.createArrayNode();
      array.forEach(element -> result.add(sorted(element)));
      return result;
    }
    return node;
  }

  /** SHA-256 of the canonical form, 64 hexadecimal digits. */
  public static String hash(Object value) {
    return Digests.hex(canonical(value).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The base with the names of the override replaced, level by level; lists are replaced whole. An
   * object whose {@code kind} changes is replaced whole too: the old kind's names mean nothing to
   * the new one. Parts that say no kind go together with whatever kind is said elsewhere.
   */
  public static JsonNode merge(JsonNode base, JsonNode override) {
    if (!(base instanceof ObjectNode b) || !(override instanceof ObjectNode o)) {
      return override;
    }
    JsonNode oldKind = b.get("kind");
    JsonNode newKind = o.get("kind");
    if (newKind != null && oldKind != null && !newKind.equals(oldKind)) {
      return o.deepCopy();
    }
    ObjectNode result = b.deepCopy();
    o.forEachEntry((name, replacement) -> {
      JsonNode old = b.get(name);
      result.set(name, old == null ? replacement : merge(old, replacement));
    });
    return result;
  }

  /** Where two trees differ, one line a place: {@code optimizer.rate: 0.001, now 0.004}. */
  public static List<String> differences(JsonNode before, JsonNode now) {
    return changes(before, now).stream()
        .map(c ->
            "%s: %s, now %s"
                .formatted(
                    c.path,
                    c.before == null ? "absent" : c.before,
                    c.now == null ? "absent" : c.now))
        .toList();
  }

  /** A place where two trees differ; null: one has nothing there. */
  public record Change(String path, @Nullable JsonNode before, @Nullable JsonNode now) {}

  /** Where two trees differ, in the order of names. */
  public static List<Change> changes(JsonNode before, JsonNode now) {
    List<Change> changes = new ArrayList<>();
    changes("", before, now, changes);
    return changes;
  }

  private static void changes(
      String path, @Nullable JsonNode before, @Nullable JsonNode now, List<Change> changes) {
    if (before instanceof ObjectNode b && now instanceof ObjectNode n) {
      TreeSet<String> names = new TreeSet<>(b.propertyNames());
      names.addAll(n.propertyNames());
      for (String name : names) {
        changes(Written.inside(path, name), b.get(name), n.get(name), changes);
      }
    } else if (before == null || !before.equals(now)) {
      changes.add(new Change(path, before, now));
    }
  }

  /** The tokens of a text; {@code yaml} or JSON. */
  static JsonParser parser(String text, boolean yaml) {
    return (yaml ? YAML : JSON).createParser(text);
  }

  /** A tree as a value of a type, with the parser's own exceptions. */
  static void bind(JsonNode tree, Class<?> type) {
    JSON.treeToValue(tree, type);
  }

  static String at(JacksonException e) {
    return e.getLocation() == null
        ? ""
        : String.format(
            Locale.ROOT, ":%d:%d", e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }

  private static String path(JacksonException e) {
    if (!(e instanceof DatabindException d)) {
      return "";
    }
    return d.getPath().stream()
        .map(
            r -> r.getPropertyName() != null ? "." + r.getPropertyName() : "[" + r.getIndex() + "]")
        .collect(Collectors.joining())
        .replaceFirst("^\\.", "");
  }
}
