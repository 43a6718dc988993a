package refrain.pretrained;

import java.util.List;
import refrain.model.ModelSpec;

/**
 * What a family makes of a model's settings and tensors.
 *
 * @param architecture what people call it, such as Llama
 * @param notes what was changed on the way into our layout, in sentences
 */
record Described(String architecture, ModelSpec spec, Mapping mapping, List<String> notes) {
  Described {
    notes = List.copyOf(notes);
    mapping.requireAll(spec);
  }
}
