package refrain.data;

import java.util.Arrays;
import java.util.Optional;
import refrain.base.Default;

/**
 * Uniform noise in which one segment comes twice, the second time at a random distance: the segment
 * starts at p1, uniform in [0, maxStart], and its copy at p2, uniform in [p1 + segment, T + 1 -
 * segment].
 *
 * <p>The defaults are meant for T 128.
 *
 * @param vocab V
 * @param segment the length of the copied segment, tokens
 * @param maxStart the last index at which the first copy may start
 */
public record RandomOffsetCopy(
    @Default("64") int vocab, @Default("24") int segment, @Default("40") int maxStart)
    implements DataSpec {
  private static final String KIND = "random-offset-copy";

  public RandomOffsetCopy {
    Require.between(KIND, "vocab", 2, 1 << 20, vocab);
    Require.between(KIND, "segment", 2, 1 << 20, segment);
    Require.between(KIND, "maxStart", 0, 1 << 20, maxStart);
  }

  /** Of tokens drawn uniformly. */
  @Override
  public double entropy() {
    return StrictMath.log(vocab);
  }

  @Override
  public DataSource open() {
    return DataSource.of(
        vocab, context -> Optional.of(new Distances(segment, context + 1 - segment)), this::sample);
  }

  private int[] sample(Rng rng, int context) {
    Require.contextAtLeast(KIND, maxStart + 2 * segment - 1, context, "maxStart and two segments");
    int[] x = new int[context + 1];
    Arrays.setAll(x, t -> rng.nextInt(vocab));
    int first = rng.nextInt(maxStart + 1);
    int second = rng.nextInt(first + segment, context + 2 - segment);
    System.arraycopy(x, first, x, second, segment);
    return x;
  }
}
