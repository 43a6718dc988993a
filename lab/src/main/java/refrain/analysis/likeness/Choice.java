package refrain.analysis.likeness;

import refrain.probe.LogSumExp;

/**
 * What a model answers, given that the answer is one of some options.
 *
 * @param likeliest whether the right one has the highest probability of them, alone
 * @param right the logit of the right one
 * @param all ln of the sum of exp over the logits of all of them
 */
record Choice(boolean likeliest, double right, double all) {
  /**
   * @param logits of the options
   * @param answer which of them is right
   */
  static Choice of(float[] logits, int answer) {
    boolean likeliest = true;
    for (int k = 0; k < logits.length; k++) {
      likeliest &= k == answer || logits[k] < logits[answer];
    }
    return new Choice(likeliest, logits[answer], LogSumExp.of(logits, 0, logits.length));
  }
}
