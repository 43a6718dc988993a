package refrain.analysis.ablation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.Bench;
import refrain.analysis.instrument.ControlSets;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.IclReading;
import refrain.analysis.instrument.ModelState;
import refrain.data.Batch;
import refrain.data.Rng;
import refrain.model.HandBuilt;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.model.Parameters;
import refrain.model.ReferenceTransformer;
import refrain.probe.IclIndices;
import refrain.store.MetricsRow;

class AblationTest {
  private static final int VOCAB = 13;
  private static final int BLOCK = 7;
  private static final HeadId PREVIOUS = new HeadId(0, 0);
  private static final HeadId IDLE_0 = new HeadId(0, 1);
  private static final HeadId INDUCTION = new HeadId(1, 0);
  private static final HeadId IDLE_1 = new HeadId(1, 1);
  private static final IclIndices INDICES = new IclIndices(3, 17, 1);

  /** Seven different random tokens, three times: odd sizes all over. */
  static Batch repeated(int sequences) {
    Rng rng = Rng.of(5);
    int[][] tokens = new int[sequences][3 * BLOCK];
    for (int[] sequence : tokens) {
      int[] block = rng.sample(VOCAB, BLOCK);
      for (int t = 0; t < sequence.length; t++) {
        sequence[t] = block[t % BLOCK];
      }
    }
    return Batch.of(tokens);
  }

  private static Bench bench() {
    Parameters p = HandBuilt.induction(VOCAB, 3 * BLOCK - 1);
    return Bench.forAblations(
        ModelState.of(new ReferenceTransformer(p.spec()), p), repeated(31), INDICES);
  }

  /** The heads of the pair, of which some match. */
  private static Heads heads(HeadId... matching) {
    ModelSpec spec = HandBuilt.induction(VOCAB, 3 * BLOCK - 1).spec();
    return Heads.of(spec, head -> List.of(matching).contains(head) ? 1 : 0, Double.NaN);
  }

  @Test
  void thePerfectInductionHeadIsAllOfInContextLearning() {
    Bench bench = bench();
    // Zeroed, the model says log V everywhere: nothing is left of the score.
    for (Ablation zero : List.of(Ablation.PRESERVING_ZERO, Ablation.FULL_ZERO)) {
      assertThat(bench.removed(List.of(INDUCTION), zero)).isCloseTo(1, within(1e-9));
      IclReading without = bench.read(bench.without(List.of(INDUCTION), zero));
      assertThat(without.late()).isCloseTo(Math.log(VOCAB), within(1e-6));
      assertThat(without.early()).isCloseTo(Math.log(VOCAB), within(1e-6));
    }
    for (Ablation method : Ablation.values()) {
      assertThat(bench.removed(List.of(INDUCTION), method)).as(method.words()).isGreaterThan(.8);
      assertThat(bench.removed(List.of(IDLE_0, IDLE_1), method)).isCloseTo(0, within(1e-9));
    }
  }

  /** The previous-token head matters for where the induction head looks, and for nothing else. */
  @Test
  void patternsKeptThePreviousTokenHeadIsNotMissed() {
    Bench bench = bench();
    assertThat(bench.removed(List.of(PREVIOUS), Ablation.PRESERVING_ZERO))
        .isCloseTo(0, within(1e-6));
    assertThat(bench.removed(List.of(PREVIOUS), Ablation.FULL_ZERO)).isGreaterThan(.25);
  }

  @Test
  void attributionIsTheShareOfTheChangeThatIsUndone() {
    // d = (-1, -2), |d|^2 = 5.
    Attribution a = new Attribution(new float[][] {{-1}, {-2}});
    float[][] intact = {{1}, {1}};
    assertThat(a.of(intact, new float[][] {{2}, {3}})).isCloseTo(-1, within(1e-12));
    assertThat(a.of(intact, new float[][] {{2}, {1}})).isCloseTo(-.2, within(1e-12));
    assertThat(a.of(intact, new float[][] {{3}, {0}})).isCloseTo(0, within(1e-12));
  }

