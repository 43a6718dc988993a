package refrain.analysis.hops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
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

  /** z B C d e f A B C g h A C: of the last A, two hops lead to the first C. */
  private static int[][] askedTwice(int sequences) {
    Rng rng = Rng.of(6);
    int[][] tokens = new int[sequences][];
    for (int s = 0; s < sequences; s++) {
      int[] t = rng.sample(VOCAB, 9);
      tokens[s] =
          new int[] {t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[1], t[2], t[7], t[8], t[6], t[2]};
    }
    return tokens;
  }

  @Test
  void whatTheFirstMatchFoundPassesAsAValueOrAsAQuery() {
    Parameters p = HandBuilt.twoHops(HandBuilt.Passed.AS_VALUE, VOCAB, 12);
    Findings value = of(p, 2, askedTwice(40));
    assertThat(value.value("hop.accuracy")).isEqualTo(1);
    assertThat(value.value("hop.swap.far")).isEqualTo(1).isEqualTo(value.value("hop.swap.2.L1"));
    assertThat(value.value("hop.swap.1.L2")).isEqualTo(1);
    assertThat(value.value("hop.swap.far.elsewhere")).isEqualTo(0);
    assertThat(value.value("hop.jump")).isEqualTo(1);
    assertThat(value.value("hop.by.values")).isEqualTo(1);
    assertThat(value.value("hop.edge.most"))
        .isGreaterThan(10)
        .isCloseTo(value.value("hop.edge.v"), within(.1));
    assertThat(value.value("hop.edge.other")).isCloseTo(0, within(.1));

    assertThat(swapped(p, "first")).containsExactly(1);
    assertThat(swapped(p, "last")).containsExactly(0);

    Parameters q = HandBuilt.twoHops(HandBuilt.Passed.AS_QUERY, VOCAB, 12);
    Findings query = of(q, 2, askedTwice(40));
    assertThat(query.value("hop.accuracy")).isEqualTo(1);
    assertThat(query.value("hop.swap.2.L1")).isEqualTo(0);
    assertThat(query.value("hop.by.values")).isEqualTo(0);
    assertThat(query.value("hop.edge.most"))
        .isGreaterThan(10)
        .isCloseTo(query.value("hop.edge.q"), within(.1));
    assertThat(query.value("hop.edge.other")).isCloseTo(0, within(.1));
  }

  private static double[] swapped(Parameters p, String layer) {
    ModelState model = ModelState.of(new ReferenceTransformer(p.spec()), p);
    Asked asked = Asked.of(askedTwice(40), VOCAB, 2).oneEach();
    return HopSwaps.overTraining(List.of(model), asked, 2, 1).series("curve.hop." + layer);
  }

  /** Of a model that answers by chance, or has two layers, no input can be named. */
  @Test
  void theInputThatCostsMostIsNamedWhereAnswersAreRight() {
    Findings found = HopEdges.way(new double[] {5, 2}, new double[] {1, 2}, .8);
    assertThat(found.value("hop.edge.most")).isEqualTo(3);
    assertThat(found.value("hop.edge.other")).isEqualTo(1);
    assertThat(found.value("hop.by.values")).isEqualTo(0);
    assertThat(HopEdges.way(new double[] {1, 2}, new double[] {5, 2}, .8).value("hop.by.values"))
        .isEqualTo(1);
    assertThat(HopEdges.way(new double[] {5, 2}, new double[] {1, 2}, .4).value("hop.by.values"))
        .isNaN();
    Findings none = of(HandBuilt.induction(VOCAB, 20), 1, repeated(40, 11));
    assertThat(none.value("hop.by.values")).isNaN();
    assertThat(none.value("hop.edge.most")).isNaN();
  }

  /** Two hops from the last 0 lead to the 2 behind 1; 3 stands behind 1 too, or 3 to 6 do. */
  @Test
  void wrongAnswersAreToldApartByWhetherTheyStandBehindTheTokenSought() {
    int[] few = {9, 1, 2, 9, 0, 1, 3, 9, 0, 2};
    int[] many = {9, 1, 3, 1, 4, 1, 2, 0, 1, 5, 1, 6, 0, 2};
    Findings right = HopErrors.of(atTheEnd(few), new int[] {2}, VOCAB);
    assertThat(right.value("hop.accuracy.few")).isEqualTo(1);
    assertThat(right.value("hop.accuracy.many")).isNaN();
    assertThat(right.value("hop.error.behind")).isNaN();
    for (int answer : new int[] {3, 7}) {
      Findings wrong = HopErrors.of(atTheEnd(few), new int[] {answer}, VOCAB);
      assertThat(wrong.value("hop.accuracy.few")).isEqualTo(0);
      assertThat(wrong.value("hop.error.behind")).isEqualTo(answer == 3 ? 1 : 0);
      assertThat(wrong.value("hop.error.behind.chance")).isEqualTo(1. / 12);
    }
    Findings found = HopErrors.of(atTheEnd(many), new int[] {6}, VOCAB);
    assertThat(found.value("hop.accuracy.many")).isEqualTo(0);
    assertThat(found.value("hop.accuracy.few")).isNaN();
    assertThat(found.value("hop.error.behind")).isEqualTo(1);
    assertThat(found.value("hop.error.behind.chance")).isEqualTo(4. / 12);
  }

  private static Asked atTheEnd(int[] tokens) {
    Asked asked = Asked.of(new int[][] {tokens}, VOCAB, 2).oneEach();
    assertThat(asked.places().getFirst().at()).isEqualTo(tokens.length - 2);
    return asked;
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
