package refrain.probe;

/**
 * What one measurement costs, in tokens of forward passes. Reducing the patterns of a few sequences
 * is small beside it.
 *
 * @param evaluationTokens of the evaluation set
 * @param repeatedTokens of the repeated random tokens
 */
public record ProbeCost(long evaluationTokens, long repeatedTokens) {
  /**
   * Forward passes that take the time of a training step on as many tokens. Counting products it
   * would be three; the forward pass has most of the exponentials.
   */
  private static final double FORWARD_PASSES_PER_STEP = 2.25;

  public long tokens() {
    return evaluationTokens + repeatedTokens;
  }

  /**
   * The time of {@code calls} measurements as a share of the time of training.
   *
   * @param trainingTokens tokens of all training steps
   */
  public double shareOfTraining(int calls, long trainingTokens) {
    return calls * tokens() / (FORWARD_PASSES_PER_STEP * trainingTokens);
  }

  /**
   * How many sequences an evaluation set may have so that measuring stays within a share of
   * training time, at least 1.
   *
   * @param share such as 0.05
   * @param context T of the evaluation set
   * @param repeatedTokens of the repeated random tokens
   */
  public static int affordableSequences(
      double share, int calls, long trainingTokens, int context, long repeatedTokens) {
    double tokens = share * FORWARD_PASSES_PER_STEP * trainingTokens / calls - repeatedTokens;
    return (int) Math.max(1, Math.floor(tokens / context));
  }
}
