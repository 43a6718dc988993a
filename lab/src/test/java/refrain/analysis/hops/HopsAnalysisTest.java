package refrain.analysis.hops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import refrain.analysis.Findings;
import refrain.analysis.instrument.ModelState;
import refrain.data.KHop;
import refrain.data.Rng;
import refrain.model.HandBuilt;
import refrain.model.ModelSpec;
import refrain.model.Parameters;
import refrain.model.ReferenceTransformer;

class HopsAnalysisTest {
  private static final int VOCAB = 13;
  private static final int BLOCK = 7;

  /** Different random tokens, said again and again for 21 tokens. */
  private static int[][] repeated(int sequences, int period) {
    Rng rng = Rng.of(5);
    int[][] tokens = new int[sequences][21];
    for (int[] sequence : tokens) {
      int[] block = rng.sample(VOCAB, period);
      Arrays.setAll(sequence, t -> block[t % period]);
    }
    return tokens;
  }

  private static Findings of(Parameters p, int hops, int[][] tokens) {
    return HopsAnalysis.of(
        ModelState.of(new ReferenceTransformer(p.spec()), p),
        Asked.of(tokens, VOCAB, hops),
        new KHop(VOCAB, hops, 0.5, true),
        1);
  }

  /** Of a block of different tokens that returns, hop m leads m tokens on. */
  @Test
  void placesAreWhereAllTokensOnTheWayExistAndDiffer() {
    int[][] tokens = repeated(1, BLOCK);
    assertThat(Asked.of(tokens, VOCAB, 1).places()).hasSize(13);
    assertThat(Asked.of(tokens, VOCAB, 3).places()).hasSize(1);
    Asked asked = Asked.of(tokens, VOCAB, 2);
    assertThat(asked.places()).hasSize(7);
    for (Asked.Place place : asked.places()) {
      for (int m = 0; m <= 2; m++) {
        assertThat(asked.token(place, m)).isEqualTo(tokens[0][(place.at() + m) % BLOCK]);
      }
    }
    Asked last = asked.oneEach();
    assertThat(last.places()).hasSize(1);
    assertThat(last.places().getFirst().at()).isEqualTo(19);
  }

  @Test
  void anInductionHeadGoesOneHopInItsLayer() {
    Findings found = of(HandBuilt.induction(VOCAB, 20), 1, repeated(40, 11));
    assertThat(found.value("hop.accuracy")).isEqualTo(1);
    assertThat(found.value("hop.loss")).isLessThan(.7);
    assertThat(found.value("hop.swap.1.L1")).isEqualTo(1);
    assertThat(found.value("hop.swap.1.L0")).isLessThan(.2);
    assertThat(found.value("hop.swap.elsewhere.L1")).isLessThan(.2);
    assertThat(found.value("hop.layer.1")).isEqualTo(1);
    assertThat(found.value("hop.passed")).isEqualTo(1);
    assertThat(found.value("hop.jump")).isEqualTo(1);
    assertThat(found.value("hop.chain")).isEqualTo(1);
    assertThat(found.value("hop.edge.v")).isNaN();
  }

  /** Where a token stood twice before, the head reads both, and one of them is not enough. */
  @Test
  void anAnswerThatIsReadInTwoPlacesIsNotSwappedByOne() {
    Findings found = of(HandBuilt.induction(VOCAB, 20), 1, repeated(40, BLOCK));
    assertThat(found.value("hop.swap.1.L1")).isBetween(.2, .8);
  }

  /** It stops after one of two hops, and its answer is the token that it met there. */
  @Test
  void anInductionHeadDoesNotGoTwoHops() {
    Findings found = of(HandBuilt.induction(VOCAB, 20), 2, repeated(40, BLOCK));
    assertThat(found.value("hop.accuracy")).isEqualTo(0);
    assertThat(found.value("hop.reads.1")).isEqualTo(1);
    assertThat(found.value("hop.reads.2")).isEqualTo(0);
    assertThat(found.value("hop.chain")).isNaN();
  }

  @Test
  void aModelThatLearnedNothingAnswersByChance() {
    Parameters p = Parameters.init(ModelSpec.attentionOnly(3, 12, 2, 20, VOCAB), 3);
    int[][] tokens = new KHop(VOCAB, 2, 0.5, true).open().next(Rng.of(2), 60, 20).tokens();
    Findings found = of(p, 2, tokens);
    assertThat(found.value("hop.accuracy")).isLessThan(.4);
    assertThat(found.value("hop.accuracy.error")).isBetween(0., .05);
    assertThat(found.value("hop.edge.v")).isCloseTo(0, within(.5));
    assertThat(found.value("hop.edge.v.matched")).isCloseTo(0, within(.5));
  }

  /** Rows: hops from 0; columns: layers. Layer 0 does not count. */
  @Test
  void aChainReadsOneHopALayerAndDoublingTwoAtOnce() {
    double[][] chain = {
      {0, 0, 0, 0, 0}, {0, 0, 0, 0, .9}, {0, 0, 0, .8, 0}, {0, 0, .9, 0, 0}, {1, .9, 0, 0, 0}
    };
    Findings one = HopSwaps.order(chain, .9);
    assertThat(one.value("hop.jump")).isEqualTo(1);
    assertThat(one.value("hop.chain")).isEqualTo(1);
    assertThat(one.value("hop.passed")).isEqualTo(4);
    assertThat(one.value("hop.layer.4")).isEqualTo(1);
    double[][] doubling = {{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, .8}, {0, 0, .7, 0}, {0, .9, 0, 0}};
    Findings two = HopSwaps.order(doubling, .9);
    assertThat(two.value("hop.jump")).isEqualTo(2);
    assertThat(two.value("hop.chain")).isEqualTo(0);
    assertThat(two.value("hop.passed")).isEqualTo(3);
    assertThat(two.value("hop.layer.1")).isNaN();
    assertThat(HopSwaps.order(chain, .2).value("hop.chain")).isNaN();
    doubling[4][1] = .4;
    assertThat(HopSwaps.order(doubling, .9).value("hop.jump")).isNaN();
  }
}
