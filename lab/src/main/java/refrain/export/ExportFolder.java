package refrain.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import refrain.base.RefrainException;
import refrain.store.AtomicFiles;

/** A folder that holds one exported model and nothing else: other files would be read with it. */
final class ExportFolder {
  static final String WEIGHTS = "model.safetensors";
  static final String MODULE = "model.py";
  static final String CONFIG = "config.json";
  static final String TOKENIZER = "tokenizer.json";
  static final String TOKENIZER_CONFIG = "tokenizer_config.json";

  private static final Set<String> OURS =
      Set.of(WEIGHTS, MODULE, CONFIG, TOKENIZER, TOKENIZER_CONFIG, "__pycache__");

  private ExportFolder() {}

  /**
   * Puts files in the folder, made when missing; those of an earlier export are replaced.
   *
   * @throws RefrainException of kind BAD_INPUT when the folder holds anything else
   */
  static void write(Path folder, Map<String, AtomicFiles.Body> files) {
    List<Path> earlier = entries(folder);
    for (Path old : earlier) {
      String name = old.getFileName().toString();
      if (!OURS.contains(name)) {
        throw RefrainException.badInput(
            "%s: holds %s, which is no file of an export; expected an empty folder, an earlier"
                + " export or a new name",
            folder, name);
      }
    }
    for (Path old : earlier) {
      if (!files.containsKey(old.getFileName().toString()) && !Files.isDirectory(old)) {
        delete(old);
      }
    }
    files.forEach((name, body) -> AtomicFiles.write(folder.resolve(name), body));
  }

  private static List<Path> entries(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (IOException e) {
      throw RefrainException.disk(folder + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw RefrainException.disk(file + ": cannot be replaced: " + e.getMessage(), e);
    }
  }
}
