package refrain.pretrained.token;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a text into pieces that no merge crosses. Patterns are known ones only: one of a file's own
 * could keep a processor busy for ever.
 */
interface Splitter {
  /** The pieces, which put together are the text. */
  List<String> split(String text);

  /** GPT-2's, which GPT-NeoX has too (Radford et al. 2019, encoder.py). */
  String GPT2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

  /** Llama 3's: contractions in any case, up to three digits. */
  String LLAMA3 = letters("\\p{N}{1,3}");

  /** Qwen2's: single digits. */
  String QWEN2 = letters("\\p{N}");

  private static String letters(String numbers) {
    return "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
        + numbers
        + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  }

  Splitter WHOLE = List::of;

  /** Each digit by itself. */
  Splitter DIGITS = pattern("\\p{N}");

  Splitter OF_GPT2 = pattern(GPT2);

  /** By the names that GGUF files have for them ({@code tokenizer.ggml.pre}). */
  Map<String, Splitter> NAMED =
      Map.ofEntries(
          Map.entry("gpt-2", OF_GPT2),
          Map.entry("gpt2", OF_GPT2),
          Map.entry("mpt", OF_GPT2),
          Map.entry("olmo", OF_GPT2),
          Map.entry("smollm", then(DIGITS, OF_GPT2)),
          Map.entry("starcoder", then(DIGITS, OF_GPT2)),
          Map.entry("refact", then(DIGITS, OF_GPT2)),
          Map.entry("llama-bpe", pattern(LLAMA3)),
          Map.entry("llama3", pattern(LLAMA3)),
          Map.entry("llama-v3", pattern(LLAMA3)),
          Map.entry("qwen2", pattern(QWEN2)),
          Map.entry("stablelm2", pattern(QWEN2)));

  /** The splitter of one of the patterns above; null: another one. */
  static @Nullable Splitter known(String regex) {
    return regex.equals(GPT2) || regex.equals(LLAMA3) || regex.equals(QWEN2)
        ? pattern(regex)
        : null;
  }

  /** Each match is a piece, and so is what lies between two. */
  static Splitter pattern(String regex) {
    // Python's and Rust's \s is Unicode's White_Space, and their case folding Unicode's.
    Pattern pattern = Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS);
    return text -> {
      List<String> pieces = new ArrayList<>();
      Matcher matcher = pattern.matcher(text);
      int end = 0;
      while (matcher.find()) {
        add(pieces, text.substring(end, matcher.start()));
        add(pieces, matcher.group());
        end = matcher.end();
      }
      add(pieces, text.substring(end));
      return pieces;
    };
  }

  private static void add(List<String> pieces, String piece) {
    if (!piece.isEmpty()) {
      pieces.add(piece);
    }
  }

  /** The pieces of the first cut again by the second. */
  static Splitter then(Splitter first, Splitter second) {
    return text -> first.split(text).stream().flatMap(p -> second.split(p).stream()).toList();
  }

  /** The name of one that a GGUF file may have. */
  static @Nullable Splitter named(String name) {
    return NAMED.get(name.toLowerCase(Locale.ROOT));
  }
}
