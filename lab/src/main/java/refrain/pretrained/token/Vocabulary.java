package refrain.pretrained.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.data.ByteUnicode;

/** The tokens of a model by their ids, as its files spell them. */
final class Vocabulary {
  /** How a spelling stands for bytes of text. */
  enum Spelling {
    /** GPT-2's printable alphabet of bytes. */
    BYTES,
    /** As it is, ▁ for a blank, and {@code <0xE2>} for a byte that is no character by itself. */
    CHARACTERS,
    /** Words, between which blanks stand. */
    WORDS
  }

  /** More tokens than any tokenizer has. */
  private static final int MOST = 1 << 24;

  private final Spelling spelling;
  private final @Nullable String[] spelled;
  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<Integer, Sign> signs = new HashMap<>();

  private Vocabulary(Spelling spelling, @Nullable String[] spelled, List<Sign> signs) {
    this.spelling = spelling;
    this.spelled = spelled;
    for (int id = 0; id < spelled.length; id++) {
      String token = spelled[id];
      if (token != null) {
        ids.putIfAbsent(token, id);
      }
    }
    signs.forEach(sign -> this.signs.put(sign.id(), sign));
  }

  /** Tokens in the order of their ids. */
  static Vocabulary of(Spelling spelling, List<String> tokens, List<Sign> signs) {
    return new Vocabulary(spelling, tokens.toArray(new String[0]), signs);
  }

  /**
   * Tokens with their ids, which may leave some out.
   *
   * @param where what errors call the file
   */
  static Vocabulary of(
      String where, Spelling spelling, Map<String, Integer> tokens, List<Sign> signs) {
    int last = -1;
    for (Map.Entry<String, Integer> token : tokens.entrySet()) {
      if (token.getValue() < 0 || token.getValue() >= MOST) {
        throw RefrainException.badFile(
            "%s: token '%s' has the id %s, expected 0 to %s",
            where, token.getKey(), token.getValue(), MOST - 1);
      }
      last = Math.max(last, token.getValue());
    }
    // Ids far beyond the number of tokens would ask for room that no file bounds.
    if (last > 2L * tokens.size() + 100_000) {
      throw RefrainException.badFile(
          "%s: has %s tokens and one of the id %s", where, tokens.size(), last);
    }
    @Nullable String[] spelled = new String[last + 1];
    tokens.forEach((token, id) -> spelled[id] = token);
    return new Vocabulary(spelling, spelled, signs);
  }

  int size() {
    return spelled.length;
  }

  /** The id of a spelling; -1: no token is spelled so. */
  int id(String token) {
    return ids.getOrDefault(token, -1);
  }

  /** A token as its file spells it; "" where the id is nobody's. */
  String spelled(int id) {
    String token = spelled[id];
    return token == null ? "" : token;
  }

  @Nullable Sign sign(int id) {
    Sign sign = signs.get(id);
    return sign != null && sign.special() ? sign : null;
  }

  /** The id of each byte's own token; -1 where there is none. */
  int[] bytes() {
    int[] bytes = new int[256];
    for (int b = 0; b < 256; b++) {
      byte[] one = {(byte) b};
      bytes[b] =
          spelling == Spelling.BYTES
              ? id(ByteUnicode.spell(one))
              : id(String.format(Locale.ROOT, "<0x%02X>", b));
    }
    return bytes;
  }

  /** The bytes of text that a token stands for; a sign stands for its name. */
  byte[] text(int id) {
    String token = spelled(id);
    if (signs.containsKey(id)) {
      return token.getBytes(UTF_8);
    }
    return switch (spelling) {
      case BYTES -> ByteUnicode.spells(token) ? ByteUnicode.read("", token) : token.getBytes(UTF_8);
      case CHARACTERS -> {
        int value = byteOf(token);
        yield value >= 0 ? new byte[] {(byte) value} : token.replace('\u2581', ' ').getBytes(UTF_8);
      }
      case WORDS -> (" " + token).getBytes(UTF_8);
    };
  }

  /** The byte that {@code <0xE2>} names; -1: this is another token. */
  private static int byteOf(String token) {
    if (token.length() != 6 || !token.startsWith("<0x") || !token.endsWith(">")) {
      return -1;
    }
    int high = Character.digit(token.charAt(3), 16);
    int low = Character.digit(token.charAt(4), 16);
    return high < 0 || low < 0 ? -1 : 16 * high + low;
  }
}
