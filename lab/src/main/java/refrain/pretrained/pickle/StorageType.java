package refrain.pretrained.pickle;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** PyTorch's storages, little-endian. */
enum StorageType {
  DOUBLE("DoubleStorage", "F64", 8),
  FLOAT("FloatStorage", "F32", 4),
  HALF("HalfStorage", "F16", 2),
  BFLOAT16("BFloat16Storage", "BF16", 2),
  LONG("LongStorage", "I64", 8),
  INT("IntStorage", "I32", 4),
  SHORT("ShortStorage", "I16", 2),
  CHAR("CharStorage", "I8", 1),
  BYTE("ByteStorage", "U8", 1),
  BOOL("BoolStorage", "BOOL", 1);

  private final String className;

  /** As the other formats call it. */
  final String type;

  final int bytes;

  StorageType(String className, String type, int bytes) {
    this.className = className;
    this.type = type;
    this.bytes = bytes;
  }

  static @Nullable StorageType of(String className) {
    for (StorageType type : values()) {
      if (type.className.equals(className)) {
        return type;
      }
    }
    return null;
  }

  float read(ByteBuffer from, int element) {
    int at = element * bytes;
    return switch (this) {
      case DOUBLE -> (float) from.getDouble(at);
      case FLOAT -> from.getFloat(at);
      case HALF -> Float.float16ToFloat(from.getShort(at));
      case BFLOAT16 -> Float.intBitsToFloat(from.getShort(at) << 16);
      case LONG -> from.getLong(at);
      case INT -> from.getInt(at);
      case SHORT -> from.getShort(at);
      case CHAR -> from.get(at);
      case BYTE, BOOL -> from.get(at) & 0xff;
    };
  }
}
