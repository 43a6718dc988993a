package refrain.pretrained.gguf;

/**
 * The K-quants: blocks of 256 in groups of 16 or 32, whose scales are quantised too (ggml-quants.c,
 * k-quants of 2023). As in {@link Blocks} the bits are those of the package {@code gguf}.
 *
 * <pre>
 * Q2_K  16 scales (low half) and minima (high half), 64 bytes of 2 bits, d, dmin f16;
 *       groups of 16: (d scale) q - dmin minimum
 * Q3_K  32 bytes of highest bits, 64 of 2 bits, 16 scales of 6 bits, d f16;
 *       groups of 16: d (scale - 32) (q - 4 where the highest bit is 0)
 * Q4_K  d, dmin f16, 8 scales and 8 minima of 6 bits, 128 bytes of 4 bits; groups of 32
 * Q5_K  the same with 32 bytes of highest bits before the 128
 * Q6_K  128 bytes of 4 bits, 64 of 2 more, 16 signed scales, d f16; groups of 16: d scale (q - 32)
 * </pre>
 */
final class SuperBlocks {
  private SuperBlocks() {}

  static void q2k(byte[] from, int at, float[] to, int out) {
    float d = Blocks.half(from, at + 80);
    float dmin = Blocks.half(from, at + 82);
    for (int group = 0; group < 16; group++) {
      int packed = from[at + group];
      float scale = d * (packed & 15);
      float minimum = dmin * (packed >> 4 & 15);
      int shift = 2 * (group / 2 % 4);
      int bytes = at + 16 + group / 8 * 32 + group % 2 * 16;
      for (int i = 0; i < 16; i++) {
        to[out + 16 * group + i] = scale * (from[bytes + i] >> shift & 3) - minimum;
      }
    }
  }

  static void q3k(byte[] from, int at, float[] to, int out) {
    float d = Blocks.half(from, at + 108);
    for (int group = 0; group < 16; group++) {
      int low = from[at + 96 + group % 8] >> 4 * (group / 8) & 15;
      int high = from[at + 104 + group % 4] >> 2 * (group / 4) & 3;
      float scale = d * ((low | high << 4) - 32);
      int shift = 2 * (group / 2 % 4);
      int bytes = at + 32 + group / 8 * 32 + group % 2 * 16;
      int bits = at + group % 2 * 16;
      for (int i = 0; i < 16; i++) {
        int q = from[bytes + i] >> shift & 3;
        int four = from[bits + i] >> group / 2 & 1;
        to[out + 16 * group + i] = scale * (q - (four == 1 ? 0 : 4));
      }
    }
  }

  static void q4k(byte[] from, int at, float[] to, int out) {
    for (int group = 0; group < 8; group++) {
      float scale = Blocks.half(from, at) * scale(from, at + 4, group);
      float minimum = Blocks.half(from, at + 2) * minimum(from, at + 4, group);
      int bytes = at + 16 + group / 2 * 32;
      int shift = 4 * (group % 2);
      for (int i = 0; i < 32; i++) {
        to[out + 32 * group + i] = scale * (from[bytes + i] >> shift & 15) - minimum;
      }
    }
  }

  static void q5k(byte[] from, int at, float[] to, int out) {
    for (int group = 0; group < 8; group++) {
      float scale = Blocks.half(from, at) * scale(from, at + 4, group);
      float minimum = Blocks.half(from, at + 2) * minimum(from, at + 4, group);
      int bytes = at + 48 + group / 2 * 32;
      int shift = 4 * (group % 2);
      for (int i = 0; i < 32; i++) {
        int q = from[bytes + i] >> shift & 15 | (from[at + 16 + i] >> group & 1) << 4;
        to[out + 32 * group + i] = scale * q - minimum;
      }
    }
  }

  static void q6k(byte[] from, int at, float[] to, int out) {
    float d = Blocks.half(from, at + 208);
    for (int group = 0; group < 16; group++) {
      float scale = d * from[at + 192 + group];
      int half = group / 8;
      int quarter = group / 2 % 4;
      int low = at + half * 64 + quarter % 2 * 32 + group % 2 * 16;
      int high = at + 128 + half * 32 + group % 2 * 16;
      for (int i = 0; i < 16; i++) {
        int q = from[low + i] >> 4 * (quarter / 2) & 15 | (from[high + i] >> 2 * quarter & 3) << 4;
        to[out + 16 * group + i] = scale * (q - 32);
      }
    }
  }

  /** The scale of a group, 6 bits: the low four of the later groups lie apart from the high two. */
  private static int scale(byte[] from, int at, int group) {
    return group < 4
        ? from[at + group] & 63
        : from[at + 4 + group] & 15 | (from[at + group - 4] >> 6 & 3) << 4;
  }

  private static int minimum(byte[] from, int at, int group) {
    return group < 4
        ? from[at + 4 + group] & 63
        : from[at + 4 + group] >> 4 & 15 | (from[at + group] >> 6 & 3) << 4;
  }
}
