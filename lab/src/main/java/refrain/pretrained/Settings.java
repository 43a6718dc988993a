package refrain.pretrained;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.model.Activation;
import refrain.pretrained.gguf.GgufFile;
import tools.jackson.databind.JsonNode;

/**
 * What a model says of itself, by name: a {@code config.json} or the keys of a GGUF file. What is
 * missing, of another kind or out of range is an error that names the source.
 */
final class Settings {
  /** Large enough for every model that fits a disk, and small enough to count with. */
  private static final int MOST = 1 << 28;

  /** One way of looking a name up. */
  private interface Lookup {
    @Nullable Object get(String name);
  }

  /** What a name says that is there and has no value. */
  private enum Nothing {
    NOTHING
  }

  private final String where;
  private final Lookup lookup;

  private Settings(String where, Lookup lookup) {
    this.where = where;
    this.lookup = lookup;
  }

  static Settings of(String where, JsonNode node) {
    if (!node.isObject()) {
      throw RefrainException.badFile(where + ": is no object of names and values");
    }
    return new Settings(where, name -> scalar(node.get(name)));
  }

  private static @Nullable Object scalar(@Nullable JsonNode node) {
    if (node == null) {
      return null;
    }
    if (node.isNull()) {
      return Nothing.NOTHING;
    }
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.longValue();
    }
    return node.isNumber()
        ? (Object) node.doubleValue()
        : node.isBoolean() ? node.booleanValue() : node.isString() ? node.stringValue() : node;
  }

  /** The keys of an architecture, without its name before them. */
  static Settings of(GgufFile file, String architecture) {
    return new Settings(
        file.where(),
        name -> {
          String key = architecture + "." + name;
          if (!file.keys().contains(key)) {
            return null;
          }
          try {
            return file.whole(key);
          } catch (RefrainException noWhole) {
            try {
              return file.real(key);
            } catch (RefrainException noNumber) {
              return file.text(key).orElse(null);
            }
          }
        });
  }

  String where() {
    return where;
  }

  boolean has(String name) {
    return get(name) != null;
  }

  /** Whether a name is there, be it without a value. */
  boolean names(String name) {
    return lookup.get(name) != null;
  }

  private @Nullable Object get(String name) {
    Object found = lookup.get(name);
    return found instanceof Nothing ? null : found;
  }

  private RefrainException bad(String name, @Nullable Object found, String expected) {
    return RefrainException.badFile(
        "%s: %s is %s, expected %s", where, name, found == null ? "missing" : found, expected);
  }

  /** A size: a whole number from 1 on. */
  int size(String name) {
    Integer size = sizeOrNull(name);
    if (size == null) {
      throw bad(name, null, "a whole number from 1 to " + MOST);
    }
    return size;
  }

  int size(String name, int otherwise) {
    Integer size = sizeOrNull(name);
    return size == null ? otherwise : size;
  }

  @Nullable Integer sizeOrNull(String name) {
    Object found = get(name);
    if (found == null) {
      return null;
    }
    if (found instanceof Long size && size >= 1 && size <= MOST) {
      return size.intValue();
    }
    throw bad(name, found, "a whole number from 1 to " + MOST);
  }

  /** A finite number. */
  double real(String name, double otherwise) {
    Object found = get(name);
    if (found == null) {
      return otherwise;
    }
    if (found instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    throw bad(name, found, "a number");
  }

  /** A finite number that has to be there. */
  double real(String name) {
    if (!has(name)) {
      throw bad(name, null, "a number");
    }
    return real(name, 0);
  }

  boolean flag(String name, boolean otherwise) {
    Object found = get(name);
    return switch (found) {
      case null -> otherwise;
      case Boolean flag -> flag;
      case Long number when number == 0 || number == 1 -> number == 1;
      default -> throw bad(name, found, "true or false");
    };
  }

  String text(String name, String otherwise) {
    Object found = get(name);
    if (found == null || found instanceof String) {
      return Objects.requireNonNullElse((String) found, otherwise);
    }
    throw bad(name, found, "a text");
  }

  /** What is inside of an object; null: there is none. */
  @Nullable Settings inside(String name) {
    Object found = get(name);
    return switch (found) {
      case null -> null;
      case JsonNode node when node.isObject() -> of(where + ": " + name, node);
      default -> throw bad(name, found, "an object");
    };
  }

  /** A list; empty: there is none. */
  List<JsonNode> list(String name) {
    Object found = get(name);
    if (found == null) {
      return List.of();
    }
    if (found instanceof JsonNode node && node.isArray()) {
      List<JsonNode> all = new ArrayList<>();
      for (Iterator<JsonNode> each = node.iterator(); each.hasNext(); ) {
        all.add(each.next());
      }
      return all;
    }
    throw bad(name, found, "a list");
  }

  /** Refuses what would change the model and is not done here. */
  void refuse(String name, String because) {
    Object found = get(name);
    if (found != null && !found.equals(false) && !found.equals(0L)) {
      throw RefrainException.badFile(
          "%s: %s is %s: %s is not done here", where, name, found, because);
    }
  }

  /** The MLP's non-linearity, by the names that {@code transformers} has for it. */
  Activation activation(String name, String otherwise) {
    String found = text(name, otherwise);
    return switch (found) {
      case "relu" -> Activation.RELU;
      case "gelu", "gelu_python" -> Activation.GELU;
      case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> Activation.GELU_TANH;
      default ->
          throw RefrainException.badFile(
              "%s: %s is '%s', which is not done here; expected gelu, gelu_new or relu",
              where, name, found);
    };
  }
}
