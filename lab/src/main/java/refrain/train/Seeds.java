package refrain.train;

/**
 * Where all chance in a run comes from.
 *
 * @param init the initial parameters
 * @param data the batches
 * @param evaluation the sequences that are evaluated and probed; the same in all runs that are
 *     compared at one seed
 */
public record Seeds(long init, long data, long evaluation) {
  /** What a study's n-th replicate uses: its own start, its own batches, its own evaluation set. */
  public static Seeds replicate(int n) {
    return new Seeds(n, n, n);
  }

  /**
   * The same with initial parameters that no replicate has: those of a run that takes weights of
   * one, so that what is fresh in it is not what the other began with.
   */
  public Seeds withAnotherStart() {
    return new Seeds(-1 - init, data, evaluation);
  }
}
