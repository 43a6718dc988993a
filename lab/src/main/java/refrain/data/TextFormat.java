package refrain.data;

/** Which files of a folder are read, and what is a document. */
public enum TextFormat {
  /** Every file is one document, as it is. */
  FILES,
  /**
   * Of files that end in {@code .txt}, {@code .md} or {@code .markdown} each is one document; of
   * those that end in {@code .jsonl} each line is one, in its field {@code text}. Other files,
   * empty ones and binary ones (with a zero byte) are skipped. A single file that is named itself
   * is read whatever its name ends in.
   */
  DOCUMENTS
}
