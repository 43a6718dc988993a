package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.HexFormat;
import refrain.base.Digests;

/** SHA-256 over a list of fields, each behind its length, so that no two lists read alike. */
final class Sha256 {
  private final MessageDigest digest = Digests.sha256();

  static byte[] of(byte[] bytes) {
    return Digests.sha256(bytes);
  }

  static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }

  Sha256 add(byte[] bytes) {
    digest.update((bytes.length + ":").getBytes(UTF_8));
    digest.update(bytes);
    return this;
  }

  Sha256 add(String text) {
    return add(text.getBytes(UTF_8));
  }

  Sha256 add(long number) {
    return add(Long.toString(number));
  }

  byte[] finish() {
    return digest.digest();
  }
}
