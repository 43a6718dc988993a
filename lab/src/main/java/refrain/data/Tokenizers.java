package refrain.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import refrain.base.RefrainException;

/** Tokenizers that come with the program. */
public final class Tokenizers {
  /** GPT-2's ranks as the jar of jtokkit carries them: a line per token, base64 and rank. */
  private static final String RANKS = "/com/knuddels/jtokkit/r50k_base.tiktoken";

  private static final int GPT2_END_OF_TEXT = 50_256;

  private Tokenizers() {}

  /** GPT-2's tokenizer, V 50,257. */
  public static Bpe gpt2() {
    return Gpt2.INSTANCE;
  }

  /** Built on first use. */
  private static final class Gpt2 {
    static final Bpe INSTANCE = load();

    private static Bpe load() {
      byte[][] tokens = new byte[GPT2_END_OF_TEXT + 1][];
      tokens[GPT2_END_OF_TEXT] = new byte[0];
      new String(Resources.read(RANKS), US_ASCII)
          .lines()
          .forEach(line -> {
            int space = line.indexOf(' ');
            tokens[Integer.parseInt(line, space + 1, line.length(), 10)] =
                Base64.getDecoder().decode(line.substring(0, space));
          });
      return new Bpe(tokens, mergesOf(tokens), GPT2_END_OF_TEXT);
    }
  }

  /**
   * The merges behind a list of tokens in the order of their making. A token's two parts are what
   * is left of its bytes when every earlier merge has been done.
   */
  private static List<Bpe.Merge> mergesOf(byte[][] tokens) {
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < tokens.length; id++) {
      ids.put(new String(tokens[id], ISO_8859_1), id);
    }
    List<Bpe.Merge> merges = new ArrayList<>();
    for (int id = 0; id < tokens.length; id++) {
      if (tokens[id].length > 1) {
        merges.add(parts(tokens[id], id, ids));
      }
    }
    return merges;
  }

  private static Bpe.Merge parts(byte[] token, int id, Map<String, Integer> ids) {
    String all = new String(token, ISO_8859_1);
    int[] cuts = new int[token.length + 1];
    Arrays.setAll(cuts, i -> i);
    int n = token.length;
    while (n > 2) {
      int best = -1;
      int bestId = id;
      for (int i = 0; i + 2 <= n; i++) {
        Integer merged = ids.get(all.substring(cuts[i], cuts[i + 2]));
        if (merged != null && merged < bestId) {
          best = i;
          bestId = merged;
        }
      }
      if (best < 0) {
        throw RefrainException.badFile(RANKS + ": token " + id + " is not made of earlier tokens");
      }
      System.arraycopy(cuts, best + 2, cuts, best + 1, n - best - 1);
      n--;
    }
    int left = ids.getOrDefault(all.substring(0, cuts[1]), -1);
    int right = ids.getOrDefault(all.substring(cuts[1]), -1);
    return new Bpe.Merge(left, right, id);
  }
}
