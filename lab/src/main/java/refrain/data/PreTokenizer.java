package refrain.data;

/**
 * GPT-2's pre-tokenisation, by hand on UTF-8 bytes: the pieces that the pattern
 *
 * <pre>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</pre>
 *
 * finds from left to right (Radford et al. 2019, encoder.py). Merges never cross pieces. A byte
 * that is no UTF-8 counts as a symbol, so that any bytes can be encoded.
 */
final class PreTokenizer {
  private static final byte LETTER = 0;
  private static final byte NUMBER = 1;
  private static final byte SPACE = 2;
  private static final byte SYMBOL = 3;
  private static final byte[] ASCII = new byte[128];

  static {
    for (int c = 0; c < 128; c++) {
      ASCII[c] = kindOf(c);
    }
  }

  private final byte[] text;
  private final int limit;

  /** The kind and the length in bytes of the code point last looked at. */
  private byte kind;

  private int length;

  PreTokenizer(byte[] text) {
    this.text = text;
    this.limit = text.length;
  }

  /** The end of the piece that starts at {@code start}. */
  int end(int start) {
    byte first = text[start];
    if (first == '\'') {
      int contraction = contraction(start);
      if (contraction > 0) {
        return start + contraction;
      }
    }
    look(start);
    if (kind != SPACE) {
      return runOf(kind, start + length);
    }
    if (first == ' ' && start + 1 < limit) {
      look(start + 1);
      if (kind != SPACE) {
        return runOf(kind, start + 1 + length);
      }
    }
    return spaces(start);
  }

  private int contraction(int start) {
    int left = limit - start;
    if (left < 2) {
      return 0;
    }
    byte second = text[start + 1];
    if (second == 's' || second == 't' || second == 'm' || second == 'd') {
      return 2;
    }
    if (left >= 3) {
      byte third = text[start + 2];
      boolean two =
          (second == 'r' && third == 'e')
              || (second == 'v' && third == 'e')
              || (second == 'l' && third == 'l');
      return two ? 3 : 0;
    }
    return 0;
  }

  private int runOf(byte wanted, int from) {
    int i = from;
    while (i < limit) {
      look(i);
      if (kind != wanted) {
        break;
      }
      i += length;
    }
    return i;
  }

  /** A run of white space leaves its last character to the piece that follows, if it can. */
  private int spaces(int start) {
    int i = start;
    int last = start;
    while (i < limit) {
      look(i);
      if (kind != SPACE) {
        break;
      }
      last = i;
      i += length;
    }
    return i == limit || last == start ? i : last;
  }

  private void look(int i) {
    byte b = text[i];
    if (b >= 0) {
      kind = ASCII[b];
      length = 1;
      return;
    }
    length = Utf8.codePointLength(text, i, limit);
    if (length == 0) {
      length = 1;
      kind = SYMBOL;
    } else {
      kind = kindOf(Utf8.codePoint(text, i, length));
    }
  }

  private static byte kindOf(int c) {
    if (Character.isLetter(c)) {
      return LETTER;
    }
    int type = Character.getType(c);
    if (type == Character.DECIMAL_DIGIT_NUMBER
        || type == Character.LETTER_NUMBER
        || type == Character.OTHER_NUMBER) {
      return NUMBER;
    }
    return isWhiteSpace(c) ? SPACE : SYMBOL;
  }

  /** Unicode's property White_Space, which is not Character.isWhitespace. */
  private static boolean isWhiteSpace(int c) {
    return (c >= 0x09 && c <= 0x0D) || c == 0x85 || Character.isSpaceChar(c);
  }
}
