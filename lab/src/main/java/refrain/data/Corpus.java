package refrain.data;

import java.util.function.Consumer;

/** Documents in a fixed order. */
public interface Corpus {
  /** A short name, fit for a file name. */
  String name();

  /** SHA-256, hexadecimal, of everything that determines the documents. */
  String fingerprint();

  /**
   * Calls {@code action} with each document that is not empty.
   *
   * @throws refrain.base.RefrainException when one cannot be read
   */
  void forEach(Consumer<Document> action);
}
