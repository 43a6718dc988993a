package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import refrain.base.RefrainException;

/** UTF-8 as it comes from files: validated, without byte-order mark, lines ended by LF. */
final class Utf8 {
  private Utf8() {}

  /**
   * The text of a file: a leading byte-order mark is dropped and CR LF becomes LF, so that the same
   * text gives the same tokens wherever it was checked out. A CR that stands alone is kept.
   *
   * @param name names the file in an error
   * @param lenient replaces what is not UTF-8 by U+FFFD instead of failing
   * @throws RefrainException with the file and the offset of the first bad byte
   */
  static byte[] clean(String name, byte[] raw, boolean lenient) {
    byte[] text = raw;
    int bad = firstBad(raw);
    if (bad >= 0) {
      if (!lenient) {
        throw RefrainException.badFile(
            "%s: byte 0x%02X at offset %d is not UTF-8%s; convert the file to UTF-8 or replace"
                + " bad bytes with --lenient, in a run with --set data.lenient=true",
            name, raw[bad], bad, looksLikeUtf16(raw) ? " (the file looks like UTF-16)" : "");
      }
      text = new String(raw, UTF_8).getBytes(UTF_8);
    }
    int from = startsWithMark(text) ? 3 : 0;
    byte[] out = new byte[text.length - from];
    int n = 0;
    for (int i = from; i < text.length; i++) {
      if (text[i] == '\r' && i + 1 < text.length && text[i + 1] == '\n') {
        continue;
      }
      out[n++] = text[i];
    }
    return n == out.length ? out : Arrays.copyOf(out, n);
  }

  private static boolean startsWithMark(byte[] b) {
    return b.length >= 3 && b[0] == (byte) 0xEF && b[1] == (byte) 0xBB && b[2] == (byte) 0xBF;
  }

  private static boolean looksLikeUtf16(byte[] b) {
    return b.length >= 2
        && ((b[0] == (byte) 0xFF && b[1] == (byte) 0xFE)
            || (b[0] == (byte) 0xFE && b[1] == (byte) 0xFF));
  }

  /** The offset of the first byte that starts no well-formed code point, or -1. */
  static int firstBad(byte[] b) {
    int i = 0;
    while (i < b.length) {
      if (b[i] >= 0) {
        i++;
        continue;
      }
      int length = codePointLength(b, i, b.length);
      if (length == 0) {
        return i;
      }
      i += length;
    }
    return -1;
  }

  /**
   * The number of bytes of the well-formed code point at {@code i}, or 0 (Unicode 16, table 3-7: no
   * overlong forms, no surrogates, nothing above U+10FFFF).
   */
  static int codePointLength(byte[] b, int i, int limit) {
    int lead = b[i] & 0xFF;
    if (lead < 0x80) {
      return 1;
    }
    int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || i + length > limit) {
      return 0;
    }
    int second = b[i + 1] & 0xFF;
    int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (second < low || second > high) {
      return 0;
    }
    for (int k = 2; k < length; k++) {
      if ((b[i + k] & 0xC0) != 0x80) {
        return 0;
      }
    }
    return length;
  }

  /**
   * How many of the first bytes make no character that further bytes could complete: all but the
   * beginning of one at the end.
   */
  static int wholeCharacters(byte[] b) {
    for (int from = Math.max(0, b.length - 3); from < b.length; from++) {
      int lead = b[from] & 0xFF;
      int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
      if (lead >= 0xC2 && lead <= 0xF4 && from + length > b.length && continued(b, from + 1)) {
        return from;
      }
    }
    return b.length;
  }

  private static boolean continued(byte[] b, int from) {
    for (int i = from; i < b.length; i++) {
      if ((b[i] & 0xC0) != 0x80) {
        return false;
      }
    }
    return true;
  }

  /** The code point of a well-formed sequence of {@code length} bytes at {@code i}. */
  static int codePoint(byte[] b, int i, int length) {
    return switch (length) {
      case 1 -> b[i];
      case 2 -> (b[i] & 0x1F) << 6 | (b[i + 1] & 0x3F);
      case 3 -> (b[i] & 0x0F) << 12 | (b[i + 1] & 0x3F) << 6 | (b[i + 2] & 0x3F);
      default ->
          (b[i] & 0x07) << 18
              | (b[i + 1] & 0x3F) << 12
              | (b[i + 2] & 0x3F) << 6
              | (b[i + 3] & 0x3F);
    };
  }
}
