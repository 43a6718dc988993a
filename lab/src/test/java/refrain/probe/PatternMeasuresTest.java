package refrain.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static refrain.model.ModelEdits.heads;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import refrain.data.Batch;
import refrain.data.Rng;
import refrain.model.HandBuilt;
import refrain.model.ModelSpec;
import refrain.model.Parameters;

/** Measures of patterns written down by hand. */
class PatternMeasuresTest {
  private static final Parameters ONE_HEAD = HandBuilt.uniform(5, 40);

  @Test
  void prefixMatchingAgreesWithItsDefinition() {
    Rng rng = Rng.of(4);
    for (int trial = 0; trial < 20; trial++) {
      int context = 3 + rng.nextInt(14);
      int[] tokens = new int[context + 1];
      for (int t = 0; t <= context; t++) {
        tokens[t] = rng.nextInt(4);
      }
      float[] pattern = randomPattern(rng, context);
      assertThat(prefixMatching(tokens, pattern))
          .isEqualTo(byDefinition(tokens, pattern, context), within(1e-12));
    }
  }

  /** For each query the set of targets first, then the sum over it. */
  private static double byDefinition(int[] tokens, float[] pattern, int context) {
    double total = 0;
    int queries = 0;
    for (int i = 0; i < context; i++) {
      Set<Integer> targets = new HashSet<>();
      for (int target = 1; target < i; target++) {
        boolean followsMe = tokens[target - 1] == tokens[i];
        boolean isMe = tokens[target] == tokens[i];
        if (followsMe && !isMe) {
          targets.add(target);
        }
      }
      for (int target : targets) {
        total += pattern[i * context + target];
      }
      queries += targets.isEmpty() ? 0 : 1;
    }
    return queries == 0 ? Double.NaN : total / queries;
  }

  @Test
  void tokenFollowedByItselfIsNotInduction() {
    // A A A A: every head that looks at its own kind would look like an induction head.
    int[] tokens = {1, 1, 1, 1, 1};
    float[] previous = new float[16];
    for (int i = 0; i < 4; i++) {
      previous[i * 4 + Math.max(0, i - 1)] = 1;
    }
    assertThat(prefixMatching(tokens, previous)).isNaN();
    // A A B A: the last A has one target, the B; its attention to the second A does not count.
    int[] mixed = {1, 1, 2, 1, 2};
    float[] toSecond = new float[16];
    toSecond[3 * 4 + 1] = .75f;
    toSecond[3 * 4 + 2] = .25f;
    assertThat(prefixMatching(mixed, toSecond)).isEqualTo(.25);
  }

  @Test
  void duplicateTokenHeadScoresOne() {
    int[] tokens = {0, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1};
    int context = 13;
    float[] pattern = new float[context * context];
    for (int i = 0; i < context; i++) {
      pattern[i * context + (i > 3 ? i - 3 : i)] = 1;
    }
    HeadReading head = reading(tokens, pattern);
    assertThat(new DuplicateToken().of(head)).isEqualTo(1);
    assertThat(prefixMatching(tokens, pattern)).isEqualTo(0);
    assertThat(new AttentionDistance().of(head)).isEqualTo(9 * 3 / 13.0, within(1e-12));
  }

  /** Two of the offsets have measures of their own, and a head that looks five behind has 5. */
  @Test
  void offsetsFromAMatchAgreeWithTheMeasuresOfTwoOfThem() {
    Rng rng = Rng.of(8);
    for (int trial = 0; trial < 20; trial++) {
      int context = 4 + rng.nextInt(14);
      int[] tokens = new int[context + 1];
      for (int t = 0; t <= context; t++) {
        tokens[t] = rng.nextInt(4);
      }
      float[] pattern = randomPattern(rng, context);
      HeadReading head = reading(tokens, pattern);
      assertThat(new MatchOffset(1).of(head)).isEqualTo(prefixMatching(tokens, pattern));
      assertThat(new MatchOffset(0).of(head)).isEqualTo(new DuplicateToken().of(head));
    }
    int[] tokens = {0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3};
    float[] pattern = new float[100];
    for (int i = 0; i < 10; i++) {
      pattern[i * 10 + Math.max(0, i - 2)] = 1; // 7 - 5 = 2 back from a match 7 back
    }
    assertThat(new MatchOffset(5).of(reading(tokens, pattern))).isEqualTo(1);
    assertThat(new MatchOffset(4).of(reading(tokens, pattern))).isEqualTo(0);
    assertThat(new MatchOffset(7).of(reading(tokens, pattern))).isNaN();
    assertThat(new MatchOffset(-2).definition().key()).isEqualTo("offset.before2");
  }

  @Test
  void groupedHeadsReadTheirKeyHeadsValue() {
    ModelSpec spec = ONE_HEAD.spec().with(heads(4, 2, 3));
    Parameters p = Parameters.zeros(spec);
    float[] values = new float[5 * 2 * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    float[] pattern = new float[4 * 25];
    assertThat(new HeadReading(p, new int[6], 0, 1, pattern, values).value(2, 1)).isEqualTo(13);
    assertThat(new HeadReading(p, new int[6], 0, 2, pattern, values).value(2, 1)).isEqualTo(16);
  }

  private static double prefixMatching(int[] tokens, float[] pattern) {
    RepeatedSequences any =
        new RepeatedSequences(
            Batch.of(new int[][] {tokens}), 0, new int[] {3}, 0, TokenPool.all(5), "made");
    return new PrefixMatching(any).of(reading(tokens, pattern));
  }

  private static HeadReading reading(int[] tokens, float[] pattern) {
    return new HeadReading(ONE_HEAD, tokens, 0, 0, pattern, new float[0]);
  }

  private static float[] randomPattern(Rng rng, int context) {
    float[] pattern = new float[context * context];
    for (int i = 0; i < context; i++) {
      for (int j = 0; j <= i; j++) {
        pattern[i * context + j] = (float) rng.nextDouble();
      }
    }
    return pattern;
  }
}
