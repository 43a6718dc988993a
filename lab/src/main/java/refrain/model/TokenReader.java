package refrain.model;

/** Reads a sequence token by token and says what comes next. Not thread-safe. */
public interface TokenReader {
  /** How many tokens have been read. */
  int position();

  /** Forgets what was read. */
  void reset();

  /**
   * Reads one token.
   *
   * @return [d_vocab] the logits of the token after it
   * @throws refrain.base.RefrainException when n_ctx tokens have been read, or the model has no
   *     such token
   */
  float[] read(int token);
}
