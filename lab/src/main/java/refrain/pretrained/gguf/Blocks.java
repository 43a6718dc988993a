package refrain.pretrained.gguf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Plain elements, and blocks of 32 with one scale (ggml-quants.c). Each operation is rounded to
 * float32 by itself, in ggml's order, so that the bits are those of the package {@code gguf}.
 *
 * <pre>
 * Q4_0  d f16, 16 bytes: element i in the low half of byte i, i + 16 in the high half; d (q - 8)
 * Q4_1  d, m f16, 16 bytes; d q + m
 * Q5_0  d f16, 32 bits that are the fifth of each element, 16 bytes; d (q - 16)
 * Q5_1  d, m f16, 32 bits, 16 bytes; d q + m
 * Q8_0  d f16, 32 signed bytes; d q
 * </pre>
 */
final class Blocks {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private Blocks() {}

  static void f32(byte[] from, int count, float[] to, int at) {
    for (int i = 0; i < count; i++) {
      to[at + i] = Float.intBitsToFloat((int) INT.get(from, 4 * i));
    }
  }

  static void f16(byte[] from, int count, float[] to, int at) {
    for (int i = 0; i < count; i++) {
      to[at + i] = half(from, 2 * i);
    }
  }

  static void bf16(byte[] from, int count, float[] to, int at) {
    for (int i = 0; i < count; i++) {
      to[at + i] = Float.intBitsToFloat((short) SHORT.get(from, 2 * i) << 16);
    }
  }

  /** The number of half precision that lies there. */
  static float half(byte[] from, int at) {
    return Float.float16ToFloat((short) SHORT.get(from, at));
  }

  static void q4x0(byte[] from, int at, float[] to, int out) {
    float d = half(from, at);
    for (int i = 0; i < 16; i++) {
      int q = from[at + 2 + i];
      to[out + i] = d * ((q & 15) - 8);
      to[out + 16 + i] = d * ((q >> 4 & 15) - 8);
    }
  }

  static void q4x1(byte[] from, int at, float[] to, int out) {
    float d = half(from, at);
    float m = half(from, at + 2);
    for (int i = 0; i < 16; i++) {
      int q = from[at + 4 + i];
      to[out + i] = d * (q & 15) + m;
      to[out + 16 + i] = d * (q >> 4 & 15) + m;
    }
  }

  static void q5x0(byte[] from, int at, float[] to, int out) {
    float d = half(from, at);
    int high = (int) INT.get(from, at + 2);
    for (int i = 0; i < 16; i++) {
      int q = from[at + 6 + i];
      to[out + i] = d * ((q & 15 | (high >>> i & 1) << 4) - 16);
      to[out + 16 + i] = d * ((q >> 4 & 15 | (high >>> i + 16 & 1) << 4) - 16);
    }
  }

  static void q5x1(byte[] from, int at, float[] to, int out) {
    float d = half(from, at);
    float m = half(from, at + 2);
    int high = (int) INT.get(from, at + 4);
    for (int i = 0; i < 16; i++) {
      int q = from[at + 8 + i];
      to[out + i] = d * (q & 15 | (high >>> i & 1) << 4) + m;
      to[out + 16 + i] = d * (q >> 4 & 15 | (high >>> i + 16 & 1) << 4) + m;
    }
  }

  static void q8x0(byte[] from, int at, float[] to, int out) {
    float d = half(from, at);
    for (int i = 0; i < 32; i++) {
      to[out + i] = d * from[at + 2 + i];
    }
  }
}
