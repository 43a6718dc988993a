package refrain.probe;

/** A measure that is a mean over sequences of functions of the logits. */
public non-sealed interface LogitMeasure extends Measure {

  /** How many numbers {@link #of} gives. */
  int width();

  /**
   * The numbers of one sequence of the evaluation set.
   *
   * @param tokens [T + 1]
   * @param logits [T, d_vocab]
   */
  double[] of(int[] tokens, float[] logits);
}
