package refrain.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import tools.jackson.databind.JsonNode;

/** The JSON header of a safetensors file, checked against the size of the data behind it. */
final class SafeTensorsHeader {
  /** The format's own limit, against files that ask a reader for all its memory. */
  static final long MAX_HEADER_BYTES = 100_000_000;

  private static final Set<String> ENTRY = Set.of("dtype", "shape", "data_offsets");

  /** Where a tensor lies: bytes [begin, end) of the data section. */
  record Entry(String name, DType dtype, int[] shape, long begin, long end) {
    long elements() {
      return (end - begin) / dtype.bytes();
    }
  }

  private SafeTensorsHeader() {}

  /**
   * The tensors by name, in the order of the data; everything that the format asks for is checked.
   *
   * @param file what errors call it
   */
  static Map<String, Entry> parse(String json, long dataBytes, String file) {
    if (!json.startsWith("{")) {
      throw RefrainException.badFile(
          "%s: the header must start with '{', found '%s'",
          file, json.isEmpty() ? "" : json.charAt(0));
    }
    JsonNode tree = Json.parse(json, file + ": header");
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> property : tree.properties()) {
      if (property.getKey().equals("__metadata__")) {
        checkMetadata(property.getValue(), file);
      } else {
        entries.add(entry(property.getKey(), property.getValue(), file));
      }
    }
    // Empty tensors share their offset with a neighbour, so the end decides.
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long expected = 0;
    for (Entry entry : entries) {
      if (entry.begin != expected) {
        throw RefrainException.badFile(
            "%s: tensor '%s' begins at byte %d, expected %d: %s",
            file,
            entry.name,
            entry.begin,
            expected,
            entry.begin < expected ? "tensors overlap" : "there is a hole before it");
      }
      expected = entry.end;
      if (expected > dataBytes) {
        throw RefrainException.badFile(
            "%s: tensor '%s' ends at byte %d, but the file holds %d bytes of data: it was cut"
                + " short",
            file, entry.name, expected, dataBytes);
      }
    }
    if (expected != dataBytes) {
      throw RefrainException.badFile(
          "%s: the header describes %d bytes of data, but the file holds %d",
          file, expected, dataBytes);
    }
    Map<String, Entry> byName = new LinkedHashMap<>();
    entries.forEach(entry -> byName.put(entry.name, entry));
    return byName;
  }

  private static void checkMetadata(JsonNode node, String file) {
    if (!node.isObject()) {
      throw RefrainException.badFile(
          "%s: __metadata__ must be an object of strings, found %s", file, node.getNodeType());
    }
    for (Map.Entry<String, JsonNode> property : node.properties()) {
      if (!property.getValue().isString()) {
        throw RefrainException.badFile(
            "%s: __metadata__ '%s' must be a string, found %s",
            file, property.getKey(), property.getValue());
      }
    }
  }

  private static Entry entry(String name, JsonNode node, String file) {
    if (!node.isObject() || !Set.copyOf(node.propertyNames()).equals(ENTRY)) {
      throw RefrainException.badFile(
          "%s: tensor '%s' must have exactly dtype, shape and data_offsets, found %s",
          file, name, node.isObject() ? node.propertyNames() : node.getNodeType());
    }
    DType dtype = dtype(name, node.get("dtype"), file);
    int[] shape = shape(name, node.get("shape"), file);
    long[] offsets = offsets(name, node.get("data_offsets"), file);
    long bytes = dtype.bytes();
    for (int size : shape) {
      if (Math.multiplyHigh(bytes, size) != 0 || bytes * size < 0) {
        throw RefrainException.badFile(
            "%s: tensor '%s' has shape %s, more elements than any file holds",
            file, name, Arrays.toString(shape));
      }
      bytes *= size;
    }
    if (offsets[1] - offsets[0] != bytes) {
      throw RefrainException.badFile(
          "%s: tensor '%s' of %s %s needs %d bytes, but data_offsets %s hold %d",
          file,
          name,
          dtype,
          Arrays.toString(shape),
          bytes,
          Arrays.toString(offsets),
          offsets[1] - offsets[0]);
    }
    return new Entry(name, dtype, shape, offsets[0], offsets[1]);
  }

  private static DType dtype(String name, @Nullable JsonNode node, String file) {
    for (DType dtype : DType.values()) {
      if (node != null && node.isString() && dtype.name().equals(node.stringValue())) {
        return dtype;
      }
    }
    throw RefrainException.badFile(
        "%s: tensor '%s' has dtype %s, expected one of %s",
        file,
        name,
        node,
        Arrays.stream(DType.values()).map(DType::name).collect(Collectors.joining(" ")));
  }

  private static int[] shape(String name, @Nullable JsonNode node, String file) {
    if (node == null || !node.isArray()) {
      throw RefrainException.badFile(
          "%s: tensor '%s' has shape %s, expected a list of sizes", file, name, node);
    }
    int[] shape = new int[node.size()];
    for (int i = 0; i < shape.length; i++) {
      JsonNode size = node.get(i);
      if (size == null
          || !size.isIntegralNumber()
          || !size.canConvertToInt()
          || size.intValue() < 0) {
        throw RefrainException.badFile(
            "%s: tensor '%s' has shape %s, expected whole sizes from 0 to %d",
            file, name, node, Integer.MAX_VALUE);
      }
      shape[i] = size.intValue();
    }
    return shape;
  }

  private static long[] offsets(String name, @Nullable JsonNode node, String file) {
    long[] offsets = new long[2];
    boolean good = node != null && node.isArray() && node.size() == 2;
    for (int i = 0; i < 2 && good && node != null; i++) {
      JsonNode offset = node.get(i);
      good = offset != null && offset.isIntegralNumber() && offset.canConvertToLong();
      offsets[i] = good && offset != null ? offset.longValue() : -1;
    }
    if (!good || offsets[0] < 0 || offsets[1] < offsets[0]) {
      throw RefrainException.badFile(
          "%s: tensor '%s' has data_offsets %s, expected [begin, end] with 0 <= begin <= end",
          file, name, node);
    }
    return offsets;
  }
}
