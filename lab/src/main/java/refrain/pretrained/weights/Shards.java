package refrain.pretrained.weights;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import refrain.base.RefrainException;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;

/**
 * Tensors that lie in several files, which an index lists ({@code model.safetensors.index.json},
 * {@code pytorch_model.bin.index.json}): its {@code weight_map} says in which file each is.
 */
public final class Shards implements StoredTensors {
  /** No published model comes in more; each is an open file. */
  private static final int MOST_FILES = 4096;

  private final String where;
  private final Map<String, StoredTensors> files;
  private final Map<String, StoredTensors> holding;

  private Shards(
      String where, Map<String, StoredTensors> files, Map<String, StoredTensors> holding) {
    this.where = where;
    this.files = files;
    this.holding = holding;
  }

  /**
   * Opens all files of an index and checks that each has what the index says.
   *
   * @param open opens one of them
   * @throws RefrainException of kind BAD_FILE when index and files do not agree
   */
  public static Shards open(Path index, Function<Path, StoredTensors> open) {
    String where = index.getFileName().toString();
    JsonNode map = Json.readFile(index).path("weight_map");
    if (!map.isObject() || map.isEmpty()) {
      throw RefrainException.badFile("%s: has no object 'weight_map' of tensors to files", where);
    }
    Map<String, StoredTensors> files = new LinkedHashMap<>();
    Map<String, StoredTensors> holding = new LinkedHashMap<>();
    boolean opened = false;
    try {
      for (Map.Entry<String, JsonNode> entry : map.properties()) {
        String tensor = entry.getKey();
        String shard = entry.getValue().asString("");
        StoredTensors file = files.get(shard);
        if (file == null) {
          file = open.apply(place(where, index, tensor, shard, files.size()));
          files.put(shard, file);
        }
        if (!file.names().contains(tensor)) {
          throw RefrainException.badFile(
              "%s: says that '%s' is in %s, which does not have it", where, tensor, shard);
        }
        holding.put(tensor, file);
      }
      // What the files hold beside is nobody's, but it is to be listed.
      for (StoredTensors file : files.values()) {
        file.names().forEach(name -> holding.putIfAbsent(name, file));
      }
      opened = true;
      return new Shards(where, files, holding);
    } finally {
      if (!opened) {
        files.values().forEach(StoredTensors::close);
      }
    }
  }

  private static Path place(String where, Path index, String tensor, String shard, int open) {
    // A name with folders in it could point anywhere on the disk.
    if (shard.isBlank() || shard.contains("/") || shard.contains("\\") || shard.equals("..")) {
      throw RefrainException.badFile(
          "%s: says that '%s' is in '%s', expected the name of a file beside it",
          where, tensor, shard);
    }
    Path file = index.resolveSibling(shard);
    if (!Files.isRegularFile(file)) {
      throw RefrainException.badFile(
          "%s: says that '%s' is in %s, which is missing beside it; fetch it too",
          where, tensor, shard);
    }
    if (open >= MOST_FILES) {
      throw RefrainException.badFile("%s: lists more than %s files", where, MOST_FILES);
    }
    return file;
  }

  @Override
  public String where() {
    return where;
  }

  @Override
  public Set<String> names() {
    return holding.keySet();
  }

  private StoredTensors holding(String name) {
    StoredTensors file = holding.get(name);
    if (file == null) {
      throw RefrainException.badFile("%s: has no tensor '%s'", where, name);
    }
    return file;
  }

  @Override
  public int[] shape(String name) {
    return holding(name).shape(name);
  }

  @Override
  public String type(String name) {
    return holding(name).type(name);
  }

  @Override
  public void rows(String name, int from, int count, float[] to, int at) {
    holding(name).rows(name, from, count, to, at);
  }

  @Override
  public void close() {
    files.values().forEach(StoredTensors::close);
  }
}
