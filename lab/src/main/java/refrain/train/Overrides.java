package refrain.train;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A run's specification put together from a base, a file and single settings, the later over the
 * earlier, checked as a whole at the end. Only names that exist can be set.
 */
public final class Overrides {
  private JsonNode tree;

  private Overrides(JsonNode tree) {
    this.tree = tree;
  }

  public static Overrides of(RunSpec base) {
    return new Overrides(Json.tree(base));
  }

  /**
   * Puts the settings of a YAML or JSON file on top.
   *
   * @throws RefrainException when the file cannot be read, is not an object or names what is
   *     unknown
   */
  public Overrides file(Path file) {
    return tree(Json.readFile(file), file.toString());
  }

  /**
   * Puts a part of a specification on top.
   *
   * @param where what errors call the source of it
   */
  public Overrides tree(JsonNode part, String where) {
    if (!(part instanceof ObjectNode)) {
      throw RefrainException.badInput(
          where + ": expected names with values, such as 'steps: 900', found " + shorten(part));
    }
    known(tree, part, where, "");
    tree = Json.merge(tree, part);
    return this;
  }

  /**
   * Puts one setting on top.
   *
   * @param setting a path and a YAML value, such as {@code model.nLayers=3} or {@code data={kind:
   *     repeated-tokens, vocab: 128}}
   */
  public Overrides set(String setting) {
    int equals = setting.indexOf('=');
    if (equals < 1) {
      throw RefrainException.badInput(
          "--set " + setting + ": expected path=value, such as model.nLayers=3");
    }
    String where = "--set " + setting;
    if (setting.substring(equals + 1).isBlank()) {
      throw RefrainException.badInput(where + ": no value after '=', expected path=value");
    }
    JsonNode value = Json.parseYaml(setting.substring(equals + 1), where);
    List<String> path = List.of(setting.substring(0, equals).strip().split("\\."));
    for (int i = path.size() - 1; i >= 0; i--) {
      ObjectNode parent = Json.object();
      parent.set(path.get(i), value);
      value = parent;
    }
    return tree(value, where);
  }

  /**
   * The whole, checked.
   *
   * @param where what errors call it
   */
  public RunSpec resolve(String where) {
    return Json.read(tree, RunSpec.class, where);
  }

  /** Refuses names that the base does not have, unless they belong to another kind of object. */
  private static void known(JsonNode base, JsonNode part, String where, String path) {
    if (!(part instanceof ObjectNode object)) {
      return;
    }
    if (!(base instanceof ObjectNode names)) {
      throw RefrainException.badInput(
          where
              + ": '"
              + path
              + "' is a value (now "
              + shorten(base)
              + ") and has no '"
              + String.join("', '", object.propertyNames())
              + "'");
    }
    JsonNode kind = object.get("kind");
    if (kind != null && !kind.equals(names.get("kind"))) {
      return;
    }
    for (String name : object.propertyNames()) {
      JsonNode below = names.get(name);
      String full = path.isEmpty() ? name : path + "." + name;
      if (below == null) {
        throw RefrainException.badInput(unknown(where, full, names));
      }
      known(below, child(object, name), where, full);
    }
  }

  private static String unknown(String where, String full, ObjectNode names) {
    return where
        + ": unknown name '"
        + full
        + "'; valid names here: "
        + String.join(", ", new TreeSet<>(names.propertyNames()));
  }

  private static JsonNode child(ObjectNode object, String name) {
    @Nullable JsonNode value = object.get(name);
    if (value == null) {
      throw new IllegalStateException("'" + name + "' was listed and is gone");
    }
    return value;
  }

  private static String shorten(JsonNode node) {
    String text = node.toString();
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }
}
