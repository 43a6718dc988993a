package refrain.model;

import static refrain.base.RefrainException.require;

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
  public Init {
    spread("init: std", std);
    spread("init: embedStd", embedStd);
  }

  /** Refuses a standard deviation that is none, or that is not what float32 makes of it. */
  static void spread(String what, double std) {
    boolean single = (float) std >= Float.MIN_NORMAL && Float.isFinite((float) std);
    require(
        std == 0 || single,
        "%s is %s, expected 0 or a number from 1.2E-38 to 3.4E38: training computes in float32",
        what,
        std);
  }

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
