package refrain.pretrained;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import refrain.base.RefrainException;
import refrain.pretrained.weights.SafeTensorsWeights;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Folders that are incomplete, wrong or mean harm. */
class HostileFoldersTest {
  @TempDir Path temp;

  private Path copy(String model) throws IOException {
    Path folder = Files.createDirectories(temp.resolve("copy"));
    try (var files = Files.list(Golden.ROOT.resolve(model))) {
      for (Path file : files.toList()) {
        if (!file.endsWith("expected.safetensors")) {
          Files.copy(file, folder.resolve(file.getFileName()));
        }
      }
    }
    return folder;
  }

  private static void set(Path folder, String name, String value) throws IOException {
    ObjectNode config = (ObjectNode) Json.readFile(folder.resolve("config.json"));
    config.set(name, Json.parse(value, "test"));
    Files.writeString(folder.resolve("config.json"), Json.line(config));
  }

  private static void refused(Path place, String message) {
    assertThatThrownBy(() -> ModelOnDisk.open(place))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama | model_type          | \"gemma2\"                 | model_type is 'gemma2', which is not done here",
        "llama | model_type          | \"qwen3\"                  | model_type is 'qwen3'",
        "llama | rope_parameters     | {\"rope_type\": \"yarn\", \"rope_theta\": 5} | rotary scaling 'yarn' is not done here",
        "llama | rope_parameters     | {\"rope_type\": \"linear\"} | factor is missing",
        "llama | hidden_act          | \"gelu\"                   | hidden_act is 'gelu'",
        "llama | head_dim            | 7                          | expected an even number",
        "llama | num_key_value_heads | 4                          | 6 heads share 4 key heads",
        "llama | hidden_size         | 1e15                       | hidden_size is 1.0E15, expected a whole number",
        "llama | vocab_size          | 44                         | has shape [43, 24], expected [44, 24]",
        "llama | num_hidden_layers   | 100000000                  | has no tensor 'model.layers.2.input_layernorm.weight'",
        "gpt2  | add_cross_attention | true                       | attention to another text is not done here",
        "gpt2  | activation_function | \"quick_gelu\"             | activation_function is 'quick_gelu'",
        "gpt2  | n_head              | 4                          | has 4 heads beside a width of 30",
        "gpt-neo | attention_types   | [[[\"global\"], 2]]        | attention_types are of 2 layers, expected 3",
        "gpt-neo | attention_types   | [[[\"sparse\"], 3]]        | expected global or local",
        "attn-only | act_fn          | \"solu_ln\"                | ",
        "attn-only | attn_only       | false                      | act_fn is 'gelu'",
        "attn-only | final_rms       | true                       | another norm at the end is not done here",
        "attn-only | normalization   | \"BN\"                     | the norm 'bn' is not done here"
      })
  void whatIsNotDoneIsRefusedByName(String model, String name, String value, String message)
      throws IOException {
    if (message == null) {
      return; // an activation that nothing uses
    }
    Path folder = copy(model);
    set(folder, name, value);
    if (model.equals("attn-only") && name.equals("attn_only")) {
      refused(folder, "has no tensor 'blocks.0.ln2.w'");
    } else {
      refused(folder, message);
    }
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    refused(temp.resolve("nowhere"), "no such file or folder");
    Path folder = Files.createDirectories(temp.resolve("empty"));
    refused(folder, "holds no model: neither config.json nor a GGUF file");
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"gpt2\"}");
    refused(folder, "has a config.json, but no weights");
    Files.writeString(
        folder.resolve("model.safetensors"), "version https://git-lfs.github.com/spec/v1\n");
    refused(folder, "is a pointer of Git LFS");
    Path lone = Files.createDirectories(temp.resolve("lone")).resolve("x.safetensors");
    Files.copy(Golden.ROOT.resolve("gpt2/model.safetensors"), lone);
    refused(lone, "there is no config.json beside it");
    Files.writeString(lone, "text");
    refused(lone, "is no model: expected GGUF, safetensors or what torch.save writes");
    Files.writeString(folder.resolve("config.json"), "[1]");
    refused(folder, "is no object of names and values");
  }

  @Test
  void shards() throws IOException {
    Path folder = copy("mistral");
    Path index = folder.resolve("model.safetensors.index.json");
    JsonNode whole = Json.readFile(index);
    for (String place : List.of("../x", "/etc/passwd", "..", "", "a\\b")) {
      ObjectNode tree = (ObjectNode) whole.deepCopy();
      ((ObjectNode) tree.get("weight_map")).put("model.norm.weight", place);
      Files.writeString(index, Json.line(tree));
      refused(folder, "expected the name of a file beside it");
    }
    ObjectNode other = (ObjectNode) whole.deepCopy();
    ((ObjectNode) other.get("weight_map")).put("lm_head.weightx", "missing.safetensors");
    Files.writeString(index, Json.line(other));
    refused(folder, "missing.safetensors, which is missing beside it; fetch it too");
    Files.writeString(index, "{\"weight_map\": {}}");
    refused(folder, "has no object 'weight_map'");
  }

  /** As Hugging Face's cache lies: snapshots of links into blobs. */
  @Test
  void theCacheOfHuggingFace() throws IOException {
    Path cache = Files.createDirectories(temp.resolve("models--a--b"));
    Path blobs = Files.createDirectories(cache.resolve("blobs"));
    Path snapshot = Files.createDirectories(cache.resolve("snapshots/abc123"));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(Golden.ROOT.resolve("gpt2").resolve(file), blobs.resolve("blob-" + file));
      Files.createSymbolicLink(snapshot.resolve(file), Path.of("../../blobs/blob-" + file));
    }
    assertThat(ModelOnDisk.isModel(cache)).isTrue();
    try (ModelOnDisk model = ModelOnDisk.open(cache)) {
      assertThat(model.found().place()).isEqualTo(snapshot);
    }
    Files.createDirectories(cache.resolve("snapshots/def456"));
    refused(cache, "has 2 snapshots and refs/main names none of them");
    Files.createDirectories(cache.resolve("refs"));
    Files.writeString(cache.resolve("refs/main"), "abc123");
    try (ModelOnDisk model = ModelOnDisk.open(cache)) {
      assertThat(model.spec().nLayers()).isEqualTo(2);
    }
    Files.writeString(cache.resolve("refs/main"), "../../../etc");
    refused(cache, "has 2 snapshots");
  }

  /** Each setting of each model replaced by each of some values: an answer or a refusal. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2",
        "pythia",
        "gpt-neo",
        "llama",
        "llama-biases",
        "mistral",
        "qwen2",
        "attn-only"
      })
  void everySetting(String model) throws IOException {
    Path folder = copy(model);
    ObjectNode config = (ObjectNode) Json.readFile(folder.resolve("config.json"));
    for (String name : List.copyOf(config.propertyNames())) {
      for (String value :
          List.of(
              "null", "-1", "0", "1", "2147483648", "1e15", "1.5", "\"x\"", "[]", "{}", "true")) {
        ObjectNode other = config.deepCopy();
        other.set(name, Json.parse(value, "test"));
        Files.writeString(folder.resolve("config.json"), Json.line(other));
        try {
          Fuzz.harmless(() -> {
            try (ModelOnDisk opened = ModelOnDisk.open(folder)) {
              opened.within(32).parameters();
            }
          });
        } catch (RuntimeException | Error e) {
          throw new AssertionError(name + " = " + value, e);
        }
      }
    }
  }

  @Test
  void everyTruncationOfSafetensors() throws IOException {
    Path file = temp.resolve("m.safetensors");
    byte[] whole = small();
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThat(Fuzz.harmless(() -> readAll(file))).as("%s bytes", length).isFalse();
    }
  }

  private static byte[] small() {
    String header =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]},"
            + "\"b\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[16,24]}}";
    byte[] bytes = Arrays.copyOf(GgufBytes.number(header.length(), 8), 8 + header.length() + 24);
    System.arraycopy(header.getBytes(UTF_8), 0, bytes, 8, header.length());
    return bytes;
  }

  private static void readAll(Path file) {
    try (SafeTensorsWeights weights = SafeTensorsWeights.open(file)) {
      for (String name : weights.names()) {
        int[] shape = weights.shape(name);
        int elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        int width = shape.length == 0 ? 1 : shape[shape.length - 1];
        weights.rows(name, 0, width == 0 ? 0 : elements / width, new float[elements], 0);
      }
    }
  }
}
