package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.base.Names;
import refrain.base.Printable;
import refrain.base.RefrainException;

/**
 * How tokens are read and typed, the same in the terminal, on pages and in files.
 *
 * <p>Tokens of a synthetic language mean nothing, so each id has a fixed pronounceable name
 * whatever the language and its vocabulary. There are 128 syllables: syllable s begins with
 * consonant s mod 16 of b d f g h j k l m n p r s t v z and ends in vowel (s + floor(s / 16)) mod 8
 * of a e i o u ai au oi. Ids 0 to 127 are one syllable (ba, de, fi, go, ...), the next 128^2 ids
 * two (baba, bade, ...; the first one is the higher digit), the next 128^3 three. Every syllable
 * begins with its only consonant, so no two ids share a name. What a language uses as a sign and
 * not as a word stands apart in angle brackets: {@code <:>}, {@code <end>}.
 *
 * <p>Tokens of text are what their tokenizer makes of text: shown one by one, a blank is ·, line
 * ends and tabs are \n and \t, bytes that are no whole character \xE2.
 */
public sealed interface TokenNames {
  /** V: ids are 0, ..., V - 1. */
  int vocab();

  /**
   * One token, as it is shown by itself.
   *
   * @throws RefrainException when there is no such id
   */
  String name(int token);

  /** A sequence, as {@link #parse} reads it. */
  String join(int... tokens);

  /**
   * The tokens that were typed.
   *
   * @throws RefrainException for a name that no token has, with the nearest that one has
   */
  int[] parse(String typed);

  /** What stands before each document of a text; empty: this is no text. */
  OptionalInt endOfText();

  /** For one sequence that is shown while it grows. */
  Stream stream();

  /** Gives the text of each further token; what it gave, put together, is a sequence. */
  interface Stream {
    /** The whole characters that are known with this token. */
    String next(int token);

    /** What was held back: bytes that never became a character, as U+FFFD. */
    String end();
  }

  /** What the tokens of some data are called. */
  static TokenNames of(DataSpec spec, DataSource opened) {
    if (opened instanceof TextSource text) {
      return new Pieces(text.tokenizer());
    }
    if (spec instanceof GivenWindows) {
      return new Syllables(
          opened.vocab(),
          IntStream.range(0, opened.vocab())
              .boxed()
              .collect(Collectors.toMap(token -> token, token -> "#" + token)));
    }
    return new Syllables(
        opened.vocab(),
        spec instanceof CategoryTask task
            ? Map.of(task.colonToken(), "<:>", task.end(), "<end>")
            : Map.of());
  }

  /** Of a synthetic language without signs. */
  static TokenNames syllables(int vocab) {
    return new Syllables(vocab, Map.of());
  }

  /** Of text. */
  static TokenNames of(TextTokenizer tokenizer) {
    return new Pieces(tokenizer);
  }

  private static void check(int token, int vocab) {
    RefrainException.require(
        token >= 0 && token < vocab, "token %s is no id, expected 0..%s", token, vocab - 1);
  }

  /** The names of a synthetic language. */
  final class Syllables implements TokenNames {
    private static final String CONSONANTS = "bdfghjklmnprstvz";
    private static final List<String> VOWELS = List.of("a", "e", "i", "o", "u", "ai", "au", "oi");
    private static final int SYLLABLES = CONSONANTS.length() * VOWELS.size();

    private final int vocab;
    private final Map<Integer, String> signs;
    private @Nullable Map<String, Integer> ids;

    private Syllables(int vocab, Map<Integer, String> signs) {
      this.vocab = vocab;
      this.signs = signs;
    }

    @Override
    public int vocab() {
      return vocab;
    }

    @Override
    public String name(int token) {
      check(token, vocab);
      String sign = signs.get(token);
      return sign != null ? sign : word(token);
    }

    @Override
    public OptionalInt endOfText() {
      return OptionalInt.empty();
    }

    private static String word(int token) {
      int syllable = token % SYLLABLES;
      String last =
          CONSONANTS.charAt(syllable % CONSONANTS.length())
              + VOWELS.get((syllable + syllable / CONSONANTS.length()) % VOWELS.size());
      return token < SYLLABLES ? last : word(token / SYLLABLES - 1) + last;
    }

    @Override
    public String join(int... tokens) {
      return Arrays.stream(tokens).mapToObj(this::name).collect(Collectors.joining(" "));
    }

    @Override
    public Stream stream() {
      return new Stream() {
        private boolean begun;

        @Override
        public String next(int token) {
          String name = name(token);
          String text = begun ? " " + name : name;
          begun = true;
          return text;
        }

        @Override
        public String end() {
          return "";
        }
      };
    }

    @Override
    public int[] parse(String typed) {
      return Arrays.stream(typed.strip().split("\\s+"))
          .filter(word -> !word.isEmpty())
          .mapToInt(this::id)
          .toArray();
    }

    private synchronized int id(String word) {
      Map<String, Integer> known = ids;
      if (known == null) {
        known = new HashMap<>();
        for (int token = 0; token < vocab; token++) {
          known.put(name(token), token);
        }
        ids = known;
      }
      Integer id = known.get(word.toLowerCase(Locale.ROOT));
      if (id == null) {
        throw RefrainException.badInput(
            "'%s' is no token of this language; the nearest: %s; its %s tokens are called %s",
            word,
            Names.nearest(word, IntStream.range(0, vocab).mapToObj(this::name).toList()),
            vocab,
            vocab <= 3
                ? join(IntStream.range(0, vocab).toArray())
                : join(0, 1, 2) + " ... " + name(vocab - 1));
      }
      return id;
    }
  }

  /** The pieces of text that a tokenizer's tokens are. */
  final class Pieces implements TokenNames {
    private final TextTokenizer tokenizer;

    private Pieces(TextTokenizer tokenizer) {
      this.tokenizer = tokenizer;
    }

    @Override
    public int vocab() {
      return tokenizer.vocab();
    }

    @Override
    public String name(int token) {
      check(token, vocab());
      String sign = tokenizer.sign(token);
      if (sign != null) {
        return Printable.line(sign);
      }
      byte[] bytes = tokenizer.bytes(token);
      StringBuilder shown = new StringBuilder();
      for (int at = 0; at < bytes.length; ) {
        int length = Utf8.codePointLength(bytes, at, bytes.length);
        if (length == 0) {
          shown.append(String.format(Locale.ROOT, "\\x%02X", bytes[at++] & 0xFF));
        } else {
          shown.append(visible(new String(bytes, at, length, UTF_8)));
          at += length;
        }
      }
      return shown.toString();
    }

    @Override
    public OptionalInt endOfText() {
      return tokenizer.separator();
    }

    private static String visible(String character) {
      return switch (character) {
        case " " -> "·";
        case "\n" -> "\\n";
        case "\r" -> "\\r";
        case "\t" -> "\\t";
        default -> Printable.line(character);
      };
    }

    @Override
    public String join(int... tokens) {
      return tokenizer.decode(tokens);
    }

    @Override
    public Stream stream() {
      return new Stream() {
        private byte[] held = {};

        @Override
        public String next(int token) {
          byte[] more = tokenizer.bytes(token);
          byte[] all = Arrays.copyOf(held, held.length + more.length);
          System.arraycopy(more, 0, all, held.length, more.length);
          int whole = Utf8.wholeCharacters(all);
          held = Arrays.copyOfRange(all, whole, all.length);
          return new String(all, 0, whole, UTF_8);
        }

        @Override
        public String end() {
          return new String(held, UTF_8);
        }
      };
    }

    @Override
    public int[] parse(String typed) {
      return tokenizer.encode(typed);
    }
  }
}
