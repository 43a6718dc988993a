package refrain.train;

import refrain.base.RefrainException;

/**
 * AdamW (Loshchilov and Hutter 2019) with decoupled weight decay on all parameters, and how its
 * learning rate moves.
 *
 * @param rate the learning rate after the warm-up
 * @param beta1 decay of the first moment per step
 * @param beta2 decay of the second moment per step
 * @param epsilon added to the root of the second moment
 * @param weightDecay each step first scales the parameters by 1 - rate * weightDecay
 * @param clip the gradient is scaled down to this Euclidean norm when it is longer; 0: never
 * @param warmup steps over which the rate rises linearly from rate / warmup; 0: none
 * @param decay how the rate falls after the warm-up
 * @param finalFraction of {@code rate} that is left at the last step under cosine and linear decay
 */
public record OptimizerSpec(
    double rate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    double clip,
    int warmup,
    Decay decay,
    double finalFraction) {

  /** The shape of the learning rate after the warm-up. */
  public enum Decay {
    CONSTANT,
    /** Half a cosine from the full rate to the final fraction. */
    COSINE,
    LINEAR
  }

  private static final String NORMAL = "at least 1.2E-38: training computes in float32";

  private static final String LARGEST = "at most 3.4E38: training computes in float32";

  public OptimizerSpec {
    check("rate", rate, rate > 0 && Double.isFinite(rate), "a finite number above 0");
    check("rate", rate, (float) rate >= Float.MIN_NORMAL, NORMAL);
    decayOfMoment("beta1", beta1);
    decayOfMoment("beta2", beta2);
    check("epsilon", epsilon, epsilon > 0 && Double.isFinite(epsilon), "a finite number above 0");
    // Where a gradient is 0 the update would be 0 / 0, and the blame would fall on the rate.
    check("epsilon", epsilon, (float) epsilon >= Float.MIN_NORMAL, NORMAL);
    check("epsilon", epsilon, Float.isFinite((float) epsilon), LARGEST);
    check(
        "weightDecay",
        weightDecay,
        weightDecay >= 0 && rate * weightDecay < 1,
        "at least 0 and below 1 / rate");
    check("clip", clip, clip >= 0 && Double.isFinite(clip), "0 (never) or a finite number above");
    check("clip", clip, clip == 0 || (float) clip >= Float.MIN_NORMAL, "0 (never) or " + NORMAL);
    check("warmup", warmup, warmup >= 0, "0 or more steps");
    check("finalFraction", finalFraction, finalFraction >= 0 && finalFraction <= 1, "from 0 to 1");
  }

  private static void decayOfMoment(String field, double beta) {
    check(field, beta, beta >= 0 && beta < 1, "at least 0 and below 1");
    check(
        field,
        beta,
        (float) beta < 1,
        "at most 0.9999999: training computes in float32, where it would be 1");
  }

  private static void check(String field, double found, boolean good, String expected) {
    if (!good) {
      String number =
          found == Math.rint(found) && Math.abs(found) < 1e15
              ? Long.toString((long) found)
              : "" + found;
      throw RefrainException.badInput(
          "optimizer: " + field + " is " + number + ", expected " + expected);
    }
  }

  /** Rate 3e-3 after 100 steps of warm-up, betas .9 and .98, weight decay .01, clip at 1. */
  public static OptimizerSpec defaults() {
    return new OptimizerSpec(3e-3, 0.9, 0.98, 1e-8, 0.01, 1.0, 100, Decay.CONSTANT, 0.0);
  }

  public OptimizerSpec withRate(double value) {
    return new OptimizerSpec(
        value, beta1, beta2, epsilon, weightDecay, clip, warmup, decay, finalFraction);
  }

  /** Same optimiser under another schedule. */
  public OptimizerSpec withSchedule(int warmupSteps, Decay kind, double fraction) {
    return new OptimizerSpec(
        rate, beta1, beta2, epsilon, weightDecay, clip, warmupSteps, kind, fraction);
  }

  /**
   * The learning rate of one step.
   *
   * @param step counted from 0
   * @param steps of the whole run
   */
  public double rateAt(int step, int steps) {
    double rising = warmup == 0 ? 1 : Math.min(1.0, (step + 1.0) / warmup);
    if (decay == Decay.CONSTANT || step < warmup) {
      return rate * rising;
    }
    double done = steps - warmup <= 1 ? 1 : Math.min(1, (step - warmup) / (steps - warmup - 1.0));
    double left =
        switch (decay) {
          case CONSTANT -> 1;
          case LINEAR -> 1 - done;
          case COSINE -> (1 + StrictMath.cos(Math.PI * done)) / 2;
        };
    return rate * (finalFraction + (1 - finalFraction) * left);
  }
}
