package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;

/** SHA-256 for tests of other packages. */
public final class Sha256Text {
  private Sha256Text() {}

  /** Hexadecimal, of a text in UTF-8. */
  public static String of(String text) {
    return Sha256.hex(Sha256.of(text.getBytes(UTF_8)));
  }
}
