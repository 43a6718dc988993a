package refrain.analysis;

/**
 * When the loss early in the context had half fallen: what a model learns without context, so a
 * placebo for what it learns in context. Unlike a date it exists whether or not the fall is abrupt.
 */
final class EarlyLoss {
  private EarlyLoss() {}

  /**
   * The first step at which half of the fall from the first value to the lowest is done, by
   * straight lines between probes; NaN where it never falls or a value is missing.
   *
   * @param steps of the probes, increasing
   * @param loss early in the context, nats
   */
  static double half(long[] steps, double[] loss) {
    if (loss.length == 0) {
      return Double.NaN;
    }
    double lowest = loss[0];
    for (double value : loss) {
      lowest = Math.min(lowest, value); // NaN stays
    }
    double bar = (loss[0] + lowest) / 2;
    if (!(lowest < loss[0])) {
      return Double.NaN;
    }
    int i = 1;
    while (loss[i] > bar) {
      i++;
    }
    double part = (loss[i - 1] - bar) / (loss[i - 1] - loss[i]);
    return steps[i - 1] + part * (steps[i] - steps[i - 1]);
  }
}
