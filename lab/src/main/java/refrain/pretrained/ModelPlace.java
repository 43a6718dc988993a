package refrain.pretrained;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.base.Names;
import refrain.base.RefrainException;
import refrain.model.ModelSpec;
import refrain.pretrained.gguf.GgufFile;
import refrain.pretrained.pickle.TorchFile;
import refrain.pretrained.token.GgufTokenizer;
import refrain.pretrained.token.ModelTokenizer;
import refrain.pretrained.token.TokenizerJson;
import refrain.pretrained.weights.SafeTensorsWeights;
import refrain.pretrained.weights.Shards;
import refrain.pretrained.weights.StoredTensors;
import refrain.store.Checkpoint;
import refrain.store.Json;
import refrain.store.RunFolder;
import tools.jackson.databind.JsonNode;

/** Finds out what lies at a place, by its content and not by its name, and opens it. */
final class ModelPlace {
  private static final String CONFIG = "config.json";
  private static final String TOKENIZER = "tokenizer.json";
  private static final String TOKENIZER_CONFIG = "tokenizer_config.json";
  private static final String LFS = "version https://git-lfs";

  /** No configuration or tokenizer is longer: that of Gemma has 34 MB. */
  private static final long MOST_JSON = 1 << 27;

  private ModelPlace() {}

  static boolean isModel(Path place) {
    if (Files.isRegularFile(place)) {
      byte[] start = start(place, 16);
      return GgufFile.begins(start)
          || Files.isRegularFile(place.resolveSibling(CONFIG))
              && (TorchFile.begins(start) || TorchFile.legacy(start) || safetensors(start));
    }
    return Files.isRegularFile(place.resolve(CONFIG))
        || Files.isDirectory(place.resolve("snapshots"))
        || RunFolder.isRun(place)
        || !RunFolder.isRemains(place) && Files.isDirectory(place) && !ggufs(place).isEmpty();
  }

  static ModelOnDisk open(Path asked) {
    if (!Files.exists(asked)) {
      throw RefrainException.badInput("%s: no such file or folder", asked);
    }
    if (Files.isRegularFile(asked)) {
      return file(asked);
    }
    Path place = snapshot(asked);
    if (RunFolder.isRun(place)) {
      return run(RunFolder.at(place));
    }
    if (Files.isRegularFile(place.resolve(CONFIG))) {
      return folder(place, null);
    }
    List<Path> ggufs = ggufs(place);
    if (ggufs.size() == 1) {
      return gguf(ggufs.getFirst());
    }
    throw RefrainException.badInput(
        ggufs.isEmpty()
            ? "%s: holds no model: neither %s nor a GGUF file nor a run of Refrain"
            : "%s: holds several GGUF files, name one: %3$s",
        asked,
        CONFIG,
        Names.list(ggufs.stream().map(Path::getFileName).toList()));
  }

