package refrain.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import refrain.base.RefrainException;
import tools.jackson.databind.JsonNode;

/**
 * The weights of a model folder in Hugging Face's layout: one {@code model.safetensors}, or several
 * shards that {@code model.safetensors.index.json} lists under {@code weight_map}.
 */
public final class ShardedTensors implements AutoCloseable {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  private final String source;
  private final Map<String, SafeTensors> shards;
  private final Map<String, SafeTensors> byTensor;

  private ShardedTensors(
      String source, Map<String, SafeTensors> shards, Map<String, SafeTensors> byTensor) {
    this.source = source;
    this.shards = shards;
    this.byTensor = byTensor;
  }

  /**
   * Opens a folder and checks that every listed tensor is in its shard.
   *
   * @throws RefrainException of kind BAD_INPUT when the folder holds no weights, BAD_FILE when the
   *     index and the shards do not agree
   */
  public static ShardedTensors open(Path folder) {
    Path index = folder.resolve(INDEX);
    Map<String, SafeTensors> shards = new LinkedHashMap<>();
    boolean opened = false;
    try {
      ShardedTensors result;
      if (Files.exists(index)) {
        result = fromIndex(folder, index, shards);
      } else if (Files.exists(folder.resolve(SINGLE))) {
        SafeTensors only = SafeTensors.open(folder.resolve(SINGLE));
        shards.put(SINGLE, only);
        Map<String, SafeTensors> byTensor = new LinkedHashMap<>();
        only.names().forEach(name -> byTensor.put(name, only));
        result = new ShardedTensors(SINGLE, shards, byTensor);
      } else {
        throw RefrainException.badInput(
            "%s: holds no weights: neither %s nor %s".formatted(folder, SINGLE, INDEX));
      }
      opened = true;
      return result;
    } finally {
      if (!opened) {
        shards.values().forEach(SafeTensors::close);
      }
    }
  }

  private static ShardedTensors fromIndex(
      Path folder, Path index, Map<String, SafeTensors> shards) {
    JsonNode weightMap = Json.readFile(index).get("weight_map");
    if (weightMap == null || !weightMap.isObject()) {
      throw RefrainException.badFile("%s: has no object 'weight_map', found %s", INDEX, weightMap);
    }
    Map<String, SafeTensors> byTensor = new TreeMap<>();
    for (Map.Entry<String, JsonNode> property : weightMap.properties()) {
      String tensor = property.getKey();
      String shard = property.getValue().isString() ? property.getValue().stringValue() : "";
      // A name with folders in it could point anywhere on the disk.
      if (shard.isBlank() || shard.contains("/") || shard.contains("\\") || shard.equals("..")) {
        throw RefrainException.badFile(
            "%s: tensor '%s' is in %s, expected the name of a file beside the index",
            INDEX, tensor, property.getValue());
      }
      if (!shards.containsKey(shard)) {
        if (!Files.exists(folder.resolve(shard))) {
          throw RefrainException.badFile(
              "%s: tensor '%s' is in shard %s, which is missing in %s",
              INDEX, tensor, shard, folder);
        }
        shards.put(shard, SafeTensors.open(folder.resolve(shard)));
      }
      SafeTensors file = shards.get(shard);
      if (file == null || !file.has(tensor)) {
        throw RefrainException.badFile(
            "%s: tensor '%s' is listed in shard %s, which does not have it", INDEX, tensor, shard);
      }
      byTensor.put(tensor, file);
    }
    return new ShardedTensors(INDEX, shards, byTensor);
  }

  /** The names of all tensors. */
  public List<String> names() {
    return new ArrayList<>(byTensor.keySet());
  }

  public boolean has(String name) {
    return byTensor.containsKey(name);
  }

  /**
   * The file that holds a tensor, to read it from.
   *
   * @throws RefrainException of kind BAD_FILE when there is no such tensor
   */
  public SafeTensors holding(String name) {
    SafeTensors file = byTensor.get(name);
    if (file == null) {
      throw RefrainException.badFile(
          "%s: has no tensor '%s' among its %d", source, name, byTensor.size());
    }
    return file;
  }

  /** A tensor as float32. */
  public NamedTensor tensor(String name) {
    return holding(name).tensor(name);
  }

  @Override
  public void close() {
    shards.values().forEach(SafeTensors::close);
  }
}
