package refrain.watch;

/** The scale on which ordinary learning is about straight in log-steps. */
public enum Transform {
  /** As it is: scores, accuracies, returns. */
  IDENTITY,
  /** log(x + .01): losses; the summand keeps losses near 0 from going off to minus infinity. */
  LOG;

  /** Keeps what lies below 0, where a loss has no business, at a finite place. */
  private static final double LEAST = 1e-6;

  private static final double NEAR_ZERO = 0.01;

  public double apply(double value) {
    return this == IDENTITY ? value : Math.log(Math.max(LEAST, value + NEAR_ZERO));
  }

  double undo(double transformed) {
    return this == IDENTITY ? transformed : Math.exp(transformed) - NEAR_ZERO;
  }
}
