package refrain.model;

/**
 * How the weights start. Norm scales start at 1, norm shifts and attention biases at 0, smear
 * alphas at 0, position tables as {@link Positions} says.
 *
 * @param scheme the distribution of the linear maps
 * @param std standard deviation of the linear maps under {@link Scheme#NORMAL}; unused otherwise
 * @param embedStd standard deviation of W_E; 0 means 0.02 in a model with norms, 1/sqrt(d_model) in
 *     one without
 */
public record Init(Scheme scheme, double std, double embedStd) {

  /** The distribution of the linear maps. */
  public enum Scheme {
    /** Uniform within 1/sqrt(fan in), MLP biases too. */
    FAN_IN_UNIFORM,
    /** Normal with one standard deviation, all biases 0: GPT-2's 0.02. */
    NORMAL
  }

  public static final Init DEFAULT = new Init(Scheme.FAN_IN_UNIFORM, 0, 0);
  public static final Init GPT2 = new Init(Scheme.NORMAL, 0.02, 0.02);
}
