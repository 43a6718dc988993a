package refrain.model;

import java.util.Arrays;
import java.util.stream.IntStream;
import refrain.data.Batch;

/**
 * The specification of the model: float64, plain loops, every variant of {@link ModelSpec} and
 * every seam of {@link Plan}. Slow on purpose; whatever is fast must agree with it.
 *
 * <p>Read {@link ReferenceStack} first (the whole model on one sequence), then {@link
 * ReferenceBlock}, {@link ReferenceAttention}, {@link ReferencePattern}, {@link ReferenceMlp} and
 * {@link ReferenceNorm}; {@link ReferenceInput} is where edges are edited, {@link ReferencePass}
 * where outputs are. Each constructor is a forward pass and keeps what the method {@code backward}
 * needs.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class ReferenceTransformer implements Transformer {
  private final ModelSpec spec;
  private final Layout layout;

  public ReferenceTransformer(ModelSpec spec) {
    this.spec = spec;
    this.layout = Layout.of(spec);
  }

  /**
   * The losses in float64.
   *
   * @param arena parameters, laid out as {@link Layout} says
   * @return per-token losses [batch, T] in nats
   * @throws refrain.base.RefrainException when the batch or the plan does not fit the model
   */
  public double[][] losses(double[] arena, Batch batch, Plan plan, Observer observer) {
    ReferenceWeights weights = new ReferenceWeights(layout, arena, null);
    return run(weights, batch, plan, observer, false);
  }

  /**
   * The losses and the gradient of their weighted mean, in float64.
   *
   * @param gradientOut overwritten; laid out like the arena
   * @return per-token losses [batch, T] in nats
   * @throws refrain.base.RefrainException when the batch or the plan does not fit the model
   */
  public double[][] gradient(double[] arena, Batch batch, Plan plan, double[] gradientOut) {
    Arrays.fill(gradientOut, 0);
    ReferenceWeights weights = new ReferenceWeights(layout, arena, gradientOut);
    return run(weights, batch, plan, Observer.NONE, true);
  }

  private double[][] run(
      ReferenceWeights weights, Batch batch, Plan plan, Observer observer, boolean withBackward) {
    Checks.fit(spec, batch, plan);
    double[][] shares = withBackward ? Checks.shares(batch) : null;
    double[][] losses = new double[batch.size()][];
    for (int s = 0; s < batch.size(); s++) {
      ReferencePass pass = new ReferencePass(spec, weights, plan, s, batch.context(), observer);
      ReferenceStack stack = new ReferenceStack(pass, batch.tokens()[s]);
      losses[s] = stack.losses;
      if (shares != null) {
        stack.backward(shares[s]);
      }
    }
    return losses;
  }

  @Override
  public float[][] forward(Parameters parameters, Batch batch, Plan plan, Observer observer) {
    Checks.parameters(spec, parameters);
    return toFloat(losses(toDouble(parameters.arena()), batch, plan, observer));
  }

  @Override
  public float[][] gradient(Parameters parameters, Batch batch, Plan plan, float[] gradient) {
    Checks.parameters(spec, parameters);
    Checks.length(layout, gradient.length);
    double[] wide = new double[gradient.length];
    double[][] losses = gradient(toDouble(parameters.arena()), batch, plan, wide);
    for (int i = 0; i < wide.length; i++) {
      gradient[i] = (float) wide[i];
    }
    return toFloat(losses);
  }

  /** A float arena in float64. */
  static double[] toDouble(float[] x) {
    return IntStream.range(0, x.length).mapToDouble(i -> x[i]).toArray();
  }

  private static float[][] toFloat(double[][] x) {
    float[][] narrow = new float[x.length][];
    for (int s = 0; s < x.length; s++) {
      narrow[s] = new float[x[s].length];
      for (int t = 0; t < x[s].length; t++) {
        narrow[s][t] = (float) x[s][t];
      }
    }
    return narrow;
  }

  /** Holds nothing. */
  @Override
  public void close() {}
}
