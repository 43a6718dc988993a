package refrain.data;

import java.util.Arrays;
import refrain.base.Default;

/**
 * Copying that needs several matches, each of which begins where the one before ended (k-hop
 * induction, Sanford, Hsu and Telgarsky 2024, "Transformers, parallel computation, and logarithmic
 * depth"). A hop from position i leads to the nearest earlier position that stands behind the token
 * of i: the last j up to i with x[j - 1] = x[i]. A token follows position i that is uniform, but
 * with probability {@code share} it is the token that {@code hops} hops from i lead to, where they
 * lead anywhere. So with two hops "B C ... A B ... A" goes on with C as often as not, and neither A
 * nor what stood behind it says so.
 *
 * <p>The definition is theirs; the targets differ. They ask for the answer at every position of
 * uniform tokens. Here the answer is the next token, as in all languages of this program, so half
 * of the targets are answers and the model reads them too.
 *
 * @param vocab V
 * @param hops k; 1 is what an induction head copies
 * @param share how often the next token is the answer, where there is one
 * @param answersOnly whether only such tokens count in the training loss; what is uniform tells a
 *     model nothing and makes its gradient noisy. A sequence without an answer counts nowhere
 */
public record KHop(
    @Default("16") int vocab,
    @Default("2") int hops,
    @Default("0.5") double share,
    @Default("true") boolean answersOnly)
    implements DataSpec {
  private static final String KIND = "k-hop";

  public KHop {
    Require.between(KIND, "vocab", 2, 4096, vocab);
    Require.between(KIND, "hops", 1, 64, hops);
    Require.between(KIND, "share", 0.0, 1.0, share);
  }

  /** Of tokens drawn uniformly. */
  @Override
  public double entropy() {
    return StrictMath.log(vocab);
  }

  @Override
  public DataSource open() {
    return new DataSource() {
      @Override
      public int vocab() {
        return vocab;
      }

      @Override
      public Batch next(Rng rng, int batch, int context) {
        int[][] tokens = new int[batch][context + 1];
        float[][] answers = new float[batch][context];
        for (int s = 0; s < batch; s++) {
          sample(rng, tokens[s], answers[s]);
        }
        return new Batch(tokens, answersOnly ? answers : null);
      }
    };
  }

  /** Fills a sequence, and 1 at the positions that the answer was drawn to follow. */
  private void sample(Rng rng, int[] x, float[] answers) {
    int[] hop = new int[x.length];
    int[] behind = nowhere(vocab);
    for (int i = 0; i < x.length; i++) {
      int answer = i == 0 ? -1 : far(hop, i - 1, hops);
      boolean follows = rng.nextDouble() < share && answer >= 0;
      int token = rng.nextInt(vocab);
      x[i] = follows ? x[answer] : token;
      if (follows) {
        answers[i - 1] = 1;
      }
      step(x, hop, behind, i);
    }
  }

  /**
   * Where one hop leads from each position of a sequence, [positions]; -1: nowhere, since its token
   * stands there for the first time.
   */
  public static int[] hop(int[] tokens, int vocab) {
    int[] hop = new int[tokens.length];
    int[] behind = nowhere(vocab);
    for (int i = 0; i < tokens.length; i++) {
      step(tokens, hop, behind, i);
    }
    return hop;
  }

  /** Where some hops lead from a position, given where one does; -1: nowhere. */
  public static int far(int[] hop, int from, int hops) {
    int at = from;
    for (int n = 0; n < hops && at >= 0; n++) {
      at = hop[at];
    }
    return at;
  }

  /** Notes position i. {@code behind}: the last position behind each token. */
  private static void step(int[] x, int[] hop, int[] behind, int i) {
    if (i > 0) {
      behind[x[i - 1]] = i;
    }
    hop[i] = behind[x[i]];
  }

  private static int[] nowhere(int vocab) {
    int[] behind = new int[vocab];
    Arrays.fill(behind, -1);
    return behind;
  }
}
