package refrain.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import refrain.base.RefrainException;
import refrain.data.BigramRestarts;

class RepeatedSequencesTest {

  @Test
  void paperSequenceInALongContext() {
    RepeatedSequences s = RepeatedSequences.draw(TokenPool.all(128).withStart(3), 7, 10, 512);
    assertThat(s.batch().size()).isEqualTo(10);
    assertThat(s.batch().context()).isEqualTo(101);
    for (int[] x : s.batch().tokens()) {
      assertThat(x[0]).isEqualTo(3);
      assertThat(Arrays.stream(x, 1, 26).distinct().count()).isEqualTo(25);
      assertThat(Arrays.stream(x, 1, x.length)).doesNotContain(3);
      for (int t = 26; t < x.length; t++) {
        assertThat(x[t]).isEqualTo(x[t - 25]);
      }
    }
    assertThat(RepeatedSequences.draw(TokenPool.all(128).withStart(3), 7, 10, 512).batch().tokens())
        .isDeepEqualTo(s.batch().tokens());
  }

  @Test
  void noStartTokenWhereTheLanguageHasNone() {
    RepeatedSequences s = RepeatedSequences.draw(TokenPool.all(128), 7, 4, 100);
    assertThat(s.batch().context()).isEqualTo(100);
    assertThat(s.first()).isZero();
    assertThat(s.again(0)).isEqualTo(25);
    for (int[] x : s.batch().tokens()) {
      assertThat(Arrays.stream(x, 0, 25).distinct().count()).isEqualTo(25);
      assertThat(Arrays.copyOfRange(x, 25, 101)).isEqualTo(Arrays.copyOf(x, 76));
    }
    assertThat(s.describe())
        .isEqualTo(
            "4 sequences of 25 random tokens repeated 4 times, drawn from all 128 tokens with seed"
                + " 7");
  }

  /** R0 at T = 64 starts again after 16 to 47 tokens; after more than 32 nothing is said twice. */
  @Test
  void aShortContextIsReadAtTheDistancesOfTraining() {
    TokenPool pool = TokenPool.of(new BigramRestarts(128, .5, .75, 16, 3).open());
    RepeatedSequences s = RepeatedSequences.draw(pool, 7, 5, 64);
    assertThat(s.blocks()).containsExactly(16, 20, 24, 28, 32);
    assertThat(s.shortest()).isEqualTo(16);
    assertThat(s.batch().context()).isEqualTo(64);
    for (int e = 0; e < 5; e++) {
      int[] x = s.batch().tokens()[e];
      int block = s.blocks()[e];
      assertThat(Arrays.stream(x, 0, block).distinct().count()).isEqualTo(block);
      for (int t = block; t <= 64; t++) {
        assertThat(x[t]).isEqualTo(x[t - block]);
      }
    }
    assertThat(s.describe())
        .isEqualTo(
            "5 sequences of 16 to 32 random tokens repeated up to 64 positions, drawn from all 128"
                + " tokens with seed 7");
    assertThat(RepeatedSequences.trained(pool, 7, 5, 64)).as("the same").isEmpty();
    assertThat(RepeatedSequences.draw(pool, 7, 5, 128).blocks()).containsOnly(25);
    assertThat(RepeatedSequences.trained(pool, 7, 5, 128))
        .hasValueSatisfying(at -> assertThat(at.blocks()).containsExactly(16, 28, 40, 52, 64));
    assertThat(RepeatedSequences.trained(TokenPool.all(128), 7, 5, 128))
        .as("a language without distances of its own")
        .isEmpty();
    assertThat(RepeatedSequences.draw(TokenPool.all(128), 7, 5, 64).batch().tokens())
        .as("a quarter to a half of the context where there are none: as controls of R0 are read")
        .isDeepEqualTo(s.batch().tokens());
  }

  @Test
  void earlierProgramsReadFourBlocksBehindAStandIn() {
    RepeatedSequences s = RepeatedSequences.before(TokenPool.all(128), 7, 4, 64);
    assertThat(s.blocks()).containsOnly(15);
    assertThat(s.batch().context()).isEqualTo(61);
    for (int[] x : s.batch().tokens()) {
      assertThat(Arrays.stream(x, 1, x.length)).doesNotContain(x[0]);
    }
    assertThat(s.describe())
        .isEqualTo(
            "4 sequences of a start token and 15 random tokens repeated 4 times, drawn from all 128"
                + " tokens with seed 7");
  }

  @Test
  void smallVocabularyRepeatsTokens() {
    int[] x = RepeatedSequences.draw(TokenPool.all(3), 7, 1, 100).batch().tokens()[0];
    assertThat(Arrays.stream(x)).allMatch(t -> t >= 0 && t < 3);
  }

  @Test
  void mostAndLeastCommonTokensAreLeftOut() {
    long[] counts = {50, 1, 20, 30, 2, 40, 60, 10, 0, 70};
    TokenPool pool = TokenPool.byFrequency(counts, .2);
    assertThat(pool.describe()).isEqualTo("all but the 2 most and 2 least common of 10 tokens");
    RepeatedSequences s = RepeatedSequences.draw(pool, 1, 30, 9);
    assertThat(Arrays.stream(s.batch().tokens()).flatMapToInt(Arrays::stream).boxed())
        .containsOnly(0, 2, 3, 4, 5, 7);
  }

  @Test
  void refusesWhatCannotRepeat() {
    assertThatThrownBy(() -> RepeatedSequences.draw(TokenPool.all(5), 1, 1, 3))
        .isInstanceOf(RefrainException.class)
        .hasMessage(
            "repeated sequences: the context is 3 tokens, expected at least 4 (a block of two,"
                + " twice)");
    assertThatThrownBy(() -> TokenPool.byFrequency(new long[4], .5))
        .hasMessageContaining("share left out at each end is 0.5");
    assertThatThrownBy(() -> TokenPool.all(2).withStart(0))
        .hasMessageContaining("at least two tokens to draw from, found 1");
  }
}
