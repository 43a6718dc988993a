package refrain.watch.forecast;

import java.util.Arrays;
import refrain.base.RefrainException;
import refrain.stats.LeastSquares;

/**
 * What a forecast may read of a run, and what became of it.
 *
 * @param arm what it has in common with runs of other seeds
 * @param seed which one of its arm; runs of one seed share their language
 * @param entropy of its language, nats: the clock; 0 where it is not known
 * @param formed the step at which heads had formed; NaN: they did not
 * @param steps of the probes, ascending
 * @param previous best previous-token score of layer 0 at each of them
 * @param composition z of the best K-composition; NaN where there is none
 */
public record Course(
    String arm,
    long seed,
    double entropy,
    double formed,
    double[] steps,
    double[] previous,
    double[] composition) {
  /** Probes before anything is foretold: a slope needs them. */
  public static final int FIRST = 5;

  private static final double LEAST = 1e-4;
  private static final double PER = 100;

  /** Checks the lengths. */
  public Course {
    RefrainException.require(
        steps.length == previous.length && steps.length == composition.length,
        "%s, seed %s: %s steps, %s previous-token scores, %s composition scores; expected as many"
            + " of each",
        arm,
        seed,
        steps.length,
        previous.length,
        composition.length);
  }

  public boolean forms() {
    return !Double.isNaN(formed);
  }

  /** Steps from a probe until heads have formed. */
  double left(int probe) {
    return formed - steps[probe];
  }

  /** Probes before formation, from {@link #FIRST} on; of a run that forms none, all. */
  int probes() {
    if (!forms()) {
      return steps.length;
    }
    int end = Arrays.binarySearch(steps, formed);
    return end < 0 ? -end - 1 : end;
  }

  /** What is known at a probe, and nothing of what comes later. */
  double[] features(int probe) {
    double[] x = new double[FIRST];
    double[] y = new double[FIRST];
    for (int i = 0; i < FIRST; i++) {
      x[i] = steps[probe - FIRST + 1 + i] / PER;
      y[i] = logit(previous[probe - FIRST + 1 + i]);
    }
    double z = composition[probe];
    return new double[] {
      Math.log(steps[probe] + PER),
      y[FIRST - 1],
      LeastSquares.slope(x, y, 0, FIRST),
      Double.isNaN(z) ? 0 : Math.log1p(Math.max(0, z)),
      entropy
    };
  }

  private static double logit(double p) {
    double inside = Math.clamp(p, LEAST, 1 - LEAST);
    return Math.log(inside / (1 - inside));
  }
}
