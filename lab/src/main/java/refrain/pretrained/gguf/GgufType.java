package refrain.pretrained.gguf;

import java.util.Arrays;
import java.util.stream.Collectors;
import refrain.base.RefrainException;

/** The element types that can be read: so many elements lie in a block of so many bytes. */
enum GgufType {
  F32(0, 4, Blocks::f32),
  F16(1, 2, Blocks::f16),
  BF16(30, 2, Blocks::bf16),
  Q4_0(2, 32, 18, Blocks::q4x0),
  Q4_1(3, 32, 20, Blocks::q4x1),
  Q5_0(6, 32, 22, Blocks::q5x0),
  Q5_1(7, 32, 24, Blocks::q5x1),
  Q8_0(8, 32, 34, Blocks::q8x0),
  Q2_K(10, 256, 84, SuperBlocks::q2k),
  Q3_K(11, 256, 110, SuperBlocks::q3k),
  Q4_K(12, 256, 144, SuperBlocks::q4k),
  Q5_K(13, 256, 176, SuperBlocks::q5k),
  Q6_K(14, 256, 210, SuperBlocks::q6k);

  /** Turns so many elements into float32. */
  private interface Dequantiser {
    void run(byte[] from, int count, float[] to, int at);
  }

  /** Turns one block into float32. */
  private interface Block {
    void run(byte[] from, int at, float[] to, int out);
  }

  private final int code;
  final int elements;
  final int bytes;
  private final Dequantiser dequantiser;

  GgufType(int code, int bytes, Dequantiser dequantiser) {
    this.code = code;
    this.elements = 1;
    this.bytes = bytes;
    this.dequantiser = dequantiser;
  }

  GgufType(int code, int elements, int bytes, Block one) {
    this.code = code;
    this.elements = elements;
    this.bytes = bytes;
    this.dequantiser =
        (from, count, to, at) -> {
          for (int i = 0, block = 0; i < count; i += elements, block += bytes) {
            one.run(from, block, to, at + i);
          }
        };
  }

  /** The type of that number; another is refused by name where ggml has one. */
  static GgufType of(String where, String tensor, int code) {
    for (GgufType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw RefrainException.badFile(
        "%s: tensor '%s' is of type %s, which is not read; expected one of %s",
        where,
        tensor,
        other(code),
        Arrays.stream(values()).map(GgufType::name).collect(Collectors.joining(" ")));
  }

  private static String other(int code) {
    return switch (code) {
      case 9 -> "Q8_1";
      case 15 -> "Q8_K";
      case 16 -> "IQ2_XXS";
      case 17 -> "IQ2_XS";
      case 18 -> "IQ3_XXS";
      case 19 -> "IQ1_S";
      case 20 -> "IQ4_NL";
      case 21 -> "IQ3_S";
      case 22 -> "IQ2_S";
      case 23 -> "IQ4_XS";
      case 24 -> "I8";
      case 25 -> "I16";
      case 26 -> "I32";
      case 27 -> "I64";
      case 28 -> "F64";
      case 29 -> "IQ1_M";
      case 34 -> "TQ1_0";
      case 35 -> "TQ2_0";
      case 39 -> "MXFP4";
      default -> Integer.toUnsignedString(code);
    };
  }

  /** So many elements from a whole number of blocks. */
  void dequantise(byte[] from, int count, float[] to, int at) {
    dequantiser.run(from, count, to, at);
  }
}
