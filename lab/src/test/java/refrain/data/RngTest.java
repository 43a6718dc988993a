package refrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import refrain.base.RefrainException;

class RngTest {
  /**
   * First outputs of xoshiro256++ from the state 1, 2, 3, 4, worked by hand from the recurrence.
   */
  @Test
  void followsTheRecurrence() {
    Rng rng = Rng.ofState(new long[] {1, 2, 3, 4});
    assertThat(rng.nextLong()).isEqualTo((5L << 23) + 1);
    // After one step: s0 = 1^(4^2) = 7, s3 = rotl(4^2, 45).
    long s3 = Long.rotateLeft(6, 45);
    assertThat(rng.nextLong()).isEqualTo(Long.rotateLeft(7 + s3, 23) + 7);
  }

  @Test
  void continuesFromASavedState() {
    Rng rng = Rng.of(7);
    rng.nextGaussian();
    rng.nextInt(10);
    Rng copy = Rng.ofState(rng.state());
    for (int i = 0; i < 100; i++) {
      assertThat(copy.nextGaussian()).isEqualTo(rng.nextGaussian());
      assertThat(copy.nextInt(1 + i)).isEqualTo(rng.nextInt(1 + i));
    }
  }

  @Test
  void refusesADamagedState() {
    assertThatThrownBy(() -> Rng.ofState(new long[4]))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("generator state: expected 4 longs that are not all zero, found 4");
    assertThatThrownBy(() -> Rng.ofState(new long[3])).hasMessageContaining("found 3 longs");
  }

  @Test
  void splitsByLabelWithoutAdvancing() {
    Rng rng = Rng.of(1);
    long[] before = rng.state();
    assertThat(rng.split("a").nextLong()).isEqualTo(rng.split("a").nextLong());
    assertThat(rng.split("a").nextLong()).isNotEqualTo(rng.split("b").nextLong());
    assertThat(rng.split("a").nextLong()).isNotEqualTo(Rng.of(2).split("a").nextLong());
    assertThat(rng.split("ab").nextLong()).isNotEqualTo(rng.split("ba").nextLong());
    assertThat(rng.state()).isEqualTo(before);
  }

  @Test
  void splitStreamsAreUncorrelated() {
    Rng a = Rng.of(1).split("a");
    Rng b = Rng.of(1).split("b");
    double sum = 0;
    int n = 100_000;
    for (int i = 0; i < n; i++) {
      sum += (a.nextDouble() - .5) * (b.nextDouble() - .5) * 12;
    }
    assertThat(sum / n).isCloseTo(0, within(4 / Math.sqrt(n)));
  }

  @Test
  void drawsIntegersUniformly() {
    for (int bound : new int[] {1, 2, 3, 7, 100}) {
      Rng rng = Rng.of(bound);
      int n = 20_000 * bound;
      int[] counts = new int[bound];
      for (int i = 0; i < n; i++) {
        counts[rng.nextInt(bound)]++;
      }
      for (int count : counts) {
        assertThat((double) count).isCloseTo(20_000, within(5 * Math.sqrt(20_000)));
      }
    }
    assertThatThrownBy(() -> Rng.of(0).nextInt(0)).hasMessageContaining("found 0");
  }

  @Test
  void drawsNormals() {
    Rng rng = Rng.of(3);
    int n = 200_000;
    double sum = 0;
    double squares = 0;
    double fourth = 0;
    for (int i = 0; i < n; i++) {
      double x = rng.nextGaussian();
      sum += x;
      squares += x * x;
      fourth += x * x * x * x;
    }
    assertThat(sum / n).isCloseTo(0, within(5 / Math.sqrt(n)));
    assertThat(squares / n).isCloseTo(1, within(5 * Math.sqrt(2.0 / n)));
    assertThat(fourth / n).isCloseTo(3, within(5 * Math.sqrt(96.0 / n)));
  }

  @Test
  void unitIntervalIsHalfOpen() {
    Rng rng = Rng.of(5);
    for (int i = 0; i < 10_000; i++) {
      assertThat(rng.nextDouble()).isBetween(0.0, Math.nextDown(1.0));
    }
  }

  @Test
  void permutesAndSamplesWithoutReplacement() {
    Rng rng = Rng.of(11);
    int[] sorted = rng.permutation(17);
    Arrays.sort(sorted);
    assertThat(sorted).isEqualTo(IntStream.range(0, 17).toArray());
    assertThat(rng.sample(9, 4)).hasSize(4).doesNotHaveDuplicates();
    assertThat(rng.sample(1, 0)).isEmpty();
    int[] firsts = new int[6];
    for (int i = 0; i < 60_000; i++) {
      firsts[rng.permutation(6)[5]]++;
    }
    for (int count : firsts) {
      assertThat((double) count).isCloseTo(10_000, within(500.0));
    }
  }
}
