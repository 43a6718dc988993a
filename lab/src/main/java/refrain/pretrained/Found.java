package refrain.pretrained;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/**
 * What was found on disk where a model was looked for.
 *
 * @param place the file or folder that was opened, links followed to a snapshot
 * @param format what it is: GGUF 3, safetensors, PyTorch, TransformerLens, a run of Refrain
 * @param architecture what people call the model's, such as Llama
 * @param name what the model calls itself; "" where it says nothing
 * @param types how many tensors of each element type there are
 * @param unused tensors that nothing was read from
 * @param notes what a reader of results should know, in sentences
 */
public record Found(
    Path place,
    String format,
    String architecture,
    String name,
    SortedMap<String, Integer> types,
    List<String> unused,
    List<String> notes) {
  public Found {
    unused = List.copyOf(unused);
    notes = List.copyOf(notes);
  }
}
