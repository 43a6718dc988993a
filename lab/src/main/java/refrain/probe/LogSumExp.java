package refrain.probe;

/** The logarithm of what logits are divided by when they become probabilities. */
public final class LogSumExp {
  private LogSumExp() {}

  /**
   * ln of the sum of exp(z), which neither overflows nor vanishes.
   *
   * @param z of which {@code n} from {@code from} on count
   */
  public static double of(float[] z, int from, int n) {
    double max = Double.NEGATIVE_INFINITY;
    for (int b = 0; b < n; b++) {
      max = Math.max(max, z[from + b]);
    }
    double sum = 0;
    for (int b = 0; b < n; b++) {
      sum += Math.exp(z[from + b] - max);
    }
    return max + Math.log(sum);
  }
}
