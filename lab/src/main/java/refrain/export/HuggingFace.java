package refrain.export;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import refrain.base.Shell;
import refrain.model.ModelSpec;
import refrain.store.AtomicFiles;
import refrain.store.Checkpoint;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.store.SafeTensorsWriter;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model of ours as a folder of the library {@code transformers}: configuration, weights and
 * tokenizer, opened by {@code AutoModelForCausalLM} and by TransformerLens' {@code
 * TransformerBridge.boot_transformers}.
 */
public final class HuggingFace {
  private HuggingFace() {}

  /**
   * Writes the folder.
   *
   * @param folder empty, or that of an earlier export; made when missing
   * @return what the model is there: GPT-2, GPT-NeoX or Llama
   * @throws refrain.base.RefrainException of kind BAD_INPUT that names what differs when it is none
   */
  public static String write(RunFolder run, Checkpoint checkpoint, Path folder) {
    ExportedModel model = ExportedModel.read(run, checkpoint);
    String remedy =
        "as a PyTorch module any model can be had: ./refrain export %s --torch DIR"
            .formatted(Shell.word(run.path().toString()));
    Architecture architecture = Architecture.of(model.spec(), remedy);
    write(model, architecture, model.tokenizer(), folder);
    return architecture.title();
  }

  static void write(
      ExportedModel model, Architecture architecture, TokenizerFile tokenizer, Path folder) {
    ModelSpec spec = model.spec();
    Map<String, AtomicFiles.Body> files = new LinkedHashMap<>();
    files.put(
        ExportFolder.WEIGHTS,
        out ->
            SafeTensorsWriter.writeTo(
                out, architecture.tensors(spec, model.weights()), model.metadata()));
    put(files, ExportFolder.TOKENIZER, tokenizer.json());
    put(files, ExportFolder.TOKENIZER_CONFIG, Json.pretty(tokenizer.config(spec.nCtx())));
    put(files, ExportFolder.CONFIG, Json.pretty(config(spec, architecture, tokenizer)));
    ExportFolder.write(folder, files);
  }

  /** What {@code config.json} says. */
  static ObjectNode config(ModelSpec spec, Architecture architecture, TokenizerFile tokenizer) {
    ObjectNode config = Json.object().put("model_type", architecture.type());
    config.putArray("architectures").add(architecture.className());
    config.put("dtype", "float32");
    config.setAll(architecture.config(spec));
    config.put("tie_word_embeddings", spec.tied());
    config.put("use_cache", true);
    tokenizer
        .endOfText()
        .ifPresentOrElse(
            id -> config.put("bos_token_id", id).put("eos_token_id", id),
            () -> config.putNull("bos_token_id").putNull("eos_token_id"));
    return config;
  }

  private static void put(Map<String, AtomicFiles.Body> files, String name, String text) {
    files.put(name, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }
}
