package refrain.probe;

import refrain.probe.Definition.Better;

/**
 * Loss by token index, the paper's context-index average: L[t] = mean over the evaluation set of
 * the loss of predicting token t + 1 from tokens 0..t, in nats; and its slope d L / d ln n with n =
 * t + 1, the tokens seen (Olsson et al. 2022, "derivative of loss with respect to log token
 * index").
 *
 * <p>The paper does not say how it differentiates. Here the slope at n is the least-squares slope
 * of L against ln n over the indices within a factor of 1.25 of n, at least one on each side where
 * there is one: exact for any loss that is linear in ln n.
 *
 * <p>Writes loss (the mean over all indices) and the series loss.byIndex and loss.slope, [T].
 */
public record LossByIndex() implements LossMeasure {
  private static final double FACTOR = 1.25;

  /** d loss / d ln n at every index, in nats per unit of ln n. */
  public static double[] slope(double[] byIndex) {
    int context = byIndex.length;
    double[] slope = new double[context];
    for (int t = 0; t < context; t++) {
      int n = t + 1;
      int from = Math.max(0, Math.min(t - 1, (int) Math.ceil(n / FACTOR) - 1));
      int to = Math.min(context - 1, Math.max(t + 1, (int) Math.floor(n * FACTOR) - 1));
      slope[t] = leastSquares(byIndex, from, to);
    }
    return slope;
  }

  private static double leastSquares(double[] y, int from, int to) {
    double meanX = 0;
    double meanY = 0;
    int n = to - from + 1;
    for (int t = from; t <= to; t++) {
      meanX += Math.log(t + 1) / n;
      meanY += y[t] / n;
    }
    double xy = 0;
    double xx = 0;
    for (int t = from; t <= to; t++) {
      double dx = Math.log(t + 1) - meanX;
      xy += dx * (y[t] - meanY);
      xx += dx * dx;
    }
    return xy / xx;
  }

  @Override
  public Definition definition() {
    return new Definition(
        "loss",
        "loss",
        "nats per token",
        Better.LOWER,
        "mean cross entropy over the evaluation set; loss.byIndex[t]: of token t + 1 given tokens"
            + " 0..t; loss.slope[t]: least-squares slope of loss.byIndex against ln(t + 1) over"
            + " indices within a factor of 1.25",
        "Olsson et al. 2022, Loss on tokens by index; d loss / d ln(context index)");
  }

  @Override
  public void report(Readings readings, Measurements out) {
    double[] byIndex = readings.lossByIndex();
    double sum = 0;
    for (double loss : byIndex) {
      sum += loss;
    }
    out.put("loss", sum / byIndex.length);
    out.put("loss.byIndex", byIndex);
    out.put("loss.slope", slope(byIndex));
  }
}
