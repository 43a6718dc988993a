package refrain.pretrained.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.data.ByteUnicode;

/** Turns one piece of text into tokens. */
interface Words {
  int[] tokens(String piece);

  /** A piece is a token, or unknown. */
  static Words whole(Vocabulary vocabulary, int unknown) {
    return piece -> {
      int id = vocabulary.id(piece);
      if (id < 0 && unknown < 0) {
        throw RefrainException.badInput("'%s' is no token of this model", piece);
      }
      return new int[] {id < 0 ? unknown : id};
    };
  }

  /** Merges in the order of a list. */
  final class Ranked extends Merges implements Words {
    private final Vocabulary vocabulary;
    private final Map<Long, Pair> pairs = new HashMap<>();
    private final int[] bytes;
    private final boolean byteLevel;
    private final boolean wholeFirst;
    private final int unknown;
    private final boolean fuseUnknown;
    private final boolean fallsBack;

    /**
     * @param merges two spellings each, the first merge first
     * @param byteLevel whether symbols are bytes, not characters
     * @param wholeFirst whether a piece that is a token is not looked into
     * @param fallsBack whether an unknown character becomes the tokens of its bytes
     * @param unknown the token of what is unknown; -1: it is left out
     * @param fuseUnknown whether neighbours that are unknown become one
     */
    Ranked(
        String where,
        Vocabulary vocabulary,
        List<String[]> merges,
        boolean byteLevel,
        boolean wholeFirst,
        boolean fallsBack,
        int unknown,
        boolean fuseUnknown) {
      this.vocabulary = vocabulary;
      this.byteLevel = byteLevel;
      this.wholeFirst = wholeFirst;
      this.fallsBack = fallsBack;
      this.unknown = unknown;
      this.fuseUnknown = fuseUnknown;
      this.bytes = vocabulary.bytes();
      for (String[] merge : merges) {
        int left = vocabulary.id(merge[0]);
        int right = vocabulary.id(merge[1]);
        int merged = vocabulary.id(merge[0] + merge[1]);
        if (left < 0 || right < 0 || merged < 0) {
          throw RefrainException.badFile(
              "%s: the merge '%s %s' needs a token that the vocabulary does not have",
              where, merge[0], merge[1]);
        }
        pairs.put(key(left, right), new Pair(pairs.size(), merged));
      }
    }

    private static long key(int left, int right) {
      return (long) left << 32 | right & 0xffff_ffffL;
    }

    @Override
    @Nullable Pair pair(int left, int right) {
      return pairs.get(key(left, right));
    }

    @Override
    public int[] tokens(String piece) {
      if (wholeFirst) {
        int whole = vocabulary.id(byteLevel ? spelled(piece) : piece);
        if (whole >= 0) {
          return new int[] {whole};
        }
      }
      return merge(byteLevel ? ofBytes(piece) : ofCharacters(piece));
    }

    private static String spelled(String piece) {
      return ByteUnicode.spell(piece.getBytes(UTF_8));
    }

    private int[] ofBytes(String piece) {
      byte[] text = piece.getBytes(UTF_8);
      int[] ids = new int[text.length];
      int n = 0;
      for (byte b : text) {
        int id = bytes[b & 0xff] < 0 ? unknown : bytes[b & 0xff];
        if (id >= 0) {
          ids[n++] = id;
        }
      }
      return Arrays.copyOf(ids, n);
    }

    private int[] ofCharacters(String piece) {
      List<Integer> ids = new ArrayList<>(piece.length());
      boolean wasUnknown = false;
      for (int at = 0; at < piece.length(); ) {
        String character = Character.toString(piece.codePointAt(at));
        at += character.length();
        int id = vocabulary.id(character);
        boolean isUnknown = id < 0 && !(fallsBack && addBytes(character, ids));
        if (id >= 0) {
          ids.add(id);
        } else if (isUnknown && unknown >= 0 && !(fuseUnknown && wasUnknown)) {
          ids.add(unknown);
        }
        wasUnknown = isUnknown;
      }
      return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private boolean addBytes(String character, List<Integer> ids) {
      byte[] text = character.getBytes(UTF_8);
      for (byte b : text) {
        if (bytes[b & 0xff] < 0) {
          return false;
        }
      }
      for (byte b : text) {
        ids.add(bytes[b & 0xff]);
      }
      return true;
    }
  }

  /**
   * SentencePiece's kind (Kudo and Richardson 2018), as llama.cpp does it: any two neighbours that
   * together are a token may be merged, the token of the highest score first.
   */
  final class Scored extends Merges implements Words {
    private final Vocabulary vocabulary;
    private final float[] scores;
    private final int[] bytes;
    private final int unknown;

    /** The characters of a piece that are no tokens, as symbols below 0: -1, -2, ... */
    private final List<String> strangers = new ArrayList<>();

    Scored(Vocabulary vocabulary, float[] scores, int unknown) {
      this.vocabulary = vocabulary;
      this.scores = scores;
      this.unknown = unknown;
      this.bytes = vocabulary.bytes();
    }

    private String text(int symbol) {
      return symbol >= 0 ? vocabulary.spelled(symbol) : strangers.get(-1 - symbol);
    }

    @Override
    @Nullable Pair pair(int left, int right) {
      int merged = vocabulary.id(text(left) + text(right));
      return merged < 0 ? null : new Pair(-ordered(scores[merged]), merged);
    }

    /** A number that is greater where the score is. */
    private static long ordered(float score) {
      int bits = Float.floatToIntBits(score == 0 ? 0 : score);
      return bits ^ (bits >> 31 & 0x7fff_ffff);
    }

    @Override
    public synchronized int[] tokens(String piece) {
      strangers.clear();
      int[] symbols = new int[piece.codePointCount(0, piece.length())];
      int n = 0;
      for (int at = 0; at < piece.length(); ) {
        String character = Character.toString(piece.codePointAt(at));
        at += character.length();
        int id = vocabulary.id(character);
        if (id < 0) {
          strangers.add(character);
        }
        symbols[n++] = id < 0 ? -strangers.size() : id;
      }
      List<Integer> ids = new ArrayList<>();
      for (int symbol : merge(symbols)) {
        if (symbol >= 0) {
          ids.add(symbol);
        } else {
          for (byte b : text(symbol).getBytes(UTF_8)) {
            int id = bytes[b & 0xff] < 0 ? unknown : bytes[b & 0xff];
            if (id >= 0) {
              ids.add(id);
            }
          }
        }
      }
      return ids.stream().mapToInt(Integer::intValue).toArray();
    }
  }
}
