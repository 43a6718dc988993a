package refrain.data;

import java.util.Arrays;
import java.util.stream.IntStream;
import refrain.base.RefrainException;

/**
 * GPT-2's printable alphabet of bytes (Radford et al. 2019, encoder.py): the printable Latin-1
 * characters stand for themselves, the other 68 bytes for U+0100, U+0101, ... in order. Vocabulary
 * files spell tokens with it.
 */
public final class ByteUnicode {
  private static final char[] CHAR_OF_BYTE = new char[256];
  private static final int[] BYTE_OF_CHAR = new int[512];

  static {
    Arrays.fill(BYTE_OF_CHAR, -1);
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
      CHAR_OF_BYTE[b] = (char) (printable ? b : next++);
      BYTE_OF_CHAR[CHAR_OF_BYTE[b]] = b;
    }
  }

  private ByteUnicode() {}

  /** The bytes in the order of their characters: 0x21 first, 0xAD last. */
  static int[] bytesInOrder() {
    return IntStream.range(0, BYTE_OF_CHAR.length)
        .map(c -> BYTE_OF_CHAR[c])
        .filter(b -> b >= 0)
        .toArray();
  }

  /** How vocabulary files spell these bytes. */
  public static String spell(byte[] bytes) {
    StringBuilder out = new StringBuilder(bytes.length);
    for (byte b : bytes) {
      out.append(CHAR_OF_BYTE[b & 0xFF]);
    }
    return out.toString();
  }

  /** Whether a spelling is one of bytes. */
  public static boolean spells(String spelling) {
    return spelling.chars().allMatch(c -> c < BYTE_OF_CHAR.length && BYTE_OF_CHAR[c] >= 0);
  }

  /**
   * The bytes that a token's spelling stands for.
   *
   * @param where names the file in an error
   */
  public static byte[] read(String where, String spelling) {
    byte[] bytes = new byte[spelling.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = spelling.charAt(i);
      if (c >= BYTE_OF_CHAR.length || BYTE_OF_CHAR[c] < 0) {
        throw RefrainException.badFile(
            "%s: token '%s' has the character U+%04X, expected GPT-2's byte alphabet; only"
                + " byte-level BPE can be read",
            where, spelling, (int) c);
      }
      bytes[i] = (byte) BYTE_OF_CHAR[c];
    }
    return bytes;
  }
}
