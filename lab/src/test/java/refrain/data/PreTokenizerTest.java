package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PreTokenizerTest {
  private static final Pattern GPT2 =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\p{IsWhite_Space}\\p{L}\\p{N}]+"
              + "|\\p{IsWhite_Space}+(?!\\P{IsWhite_Space})|\\p{IsWhite_Space}+");

  @Test
  void cutsAsThePatternDoes() {
    int[] alphabet =
        " \n\t\r'sStTrevmld1 aé中.,!=\u00a0\u3000\u2028\u0085½Ⅷ²🐱\u200d\u0301ǅʰ\u1680\u00ad"
            .codePoints()
            .toArray();
    Rng rng = Rng.of(1);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = rng.nextInt(14); n >= 0; n--) {
        text.appendCodePoint(alphabet[rng.nextInt(alphabet.length)]);
      }
      assertThat(cut(text.toString())).as(text.toString()).isEqualTo(match(text.toString()));
    }
  }

  @Test
  void classifiesEveryCodePointAsThePatternDoes() {
    StringBuilder all = new StringBuilder();
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
        all.appendCodePoint(c).append("a.1 ");
      }
    }
    assertThat(cut(all.toString()).equals(match(all.toString()))).isTrue();
  }

  private static List<String> cut(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    PreTokenizer cutter = new PreTokenizer(bytes);
    List<String> pieces = new ArrayList<>();
    for (int start = 0; start < bytes.length; ) {
      int end = cutter.end(start);
      pieces.add(new String(bytes, start, end - start, UTF_8));
      start = end;
    }
    return pieces;
  }

  private static List<String> match(String text) {
    List<String> pieces = new ArrayList<>();
    Matcher matcher = GPT2.matcher(text);
    while (matcher.find()) {
      pieces.add(matcher.group());
    }
    return pieces;
  }
}
