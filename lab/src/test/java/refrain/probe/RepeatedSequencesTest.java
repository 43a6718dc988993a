package refrain.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import refrain.base.RefrainException;

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
  void blockShrinksWithTheContextAndAStandInStarts() {
    RepeatedSequences s = RepeatedSequences.draw(TokenPool.all(128), 7, 4, 64);
    assertThat(s.block()).isEqualTo(15);
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
    assertThatThrownBy(() -> RepeatedSequences.draw(TokenPool.all(5), 1, 1, 8))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("the context is 8 tokens, expected at least 9");
    assertThatThrownBy(() -> TokenPool.byFrequency(new long[4], .5))
        .hasMessageContaining("share left out at each end is 0.5");
    assertThatThrownBy(() -> TokenPool.all(2).withStart(0))
        .hasMessageContaining("at least two tokens to draw from, found 1");
  }
}
