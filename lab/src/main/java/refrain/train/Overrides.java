package refrain.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import refrain.base.RefrainException;
import refrain.store.Checked;
import refrain.store.Json;
import refrain.store.Written;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A run's specification put together from a base, files and single settings, the later over the
 * earlier. Nothing is checked before {@link #resolve}: settings may come in any order.
 */
public final class Overrides {
  private final JsonNode base;
  private final List<Written> parts = new ArrayList<>();

  private Overrides(JsonNode base) {
    this.base = base;
  }

  public static Overrides of(RunSpec base) {
    return new Overrides(Json.tree(base));
  }

  /**
   * Puts the settings of a YAML or JSON file on top.
   *
   * @throws RefrainException when the file cannot be read or is not an object
   */
  public Overrides file(Path file) {
    return part(Written.file(file));
  }

  /**
   * Puts a part of a specification on top.
   *
   * @param where what errors call the source of it
   */
  public Overrides tree(JsonNode part, String where) {
    return part(Written.of(part, where));
  }

  /** Puts what a person wrote on top. */
  public Overrides part(Written part) {
    if (!(part.tree() instanceof ObjectNode)) {
      throw RefrainException.badInput(
          part.where()
              + ": expected names with values, such as 'steps: 900', found "
              + shorten(part.tree()));
    }
    parts.add(part);
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
    JsonNode value = Written.value(setting.substring(equals + 1), where).tree();
    List<String> path = List.of(setting.substring(0, equals).strip().split("\\."));
    for (int i = path.size() - 1; i >= 0; i--) {
      ObjectNode parent = Json.object();
      parent.set(path.get(i), value);
      value = parent;
    }
    return tree(value, where);
  }

  /** Puts one number on top as the seed of the initial parameters and of the batches. */
  public Overrides seed(int seed) {
    return set("seeds={init: " + seed + ", data: " + seed + "}");
  }

  /**
   * The whole, checked. Where a kind is said, of data for example, what the base said of another
   * kind is forgotten and what is left out has its default.
   *
   * @param where what errors call it where no single part is to blame
   */
  public RunSpec resolve(String where) {
    // From the last part down: what is set of a kind may stand before the kind itself.
    JsonNode changes = Json.object();
    for (Written part : parts.reversed()) {
      changes = Json.merge(part.tree(), changes);
    }
    JsonNode whole = Json.merge(base, changes);
    List<String> hidden = new ArrayList<>();
    parts.forEach(part -> hidden(part, part.tree(), whole, "", hidden));
    JsonNode dated = FormationOf.resolve(whole, path -> blame(path, where), hidden);
    return Checked.read(dated, RunSpec.class, path -> blame(path, where), hidden);
  }

  /** What is no section where a later part makes one: merged, it would be forgotten. */
  private static void hidden(
      Written part, JsonNode own, JsonNode whole, String path, List<String> faults) {
    if (!(whole instanceof ObjectNode)) {
      return;
    }
    if (own instanceof ObjectNode object) {
      object.forEachEntry((name, value) ->
          hidden(part, value, whole.path(name), Written.inside(path, name), faults));
    } else {
      String found = own.isNull() ? "nothing" : shorten(own);
      faults.add(part.place(path) + ": " + path + ": expected names with values, found " + found);
    }
  }

  /** The last part that sets a path, or else the only one that sets what the path lies in. */
  private String blame(String path, String otherwise) {
    List<String> names = List.of(path.replaceFirst("\\[.*", "").split("\\."));
    for (int n = names.size(); n >= 0; n--) {
      String pointer = n == 0 || path.isEmpty() ? "" : "/" + String.join("/", names.subList(0, n));
      List<Written> setting =
          parts.stream().filter(p -> !p.tree().at(pointer).isMissingNode()).toList();
      if (!setting.isEmpty()) {
        boolean whole = n == names.size() && !(setting.getLast().tree().at(pointer).isObject());
        return whole || setting.size() == 1 ? setting.getLast().place(path) : otherwise;
      }
    }
    return otherwise;
  }

  private static String shorten(JsonNode node) {
    String text = node.toString();
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }
}
