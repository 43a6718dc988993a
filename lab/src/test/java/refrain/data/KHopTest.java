package refrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KHopTest {
  /** B C ... A B ... A: one hop from the last A leads to B, two to C. */
  @Test
  void twoHopsLeadToWhatStoodBehindWhatStoodBehind() {
    int[] x = {1, 2, 7, 0, 1, 5, 0};
    int[] hop = KHop.hop(x, 8);
    assertThat(hop).containsExactly(-1, -1, -1, -1, 1, -1, 4);
    assertThat(x[KHop.far(hop, 6, 1)]).isEqualTo(1);
    assertThat(x[KHop.far(hop, 6, 2)]).isEqualTo(2);
    assertThat(KHop.far(hop, 6, 3)).isEqualTo(-1);
    assertThat(KHop.far(hop, 6, 0)).isEqualTo(6);
  }

  /** The definition of Sanford, Hsu and Telgarsky: max {j up to i : x[j - 1] = x[i]}. */
  @Test
  void aHopIsTheNearestPositionBehindTheToken() {
    int[] x = Rng.of(3).sample(5, 3);
    x = new int[] {x[0], x[0], x[1], x[0], x[2], x[2], x[2], x[1], x[0]};
    int[] hop = KHop.hop(x, 5);
    for (int i = 0; i < x.length; i++) {
      int last = -1;
      for (int j = 1; j <= i; j++) {
        last = x[j - 1] == x[i] ? j : last;
      }
      assertThat(hop[i]).as("hop from %s", i).isEqualTo(last);
    }
  }

  /**
   * The best predictor knows where k hops lead: it gives the token there s + (1 - s) / V and loses
   * the entropy of that, ln V where they lead nowhere. Who guesses the token a hop before is right
   * about as often as chance where all tokens on the way differ.
   */
  @ParameterizedTest
  @CsvSource({"1, 16", "2, 16", "4, 11", "2, 8"})
  void theBestPredictorLosesTheEntropyOfTheAnswer(int hops, int vocab) {
    double share = 0.5;
    KHop language = new KHop(vocab, hops, share, true);
    Batch batch = language.open().next(Rng.of(hops), 400, 63);
    double asked = share + (1 - share) / vocab;
    double rest = (1 - share) / vocab;
    double floor = -asked * Math.log(asked) - (vocab - 1) * rest * Math.log(rest);
    double loss = 0;
    int answers = 0;
    int drawn = 0;
    for (int s = 0; s < batch.size(); s++) {
      int[] x = batch.tokens()[s];
      int[] hop = KHop.hop(x, vocab);
      for (int i = 0; i < 63; i++) {
        int at = KHop.far(hop, i, hops);
        boolean weighed = batch.weights()[s][i] == 1;
        assertThat(!weighed || at >= 0 && x[at] == x[i + 1]).isTrue();
        drawn += weighed ? 1 : 0;
        if (at >= 0) {
          loss -= Math.log(x[at] == x[i + 1] ? asked : rest);
          answers++;
        }
      }
    }
    double error = Math.log(asked / rest) * Math.sqrt(asked * (1 - asked) / answers);
    assertThat(loss / answers).as("k %s, V %s", hops, vocab).isCloseTo(floor, within(4 * error));
    assertThat(drawn / (double) answers).isCloseTo(share, within(.02));
  }

  /** A reader of fewer hops: of distinct tokens on the way none that it meets is the answer. */
  @Test
  void whoStopsAHopEarlierIsNoBetterThanChance() {
    int vocab = 16;
    int[] right = new int[3];
    int places = 0;
    for (int[] x : new KHop(vocab, 2, 0.5, true).open().next(Rng.of(9), 600, 63).tokens()) {
      int[] hop = KHop.hop(x, vocab);
      for (int i = 0; i < 63; i++) {
        int far = KHop.far(hop, i, 2);
        if (far < 0 || x[i] == x[hop[i]] || x[far] == x[i] || x[far] == x[hop[i]]) {
          continue;
        }
        places++;
        for (int m = 0; m <= 2; m++) {
          right[m] += x[i + 1] == x[KHop.far(hop, i, m)] ? 1 : 0;
        }
      }
    }
    assertThat(right[2] / (double) places).isCloseTo(0.5 + 0.5 / vocab, within(.02));
    assertThat(right[1] / (double) places).isCloseTo(0.5 / vocab, within(.01));
    assertThat(right[0] / (double) places).isCloseTo(0.5 / vocab, within(.01));
  }

  @Test
  void allTargetsCountWhereAskedAndNonsenseIsRefused() {
    assertThat(new KHop(8, 2, 0.5, false).open().next(Rng.of(1), 2, 9).weights()).isNull();
    assertThatThrownBy(() -> new KHop(8, 0, 0.5, true))
        .hasMessage("data k-hop: hops must be an integer from 1 to 64, found 0");
    assertThatThrownBy(() -> new KHop(8, 1, 1.5, true))
        .hasMessage("data k-hop: share must be a number from 0.0 to 1.0, found 1.5");
  }
}