  /** The first bytes of a file; fewer where it is shorter or cannot be read. */
  private static byte[] start(Path file, int count) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(count);
    } catch (IOException e) {
      return new byte[0];
    }
  }

  /** A header's length and then an object. */
  private static boolean safetensors(byte[] start) {
    return start.length >= 9 && start[8] == '{';
  }

  private static List<Path> ggufs(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(Files::isRegularFile)
          .filter(file -> GgufFile.begins(start(file, 4)))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw RefrainException.disk(folder + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  /** In Hugging Face's cache: the snapshot that refs/main names, or the only one. */
  private static Path snapshot(Path folder) {
    Path snapshots = folder.resolve("snapshots");
    if (!Files.isDirectory(snapshots)) {
      return folder;
    }
    Path main = folder.resolve("refs").resolve("main");
    if (Files.isRegularFile(main)) {
      String revision = new String(start(main, 100), UTF_8).strip();
      if (revision.matches("[0-9a-zA-Z]{1,64}") && Files.isDirectory(snapshots.resolve(revision))) {
        return snapshots.resolve(revision);
      }
    }
    List<Path> all;
    try (Stream<Path> entries = Files.list(snapshots)) {
      all = entries.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      throw RefrainException.disk(snapshots + ": cannot be listed: " + e.getMessage(), e);
    }
    if (all.size() == 1) {
      return all.getFirst();
    }
    throw RefrainException.badInput(
        "%s: has %s snapshots and refs/main names none of them; name one: %s",
        folder, all.size(), Names.list(all));
  }

  private static ModelOnDisk file(Path file) {
    byte[] start = start(file, 64);
    if (GgufFile.begins(start)) {
      return gguf(file);
    }
    if (new String(start, UTF_8).startsWith(LFS)) {
      throw RefrainException.badFile(
          "%s: is a pointer of Git LFS, not the file itself; fetch it with 'git lfs pull'", file);
    }
    Path folder = file.toAbsolutePath().getParent();
    boolean weights = TorchFile.begins(start) || TorchFile.legacy(start) || safetensors(start);
    if (!weights || folder == null) {
      throw RefrainException.badFile(
          "%s: is no model: expected GGUF, safetensors or what torch.save writes", file);
    }
    if (!Files.isRegularFile(folder.resolve(CONFIG))) {
      throw RefrainException.badInput(
          "%s: has weights, but there is no %s beside it, which says of what model", file, CONFIG);
    }
    return folder(folder, file);
  }

  private static ModelOnDisk gguf(Path path) {
    GgufFile file = GgufFile.open(path);
    return closing(
        file,
        () -> {
          Long parts = file.whole("split.count");
          if (parts != null && parts > 1) {
            throw RefrainException.badFile(
                "%s: is one of %s parts, which are not read; join them with gguf-split --merge",
                file.where(), parts);
          }
          String architecture = file.text("general.architecture").orElse("");
          Described described =
              switch (architecture) {
                case "llama", "qwen2" -> LlamaFamily.of(architecture, file);
                case "gpt2" -> Gpt2Family.of(file);
                case "gptneox" -> GptNeoXFamily.of(file);
                default ->
                    throw RefrainException.badFile(
                        "%s: is of the architecture '%s', which is not done here; expected llama,"
                            + " qwen2, gpt2 or gptneox",
                        file.where(), architecture);
              };
          List<String> notes = new ArrayList<>();
          if (GgufTokenizer.isIn(file) && file.text("tokenizer.ggml.pre").isEmpty()) {
            notes.add("It does not say how text is cut before merges; GPT-2's way is taken.");
          }
          boolean scored = file.text("tokenizer.ggml.model").orElse("").equals("llama");
          return model(
              path,
              "GGUF " + file.version(),
              file.text("general.name").orElse(""),
              described,
              scored ? List.of() : notes,
              () ->
                  GgufTokenizer.isIn(file)
                      ? Optional.of(GgufTokenizer.read(file))
                      : Optional.empty(),
              OptionalInt.empty());
        });
  }

  /** What is opened is closed again where the rest fails. */
  private static ModelOnDisk closing(StoredTensors tensors, Supplier<ModelOnDisk> rest) {
    boolean opened = false;
    try {
      ModelOnDisk model = rest.get();
      opened = true;
      return model;
    } finally {
      if (!opened) {
        tensors.close();
      }
    }
  }

  private static ModelOnDisk model(
      Path place,
      String format,
      String name,
      Described described,
      List<String> notes,
      Supplier<Optional<ModelTokenizer>> tokenizer,
      OptionalInt start) {
    Mapping mapping = described.mapping();
    SortedMap<String, Integer> types = new TreeMap<>();
    StoredTensors tensors = mapping.tensors();
    tensors.names().forEach(tensor -> types.merge(tensors.type(tensor), 1, Integer::sum));
    List<String> all = new ArrayList<>(described.notes());
    all.addAll(notes);
    Found found =
        new Found(place, format, described.architecture(), name, types, mapping.unused(), all);
    return new ModelOnDisk(found, described.spec(), mapping, tokenizer, start);
  }

  private static JsonNode json(Path file) {
    if (!Files.isRegularFile(file)) {
      return Json.object();
    }
    return Json.parse(text(file), file.getFileName().toString());
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) > MOST_JSON) {
        throw RefrainException.badFile(
            "%s: has %s bytes, expected at most %s", file, Files.size(file), MOST_JSON);
      }
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw RefrainException.badFile(file + ": is not UTF-8 text", e);
    } catch (IOException e) {
      throw RefrainException.disk(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static ModelOnDisk folder(Path folder, @Nullable Path weights) {
    JsonNode tree = json(folder.resolve(CONFIG));
    Settings config = Settings.of(CONFIG, tree);
    String type = config.text("model_type", "");
    boolean lens = type.isEmpty() && config.has("d_model") && config.has("n_layers");
    StoredTensors tensors = weights == null ? tensors(folder) : weights(weights);
    return closing(
        tensors,
        () -> {
          Described described =
              switch (lens ? "TransformerLens" : type) {
                case "TransformerLens" -> TransformerLensFolder.of(config, tensors);
                case "gpt2" -> Gpt2Family.of(config, tensors);
                case "gpt_neox" -> GptNeoXFamily.of(config, tensors);
                case "gpt_neo" -> GptNeoFamily.of(config, tensors);
                case "llama", "mistral", "qwen2" -> LlamaFamily.of(type, config, tensors);
                default ->
                    throw RefrainException.badFile(
                        "%s: model_type is '%s', which is not done here; expected gpt2, gpt_neox,"
                            + " gpt_neo, llama, mistral or qwen2",
                        folder.resolve(CONFIG), type);
              };
          List<String> notes = new ArrayList<>();
          String tokens = config.text("tokenizer_name", "");
          if (lens && !tokens.isEmpty() && !Files.exists(folder.resolve(TOKENIZER))) {
            notes.add(
                "Its tokenizer is "
                    + tokens
                    + ", which is not beside it; put its tokenizer.json there to type text.");
          }
          return model(
              folder,
              lens ? "TransformerLens" : format(tensors),
              config.text("_name_or_path", ""),
              described,
              notes,
              () -> tokenizer(folder),
              id(tree.path("bos_token_id"), described.spec()));
        });
  }

  private static String format(StoredTensors tensors) {
    return tensors.where().contains("safetensors") ? "safetensors" : "PyTorch";
  }

  private static OptionalInt id(JsonNode node, ModelSpec spec) {
    int id = node.isIntegralNumber() && node.canConvertToInt() ? node.intValue() : -1;
    return id < 0 || id >= spec.dVocab() ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** The weights of a folder: the names that the libraries write, then any single file. */
  private static StoredTensors tensors(Path folder) {
    for (String name : List.of("model.safetensors", "pytorch_model.bin")) {
      Path index = folder.resolve(name + ".index.json");
      if (Files.isRegularFile(folder.resolve(name))) {
        return weights(folder.resolve(name));
      }
      if (Files.isRegularFile(index)) {
        return Shards.open(index, ModelPlace::weights);
      }
    }
    List<Path> others = new ArrayList<>();
    try (Stream<Path> entries = Files.list(folder)) {
      entries
          .filter(Files::isRegularFile)
          .filter(file -> file.getFileName().toString().matches(".*\\.(safetensors|pth|pt|bin)"))
          .sorted()
          .forEach(others::add);
    } catch (IOException e) {
      throw RefrainException.disk(folder + ": cannot be listed: " + e.getMessage(), e);
    }
    List<Path> last =
        others.stream().filter(file -> file.getFileName().toString().contains("final")).toList();
    List<Path> chosen = last.size() == 1 ? last : others;
    if (chosen.size() == 1) {
      return weights(chosen.getFirst());
    }
    throw RefrainException.badInput(
        others.isEmpty()
            ? "%s: has a config.json, but no weights: neither model.safetensors nor"
                + " pytorch_model.bin nor a .pth"
            : "%s: has several files of weights, name one: %s",
        folder,
        Names.list(others.stream().map(Path::getFileName).toList()));
  }

  /** One file of weights, by its content. */
  private static StoredTensors weights(Path file) {
    byte[] start = start(file, 64);
    if (new String(start, UTF_8).startsWith(LFS)) {
      throw RefrainException.badFile(
          "%s: is a pointer of Git LFS, not the file itself; fetch it with 'git lfs pull'", file);
    }
    boolean torch =
        TorchFile.begins(start)
            || TorchFile.legacy(start)
            || !safetensors(start) && !file.toString().endsWith(".safetensors");
    return torch ? TorchFile.open(file) : SafeTensorsWeights.open(file);
  }

  private static Optional<ModelTokenizer> tokenizer(Path folder) {
    JsonNode config = json(folder.resolve(TOKENIZER_CONFIG));
    Path json = folder.resolve(TOKENIZER);
    if (Files.isRegularFile(json)) {
      return Optional.of(TokenizerJson.read(TOKENIZER, json(json), config));
    }
    Path vocab = folder.resolve("vocab.json");
    Path merges = folder.resolve("merges.txt");
    if (Files.isRegularFile(vocab) && Files.isRegularFile(merges)) {
      return Optional.of(TokenizerJson.read("merges.txt", json(vocab), text(merges), config));
    }
    return Optional.empty();
  }

  private static ModelOnDisk run(RunFolder run) {
    List<Checkpoint> checkpoints = run.checkpoints().list();
    if (checkpoints.isEmpty()) {
      throw RefrainException.badInput("%s: has no checkpoint yet", run.path());
    }
    JsonNode spec = run.info().spec();
    ModelSpec model = Json.read(spec.path("model"), ModelSpec.class, "run.json: spec.model");
    Checkpoint last = checkpoints.getLast();
    List<String> notes = new ArrayList<>(List.of("Step " + last.step() + " of a run."));
    if (!spec.path("interventions").isEmpty()) {
      notes.add("Interventions changed it in training; they are not in it.");
    }
    SafeTensorsWeights tensors = SafeTensorsWeights.open(last.folder().resolve(Checkpoint.MODEL));
    return closing(
        tensors,
        () ->
            model(
                run.path(),
                "a run of Refrain",
                spec.path("name").asString(""),
                OwnCheckpoint.of(model, tensors, List.of()),
                notes,
                () -> tokenizer(run.path()),
                OptionalInt.empty()));
  }
}
