package refrain.data;

/** The rules by which a corpus has been split; a run keeps the one it began with. */
public enum Split {
  /**
   * Each document by a hash of its text and the split seed. Copies may lie on both sides where
   * there are few documents, near-copies anywhere.
   */
  DOCUMENTS,
  /**
   * As above, but copies and near-copies ({@link NearCopies}) lie on one side together. What is
   * over a fifth of the text, a group or a single document, is cut instead ({@link CorpusSplit}).
   */
  GROUPS
}
