package refrain.store;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;
import refrain.base.Default;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.node.ObjectNode;

/** Puts the {@link Default} of a record's components where a configuration leaves them out. */
final class Defaults extends ValueDeserializerModifier {
  private static final long serialVersionUID = 1;

  @Override
  public ValueDeserializer<?> modifyDeserializer(
      DeserializationConfig config, BeanDescription.Supplier bean, ValueDeserializer<?> plain) {
    Map<String, JsonNode> values = new LinkedHashMap<>();
    Class<?> type = bean.getBeanClass();
    for (RecordComponent c :
        type.isRecord() ? type.getRecordComponents() : new RecordComponent[0]) {
      Default value = c.getAnnotation(Default.class);
      if (value != null) {
        values.put(c.getName(), Json.value(value.value()));
      }
    }
    return values.isEmpty() ? plain : new Completing(plain, values);
  }

  private static final class Completing extends DelegatingDeserializer {
    private final Map<String, JsonNode> values;

    Completing(ValueDeserializer<?> plain, Map<String, JsonNode> values) {
      super(plain);
      this.values = values;
    }

    @Override
    protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> plain) {
      return new Completing(plain, values);
    }

    @Override
    public Object deserialize(JsonParser parser, DeserializationContext context) {
      JsonNode tree = context.readTree(parser);
      if (tree instanceof ObjectNode object) {
        values.forEach((name, value) -> {
          if (!object.has(name)) {
            object.set(name, value.deepCopy());
          }
        });
      }
      try (JsonParser whole = tree.traverse(context)) {
        whole.nextToken();
        return super.deserialize(whole, context);
      }
    }
  }
}
