package refrain.serve;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers for typed arrays, little-endian; what stands behind is laid out without gaps. */
final class Binary {
  private final ByteBuffer bytes;

  Binary(long size) {
    this.bytes = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
  }

  Binary u32(int... values) {
    for (int value : values) {
      bytes.putInt(value);
    }
    return this;
  }

  Binary f64(long... values) {
    for (long value : values) {
      bytes.putDouble(value);
    }
    return this;
  }

  Binary f32(float... values) {
    for (float value : values) {
      bytes.putFloat(value);
    }
    return this;
  }

  Binary u8(byte[] values) {
    bytes.put(values);
    return this;
  }

  /** As long as it was made; what was not written is 0. */
  byte[] bytes() {
    return bytes.array();
  }
}
