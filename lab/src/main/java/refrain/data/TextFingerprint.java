package refrain.data;

import refrain.base.RefrainException;

/**
 * Which text it is, and in which tokens it is read.
 *
 * @param documents SHA-256, hexadecimal, of the documents' texts in their order; their names are no
 *     part of it, so a folder may be moved
 * @param tokenizer SHA-256, hexadecimal, of the tokenizer as this program writes it
 */
public record TextFingerprint(String documents, String tokenizer) {
  public TextFingerprint {
    check("documents", documents);
    check("tokenizer", tokenizer);
  }

  private static void check(String field, String hash) {
    if (!hash.matches("[0-9a-f]{64}")) {
      throw RefrainException.badInput(
          "fingerprint: "
              + field
              + " is '"
              + hash
              + "', expected 64 hexadecimal digits; leave data.fingerprint out: it is filled in");
    }
  }
}
