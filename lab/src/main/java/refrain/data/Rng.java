package refrain.data;

import java.util.Arrays;
import java.util.stream.IntStream;
import refrain.base.RefrainException;

/**
 * A small deterministic generator whose whole state is four longs, so that a run can be saved and
 * resumed with the same bits. The generator is xoshiro256++ (Blackman and Vigna 2021, "Scrambled
 * linear pseudorandom number generators"), seeded through splitmix64. Not thread-safe: give each
 * thread a stream of its own with {@link #split(String)}.
 */
public final class Rng {
  private static final int STATE_WORDS = 4;
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final double DOUBLE_UNIT = 0x1.0p-53;

  private long s0;
  private long s1;
  private long s2;
  private long s3;

  private Rng(long s0, long s1, long s2, long s3) {
    this.s0 = s0;
    this.s1 = s1;
    this.s2 = s2;
    this.s3 = s3;
  }

  /** The generator of a seed. */
  public static Rng of(long seed) {
    long x = seed;
    long[] state = new long[STATE_WORDS];
    for (int i = 0; i < STATE_WORDS; i++) {
      x += GOLDEN_GAMMA;
      state[i] = mix(x);
    }
    return ofState(state);
  }

  /**
   * The generator that continues where another was when its {@link #state()} was taken.
   *
   * @throws RefrainException when the array is not four longs, at least one of them not zero
   */
  public static Rng ofState(long[] state) {
    if (state.length != STATE_WORDS || (state[0] | state[1] | state[2] | state[3]) == 0) {
      throw RefrainException.badFile(
          ("generator state: expected 4 longs that are not all zero, found %s longs%s; "
                  + "the saved state is damaged, resume from an earlier checkpoint")
              .formatted(state.length, state.length == STATE_WORDS ? ", all zero" : ""));
    }
    return new Rng(state[0], state[1], state[2], state[3]);
  }

  /** A copy of the state, [4]; {@link #ofState} restores it. */
  public long[] state() {
    return new long[] {s0, s1, s2, s3};
  }

  /**
   * A stream of its own for a purpose, as a pure function of this generator's present state and the
   * label: it neither advances this generator nor depends on the order of splits, so adding a new
   * consumer of randomness leaves the streams of the others as they were.
   */
  public Rng split(String label) {
    long[] child = {s0, s1, s2, s3};
    long x = GOLDEN_GAMMA;
    for (int i = 0; i < label.length(); i++) {
      x = mix(x ^ label.charAt(i)) + GOLDEN_GAMMA;
    }
    x = mix(x ^ label.length());
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < STATE_WORDS; i++) {
        x = mix(x + GOLDEN_GAMMA ^ child[i]);
        child[i] = x;
      }
    }
    return ofState(child);
  }

  /** 64 random bits. */
  public long nextLong() {
    long result = Long.rotateLeft(s0 + s3, 23) + s0;
    long t = s1 << 17;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = Long.rotateLeft(s3, 45);
    return result;
  }

  /** Uniform in [0, 1), 53 bits. */
  public double nextDouble() {
    return (nextLong() >>> 11) * DOUBLE_UNIT;
  }

  /** Uniform in {0, ..., bound - 1}, without bias (Lemire 2019, multiply and reject). */
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be positive, found " + bound);
    }
    long m = (nextLong() >>> 32) * bound;
    long low = m & 0xFFFFFFFFL;
    if (low < bound) {
      long threshold = (1L << 32) % bound;
      while (low < threshold) {
        m = (nextLong() >>> 32) * bound;
        low = m & 0xFFFFFFFFL;
      }
    }
    return (int) (m >>> 32);
  }

  /** Uniform in {0, ..., bound - 1} without one of them. */
  public int nextOther(int one, int bound) {
    return (one + 1 + nextInt(bound - 1)) % bound;
  }

  /** Uniform in {low, ..., high - 1}. */
  public int nextInt(int low, int high) {
    return low + nextInt(high - low);
  }

  /**
   * Normal with mean 0 and variance 1 (Marsaglia's polar method). The second value of each pair is
   * dropped, so that the four longs stay the whole state.
   */
  public double nextGaussian() {
    while (true) {
      double u = 2 * nextDouble() - 1;
      double v = 2 * nextDouble() - 1;
      double s = u * u + v * v;
      if (s < 1 && s > 0) {
        return u * StrictMath.sqrt(-2 * StrictMath.log(s) / s);
      }
    }
  }

  /** A uniform permutation of 0, ..., n - 1 (Fisher and Yates). */
  public int[] permutation(int n) {
    return sample(n, n);
  }

  /** {@code count} of the numbers 0, ..., n - 1 without replacement, in random order. */
  public int[] sample(int n, int count) {
    int[] all = IntStream.range(0, n).toArray();
    for (int i = 0; i < count; i++) {
      int j = i + nextInt(n - i);
      int swap = all[i];
      all[i] = all[j];
      all[j] = swap;
    }
    return count == n ? all : Arrays.copyOf(all, count);
  }

  /** The finaliser of splitmix64 (Steele, Lea and Flood 2014, variant 13). */
  static long mix(long z) {
    long x = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
    return x ^ (x >>> 31);
  }
}
