package refrain.data;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Turns text into tokens, and tokens into the bytes of text that they stand for. */
public interface TextTokenizer {
  /** V: ids are 0, ..., V - 1. */
  int vocab();

  /** The tokens of a text, without any that stand before or after whole texts. */
  int[] encode(String text);

  /** The bytes of text that a token stands for; none: it stands for no text. */
  byte[] bytes(int id);

  /** What a token is called that is a sign and no text, such as {@code <|endoftext|>}; or null. */
  @Nullable String sign(int id);

  /** What stands before each document, or ends one; empty: there is no such token. */
  OptionalInt separator();

  /** The text that tokens stand for; bytes that are no UTF-8 become U+FFFD. */
  String decode(int[] ids);
}
