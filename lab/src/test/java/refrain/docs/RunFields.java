package refrain.docs;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import refrain.base.Default;
import refrain.store.Json;
import refrain.train.RunSpec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of a run's configuration as data, for forms: out of the records that read it and their
 * documentation, as docs/format.md.
 */
final class RunFields {
  private final Sources sources;
  private final ObjectNode types = Json.object();

  RunFields(Path sources) {
    this.sources = new Sources(sources);
  }

  String write() {
    describe(RunSpec.class);
    return Json.pretty(types);
  }

  private void describe(Class<?> type) {
    String title = FormatPage.title(type);
    if (types.has(title)) {
      return;
    }
    ObjectNode node = types.putObject(title).put("says", sources.of(type).text());
    if (type.isEnum()) {
      ArrayNode constants = node.putArray("constants");
      for (Object each : type.getEnumConstants()) {
        constants
            .addObject()
            .put("name", each.toString())
            .put("says", sources.of((Enum<?>) each).text());
      }
    } else if (type.isSealed()) {
      ArrayNode kinds = node.putArray("kinds");
      for (Class<?> kind : type.getPermittedSubclasses()) {
        fields(
            kinds
                .addObject()
                .put("kind", FormatPage.kind(type, kind))
                .put("says", sources.of(kind).text()),
            kind);
      }
    } else if (!FormatPage.writtenAsText(type)) {
      fields(node, type);
    }
    FormatPage.needed(type).forEach(this::describe);
  }

  private void fields(ObjectNode of, Class<?> type) {
    ArrayNode fields = of.putArray("fields");
    for (RecordComponent c : type.getRecordComponents()) {
      ObjectNode field =
          fields.addObject().put("name", c.getName()).put("type", typeName(c.getGenericType()));
      if (c.getType() == List.class) {
        field.put("list", true);
      }
      Default standard = c.getAnnotation(Default.class);
      if (standard != null) {
        field.put("default", standard.value());
      }
      field.put("says", FormatPage.said(sources, type, c));
    }
  }

  private static String typeName(Type type) {
    if (type instanceof ParameterizedType p) {
      Type[] of = p.getActualTypeArguments();
      return p.getRawType() == Map.class ? "map" : typeName(of[of.length - 1]);
    }
    Class<?> c = (Class<?>) type;
    return switch (c.getSimpleName()) {
      case "int", "long", "Integer", "Long" -> "whole number";
      case "double", "Double" -> "number";
      case "boolean", "Boolean" -> "true or false";
      case "String" -> "text";
      default -> FormatPage.title(c);
    };
  }
}
