package refrain.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes float32 safetensors files, byte for byte as the format's own library does. */
public final class SafeTensorsWriter {
  private static final int CHUNK_BYTES = 1 << 16;

  private SafeTensorsWriter() {}

  /**
   * Writes float32 tensors, the same bytes for the same tensors in whatever order they come: names
   * are sorted, the header is padded with spaces to 8 bytes, as the format's own library does.
   */
  public static void writeTo(
      OutputStream out, List<NamedTensor> tensors, Map<String, String> metadata)
      throws IOException {
    List<NamedTensor> ordered = new ArrayList<>(tensors);
    ordered.sort(Comparator.comparing(NamedTensor::name));
    ObjectNode header = Json.object();
    if (!metadata.isEmpty()) {
      ObjectNode node = header.putObject("__metadata__");
      new TreeMap<>(metadata).forEach(node::put);
    }
    long offset = 0;
    for (NamedTensor tensor : ordered) {
      if (header.has(tensor.name())) {
        throw new IllegalArgumentException("tensor '" + tensor.name() + "' is given twice");
      }
      ObjectNode node = header.putObject(tensor.name()).put("dtype", DType.F32.name());
      ArrayNode shape = node.putArray("shape");
      Arrays.stream(tensor.shape()).forEach(shape::add);
      long end = offset + 4L * tensor.values().length;
      node.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.write(chunk.putLong(padded.length).array(), 0, 8);
    out.write(padded);
    for (NamedTensor tensor : ordered) {
      float[] values = tensor.values();
      for (int at = 0; at < values.length; at += CHUNK_BYTES / 4) {
        int n = Math.min(CHUNK_BYTES / 4, values.length - at);
        chunk.clear().asFloatBuffer().put(values, at, n);
        out.write(chunk.array(), 0, 4 * n);
      }
    }
  }
}
