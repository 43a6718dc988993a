package refrain.pretrained.weights;

import java.util.Set;

/**
 * The tensors of one file, or of several that belong together, open for reading. Everything that
 * the files say of shapes and places was checked when they were opened; values are read, and
 * dequantised, when asked for, so that nobody holds a model twice. May be read by several threads.
 */
public interface StoredTensors extends AutoCloseable {
  /** What errors call the source. */
  String where();

  /** All names, in the order of the files. */
  Set<String> names();

  /** The sizes of a tensor's axes, the slowest first; empty for a scalar. */
  int[] shape(String name);

  /** How its elements are kept, by the format's own name, such as F32 or Q4_K. */
  String type(String name);

  /**
   * Some rows of a tensor as float32. Its last axis is a row; a tensor of one axis is one row.
   *
   * @param from the first of them
   * @param to where they go, from {@code at} on
   * @throws refrain.base.RefrainException when the file cannot be read or was cut meanwhile
   */
  void rows(String name, int from, int count, float[] to, int at);

  @Override
  void close();

  /** Elements of a row. */
  static int width(int[] shape) {
    return shape.length == 0 ? 1 : shape[shape.length - 1];
  }
}
