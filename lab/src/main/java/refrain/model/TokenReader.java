package refrain.model;

import refrain.base.RefrainException;

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
   * @throws RefrainException when n_ctx tokens have been read, or the model has no such token
   */
  float[] read(int token);

  /** Refuses a token that cannot be the next one: whoever reads refuses with the same words. */
  static void check(ModelSpec spec, int position, int token) {
    if (token < 0 || token >= spec.dVocab()) {
      throw RefrainException.badInput(
          "generation: token %s is %s, expected 0..%s", position, token, spec.dVocab() - 1);
    }
    if (position >= spec.nCtx()) {
      throw RefrainException.badInput(
          "generation: the context of nCtx = %s tokens is full; ask for fewer tokens or let the"
              + " window slide",
          spec.nCtx());
    }
  }
}
