package refrain.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import refrain.base.MaskedCrc;

/**
 * A TensorBoard event file: records, each a message {@code Event}, byte for byte as TensorBoard's
 * own writer makes them of the same messages.
 *
 * <pre>
 * record         uint64 length, uint32 masked CRC of it, the bytes, uint32 masked CRC of them
 *                (little-endian; tensorflow/core/lib/io/record_writer.h, hash/crc32c.h)
 * Event          1 wall_time, 2 step, 3 file_version, 5 summary     (core/util/event.proto)
 * Summary        1 value; Value: 1 tag, 2 simple_value, 8 tensor, 9 metadata
 *                metadata: 1 plugin_data {1 plugin_name}, 4 data_class
 *                                                         (core/framework/summary.proto)
 * TensorProto    1 dtype, 2 tensor_shape {2 dim {1 size}}, 4 tensor_content, 8 string_val
 *                                                (core/framework/tensor.proto, types.proto)
 * </pre>
 */
final class EventFile {
  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;

  private static final int VALUE = 1;
  private static final int TAG = 1;
  private static final int SIMPLE_VALUE = 2;
  private static final int TENSOR = 8;
  private static final int METADATA = 9;
  private static final int PLUGIN_DATA = 1;
  private static final int PLUGIN_NAME = 1;
  private static final int DATA_CLASS = 4;
  private static final int DATA_CLASS_TENSOR = 2;

  private static final int DTYPE = 1;
  private static final int SHAPE = 2;
  private static final int DIMENSION = 2;
  private static final int SIZE = 1;
  private static final int CONTENT = 4;
  private static final int STRING = 8;
  private static final int DT_DOUBLE = 2;
  private static final int DT_STRING = 7;

  /**
   * The plugin that shows texts, and one that nothing shows: for those who read lists in Python.
   */
  private static final String TEXT_PLUGIN = "text";

  private static final String LIST_PLUGIN = "refrain";

  private final OutputStream out;
  private final double wallTime;
  private final Set<String> described = new HashSet<>();

  /**
   * Begins a file.
   *
   * @param wallTime of all events, seconds since 1970
   */
  EventFile(OutputStream out, double wallTime) throws IOException {
    this.out = out;
    this.wallTime = wallTime;
    record(event(0).text(FILE_VERSION, "brain.Event:2"));
  }

  /** Everything of one step as one event. */
  final class Step {
    private final Protobuf summary = new Protobuf();
    private final long step;

    Step(long step) {
      this.step = step;
    }

    /** A curve's value, as float32, in which TensorBoard keeps them. */
    Step scalar(String tag, double value) {
      summary.message(VALUE, new Protobuf().text(TAG, tag).fixed(SIMPLE_VALUE, (float) value));
      return this;
    }

    /** A list of numbers, exact; TensorBoard keeps it and draws nothing of it. */
    Step list(String tag, double[] values) {
      ByteBuffer content = Protobuf.little(8 * values.length);
      Arrays.stream(values).forEach(content::putDouble);
      return tensor(
          tag,
          LIST_PLUGIN,
          new Protobuf()
              .number(DTYPE, DT_DOUBLE)
              .message(SHAPE, shape(values.length))
              .bytes(CONTENT, content.array()));
    }

    /** A text in Markdown. */
    Step text(String tag, String markdown) {
      return tensor(
          tag,
          TEXT_PLUGIN,
          new Protobuf().number(DTYPE, DT_STRING).message(SHAPE, shape(1)).text(STRING, markdown));
    }

    private Step tensor(String tag, String plugin, Protobuf tensor) {
      Protobuf value = new Protobuf().text(TAG, tag).message(TENSOR, tensor);
      if (described.add(tag)) {
        Protobuf data = new Protobuf().text(PLUGIN_NAME, plugin);
        value.message(
            METADATA,
            new Protobuf().message(PLUGIN_DATA, data).number(DATA_CLASS, DATA_CLASS_TENSOR));
      }
      summary.message(VALUE, value);
      return this;
    }

    void write() throws IOException {
      record(event(step).message(SUMMARY, summary));
    }
  }

  private static Protobuf shape(long size) {
    return new Protobuf().message(DIMENSION, new Protobuf().number(SIZE, size));
  }

  private Protobuf event(long step) {
    return new Protobuf().fixed(WALL_TIME, wallTime).number(STEP, step);
  }

  private void record(Protobuf event) throws IOException {
    byte[] data = event.bytes();
    byte[] length = Protobuf.little(8).putLong(data.length).array();
    out.write(length);
    out.write(Protobuf.little(4).putInt(MaskedCrc.of(length)).array());
    out.write(data);
    out.write(Protobuf.little(4).putInt(MaskedCrc.of(data)).array());
  }
}