  @Test
  void otherSetsAreAllOfThemOrSixDraws() {
    List<HeadId> four = List.of(PREVIOUS, IDLE_0, INDUCTION, IDLE_1);
    assertThat(different(four, 2)).hasSize(6).doesNotHaveDuplicates();
    assertThat(different(four, 4)).containsExactly(four);
    assertThat(different(four, 5)).isEmpty();
    assertThat(different(four, 0)).isEmpty();
    List<HeadId> many = IntStream.range(0, 11).mapToObj(h -> new HeadId(h / 4, h % 4)).toList();
    List<List<HeadId>> drawn = different(many, 5);
    assertThat(drawn).hasSize(6).allMatch(s -> new HashSet<>(s).size() == 5);
    assertThat(different(many, 5)).isEqualTo(drawn);
  }

  private static List<List<HeadId>> different(List<HeadId> heads, int size) {
    return ControlSets.different(heads, size, 6, Rng.of(1));
  }

  @Test
  void setsAreDrawnOfAllOthersWhereThereAreFewer() {
    List<HeadId> two = List.of(IDLE_0, IDLE_1);
    assertThat(ControlSets.drawn(two, 3, 4, Rng.of(1)))
        .hasSize(4)
        .allSatisfy(set -> assertThat(set).containsExactlyInAnyOrderElementsOf(two));
    assertThat(ControlSets.drawn(List.of(), 3, 4, Rng.of(1))).isEmpty();
  }

  @Test
  void headsThatMatchPrefixesAreTheSetBestFirst() {
    MetricsRow row =
        MetricsRow.at(9)
            .put("pm.uniform", .05)
            .put("pm.L0H0", .19)
            .put("pm.L0H1", .01)
            .put("pm.L1H0", .3)
            .put("pm.L1H1", .9);
    Heads set = Heads.of(row, HandBuilt.induction(5, 6).spec());
    assertThat(set.matching()).containsExactly(IDLE_1, INDUCTION);
    assertThat(set.others()).containsExactly(IDLE_0, PREVIOUS);
    assertThat(set.layer()).containsExactly(INDUCTION, IDLE_1);
    assertThat(set.shareOfLayer()).isEqualTo(1);
    assertThat(heads(INDUCTION).shareOfLayer()).isEqualTo(.5);
    assertThat(heads().layer()).isEmpty();
    assertThat(heads().shareOfLayer()).isNaN();
    assertThat(Heads.bar(.1)).isCloseTo(.3, within(1e-12));
    assertThat(Heads.bar(Double.NaN)).isEqualTo(.2);
  }

  /**
   * Alike sets have as many heads of each layer; where a layer has too few there are none, and
   * where there are more than are asked for so many are drawn.
   */
  @Test
  void alikeSetsHaveAsManyHeadsOfEachLayer() {
    List<HeadId> heads = IntStream.range(0, 12).mapToObj(h -> new HeadId(h / 6, h % 6)).toList();
    List<HeadId> as = List.of(new HeadId(0, 9), new HeadId(1, 8), new HeadId(1, 9));
    List<List<HeadId>> all = ControlSets.alike(heads, as, 100, Rng.of(1));
    assertThat(all).hasSize(6 * 15).doesNotHaveDuplicates();
    assertThat(all)
        .allSatisfy(set -> {
          assertThat(set).hasSize(3).doesNotHaveDuplicates();
          assertThat(set).filteredOn(head -> head.layer() == 0).hasSize(1);
        });
    List<List<HeadId>> drawn = ControlSets.alike(heads, as, 50, Rng.of(1));
    assertThat(drawn).hasSize(50).doesNotHaveDuplicates().isSubsetOf(all);
    assertThat(ControlSets.alike(heads, as, 50, Rng.of(1))).isEqualTo(drawn);
    assertThat(ControlSets.alike(heads, as.subList(1, 3), 50, Rng.of(1))).hasSize(15);
    assertThat(ControlSets.alike(heads.subList(0, 7), as, 50, Rng.of(1))).isEmpty();
    assertThat(ControlSets.alike(heads, List.of(), 50, Rng.of(1))).isEmpty();
  }
}
