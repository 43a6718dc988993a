package refrain.train;

import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import refrain.base.RefrainException;

/**
 * AdamW over an arena of parameters. One step, with t counted from 1:
 *
 * <pre>
 *   g     &lt;- g min(1, clip / (|g| + 1e-6))
 *   theta &lt;- theta (1 - rate weightDecay)
 *   m     &lt;- beta1 m + (1 - beta1) g
 *   v     &lt;- beta2 v + (1 - beta2) g^2
 *   theta &lt;- theta - rate / (1 - beta1^t) m / (sqrt(v / (1 - beta2^t)) + epsilon)
 * </pre>
 *
 * <p>The norm is summed in float64 over fixed chunks in a fixed order, and each parameter's update
 * depends on nothing but its own numbers: any number of threads gives the same bits. Moments are
 * kept to multiples of about 1e-37, because arithmetic on denormals is a hundred times slower.
 */
public final class AdamW {
  private static final int CHUNK = 1 << 15;

  /** Below this the work is done before another thread would have woken up. */
  private static final int CHUNKS_WORTH_SHARING = 8;

  /** torch.nn.utils.clip_grad_norm_ adds it to the norm. */
  private static final double CLIP_EPSILON = 1e-6;

  /** (x + FLUSH) - FLUSH is x where x matters and never denormal, without a branch. */
  private static final float FLUSH = 1e-30f;

  private static final int INFINITE = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

  private final OptimizerSpec spec;
  private final boolean shared;
  private final float[] first;
  private final float[] second;
  private final double[] sums;
  private long updates;

  /**
   * @param length floats in the arena
   * @param threads 1: the calling thread alone
   */
  public AdamW(OptimizerSpec spec, int length, int threads) {
    this.spec = spec;
    this.first = new float[length];
    this.second = new float[length];
    this.sums = new double[(length + CHUNK - 1) / CHUNK];
    this.shared = threads > 1 && sums.length >= CHUNKS_WORTH_SHARING;
  }

  /** The first moments, not a copy; laid out like the arena. */
  public float[] first() {
    return first;
  }

  /** The second moments, not a copy; laid out like the arena. */
  public float[] second() {
    return second;
  }

  /** Steps taken, t above. */
  public long updates() {
    return updates;
  }

  /** Continues after {@code updates} steps, once the moments have been put back. */
  public void restore(long updates) {
    this.updates = updates;
  }

  /**
   * The Euclidean norm of a gradient.
   *
   * @throws RefrainException of kind DIVERGED when it is not finite
   */
  public double norm(float[] gradient) {
    each(c -> sums[c] = squares(gradient, c * CHUNK, Math.min(gradient.length, (c + 1) * CHUNK)));
    double sum = 0;
    for (double s : sums) {
      sum += s;
    }
    if (!Double.isFinite(sum)) {
      throw RefrainException.diverged("the gradient is not finite");
    }
    return Math.sqrt(sum);
  }

  /**
   * Takes one step. The parameters are unchanged when it throws. What it makes of them may not be
   * finite; see {@link #finite}.
   *
   * @param parameters the arena, updated in place
   * @param gradient not changed
   * @param rate the learning rate of this step
   * @return the gradient's norm before clipping
   * @throws RefrainException of kind DIVERGED when the gradient is not finite
   */
  public double step(float[] parameters, float[] gradient, double rate) {
    if (parameters.length != first.length || gradient.length != first.length) {
      throw new IllegalArgumentException(
          "arena of %s and gradient of %s floats for an optimiser of %s"
              .formatted(parameters.length, gradient.length, first.length));
    }
    double norm = norm(gradient);
    updates++;
    float factor =
        (float) (spec.clip() == 0 ? 1 : Math.min(1, spec.clip() / (norm + CLIP_EPSILON)));
    float keep = (float) (1 - rate * spec.weightDecay());
    float beta1 = (float) spec.beta1();
    float new1 = (float) (1 - spec.beta1());
    float beta2 = (float) spec.beta2();
    float new2 = (float) (1 - spec.beta2());
    float scaled = (float) (rate / (1 - StrictMath.pow(spec.beta1(), updates)));
    float scale2 = (float) (1 / Math.sqrt(1 - StrictMath.pow(spec.beta2(), updates)));
    float epsilon = (float) spec.epsilon();
    float[] m = first;
    float[] v = second;
    // A plain loop without branches: the compiler turns it into vector code.
    each(c -> {
      int end = Math.min(parameters.length, (c + 1) * CHUNK);
      for (int i = c * CHUNK; i < end; i++) {
        float g = gradient[i] * factor;
        float mi = beta1 * m[i] + new1 * g;
        float vi = beta2 * v[i] + new2 * g * g;
        mi = mi + FLUSH - FLUSH;
        vi = vi + FLUSH - FLUSH;
        m[i] = mi;
        v[i] = vi;
        float root = (float) Math.sqrt(vi) * scale2 + epsilon;
        parameters[i] = parameters[i] * keep - scaled * mi / root;
      }
    });
    return norm;
  }

  /** Whether neither moment has become infinite or NaN. */
  public boolean momentsAreFinite() {
    return finite(first) && finite(second);
  }

  /** Whether no number of an arena is infinite or NaN. */
  public static boolean finite(float[] arena) {
    // The exponent's bits as a whole number: a maximum without branches, which becomes vector code.
    int greatest = 0;
    for (float x : arena) {
      greatest = Math.max(greatest, Float.floatToRawIntBits(x) & Integer.MAX_VALUE);
    }
    return greatest < INFINITE;
  }

  private void each(IntConsumer chunk) {
    IntStream chunks = IntStream.range(0, sums.length);
    (shared ? chunks.parallel() : chunks).forEach(chunk);
  }

  /** Four running sums, so that additions do not wait for each other. */
  private static double squares(float[] x, int from, int to) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = from;
    for (; i + 3 < to; i += 4) {
      a += (double) x[i] * x[i];
      b += (double) x[i + 1] * x[i + 1];
      c += (double) x[i + 2] * x[i + 2];
      d += (double) x[i + 3] * x[i + 3];
    }
    for (; i < to; i++) {
      a += (double) x[i] * x[i];
    }
    return (a + b) + (c + d);
  }
}
