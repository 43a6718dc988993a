package refrain.pretrained.token;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds signs in a text: the leftmost first, and of those that begin there the longest. */
final class Signs {
  /** A stretch of text without signs, or a sign. */
  record Part(String text, @Nullable Sign sign, boolean first) {}

  private final Map<Character, List<Sign>> byFirst = new HashMap<>();

  Signs(List<Sign> signs) {
    for (Sign sign : signs) {
      if (!sign.content().isEmpty()) {
        byFirst.computeIfAbsent(sign.content().charAt(0), c -> new ArrayList<>()).add(sign);
      }
    }
    byFirst
        .values()
        .forEach(all -> all.sort(Comparator.comparingInt((Sign s) -> -s.content().length())));
  }

  /**
   * A text in parts.
   *
   * @param first whether nothing stands before it
   */
  List<Part> parts(String text, boolean first) {
    List<Part> parts = new ArrayList<>();
    int done = 0;
    for (int at = 0; at < text.length(); ) {
      Sign sign = at(text, at);
      if (sign == null) {
        at++;
        continue;
      }
      int begin = at;
      int end = at + sign.content().length();
      while (sign.left() && begin > done && space(text.charAt(begin - 1))) {
        begin--;
      }
      while (sign.right() && end < text.length() && space(text.charAt(end))) {
        end++;
      }
      text(parts, text.substring(done, begin), first && done == 0);
      parts.add(new Part("", sign, false));
      done = end;
      at = end;
    }
    text(parts, text.substring(done), first && done == 0);
    return parts;
  }

  private static void text(List<Part> parts, String text, boolean first) {
    if (!text.isEmpty()) {
      parts.add(new Part(text, null, first));
    }
  }

  private @Nullable Sign at(String text, int at) {
    for (Sign sign : byFirst.getOrDefault(text.charAt(at), List.of())) {
      if (text.startsWith(sign.content(), at)) {
        return sign;
      }
    }
    return null;
  }

  /** Unicode's property White_Space. */
  private static boolean space(char c) {
    return (c >= 0x09 && c <= 0x0D) || c == 0x85 || Character.isSpaceChar(c);
  }
}
