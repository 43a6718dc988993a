package refrain.analysis.ablation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import refrain.analysis.Findings;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.ModelState;
import refrain.data.Batch;
import refrain.model.HandBuilt;
import refrain.model.Parameters;
import refrain.model.ReferenceTransformer;
import refrain.probe.IclIndices;

/**
 * Models made by hand of four heads a layer, of which the first of layer 1 share all of in-context
 * learning: what each number says of them is known.
 */
class AtTheEndTest {
  private static final int VOCAB = 13;
  private static final int CONTEXT = 20;
  private static final int HEADS = 4;

  /** One head does all of the work; half of them do; three of four do. */
  private static final Findings ONE = found(1);

  private static final Findings TWO = found(2);
  private static final Findings THREE = found(3);

  private static Findings found(int sharing) {
    Parameters p = HandBuilt.induction(HEADS, sharing, VOCAB, CONTEXT);
    ModelState model = ModelState.of(new ReferenceTransformer(p.spec()), p);
    // Heads that match score .9, .8 and so on, the others .05, .04 and so on.
    Heads heads =
        Heads.of(
            p.spec(),
            h -> (h.layer() == 1 && h.head() < sharing ? .9 : .05) - .01 * h.head(),
            Double.NaN);
    return AblationAnalysis.atTheEnd(
        heads,
        model,
        AblationTest.repeated(9).tokens(),
        new IclIndices(3, 17, 1),
        batch -> learned(model, batch),
        true);
  }

  /** What the model learned since it knew nothing: its losses less log V. */
  private static float[][] learned(ModelState model, Batch batch) {
    float[][] change = model.losses(batch, List.of());
    for (float[] sequence : change) {
      for (int t = 0; t < sequence.length; t++) {
        sequence[t] -= (float) Math.log(VOCAB);
      }
    }
    return change;
  }

  private static void is(Findings found, String name, double value) {
    assertThat(found.value(name)).as(name).isCloseTo(value, within(1e-6));
  }

  private static void isNone(Findings found, String... names) {
    assertThat(names).allSatisfy(name -> assertThat(found.value(name)).as(name).isNaN());
  }

  @Test
  void theSetIsComparedWithAsManyHeadsOfItsLayer() {
    is(ONE, "ablation.layer.share", 1 / 4.0);
    is(TWO, "ablation.layer.share", 1 / 2.0);
    for (Findings found : new Findings[] {ONE, TWO}) {
      is(found, "ablation.comparable", 1);
      for (Ablation zero : new Ablation[] {Ablation.PRESERVING_ZERO, Ablation.FULL_ZERO}) {
        is(found, "ablation.set." + zero.key(), 1);
        is(found, "ablation.layer." + zero.key(), 1);
      }
      for (Ablation method : Ablation.values()) {
        // The layer below is left: with it full ablations would take what induction heads read.
        is(found, "ablation.random." + method.key(), 0);
        is(found, "ablation.random." + method.key() + ".error", 0);
        assertThat(found.value("ablation.set." + method.key())).isGreaterThan(.8);
      }
      is(found, "ablation.agree", 1);
    }
  }

  @Test
  void attributionOfTheSetUndoesWhatItBrought() {
    is(TWO, "ablation.set.attribution", -1);
    is(TWO, "ablation.set.attribution.error", 0);
    is(TWO, "ablation.random.attribution", 0);
    is(TWO, "ablation.layer.attribution", -1);
    // Where the model copies it knows the token; before, it took a wrong one for right.
    assertThat(TWO.value("ablation.set.late")).isCloseTo(Math.log(VOCAB), within(1e-4));
    assertThat(TWO.value("ablation.set.early")).isNegative();
    is(THREE, "ablation.layer.attribution", -1);
  }

  /** Taken for the induction set, other heads remove nothing, and the others what the set does. */
  @Test
  void theLabelMovedToOtherHeadsOfTheLayerTellsTheOpposite() {
    is(TWO, "ablation.other.preserving.zero", 0);
    is(TWO, "ablation.other.random.preserving.zero", 1);
    is(TWO, "ablation.other.attribution", 0);
    // One of the three heads that are left is the induction head.
    is(ONE, "ablation.other.preserving.zero", 0);
    is(ONE, "ablation.other.random.preserving.zero", 1 / 3.0);
  }

  @Test
  void whereMoreThanHalfOfALayerMatchesTheSetHasNoValue() {
    is(THREE, "ablation.layer.share", 3 / 4.0);
    is(THREE, "ablation.comparable", 0);
    is(THREE, "ablation.layer.preserving.zero", 1);
    isNone(
        THREE,
        "ablation.set.preserving.zero",
        "ablation.random.preserving.zero",
        "ablation.agree",
        "ablation.set.attribution",
        "ablation.random.attribution",
        "ablation.other.preserving.zero",
        "ablation.dose.area",
        "ablation.dose.half.score");
    assertThat(THREE.series("ablation.dose.score")).hasSize(HEADS + 1);
  }

  @Test
  void aHeadThatDoesAllTheWorkIsMissedAlone() {
    is(ONE, "ablation.alone.L1H0", 1);
    is(ONE, "ablation.alone.error.L1H0", 0);
    is(ONE, "ablation.alone.L1H3", 0);
    // Patterns kept, the head that it reads is not missed.
    is(ONE, "ablation.alone.L0H0", 0);
    is(ONE, "ablation.score.L1H0", .9);
    is(ONE, "ablation.alone.least", 1);
    is(ONE, "ablation.others.most", 0);
    is(ONE, "ablation.others.helped", 1);
    is(ONE, "ablation.set.helped", 0);
    assertThat(ONE.value("ablation.rank")).isGreaterThan(.7);
  }

  /** Two heads that write half of the answer each: either alone still tells it, less loudly. */
  @Test
  void headsThatStandInForEachOtherMatchAndAreNotMissedAlone() {
    assertThat(TWO.value("ablation.alone.most")).isLessThan(.45);
    is(TWO, "ablation.alone.least", TWO.value("ablation.alone.most"));
    is(TWO, "ablation.set.preserving.zero", 1);
  }

  @Test
  void theDoseByScoreIsComparedWithRandomOrdersOfTheLayer() {
    assertThat(ONE.series("ablation.dose.heads")).containsExactly(0, 1, 2, 3, 4);
    assertThat(ONE.series("ablation.dose.score"))
        .containsExactly(new double[] {1, 0, 0, 0, 0}, within(1e-6));
    is(ONE, "ablation.dose.area", 1);
    is(ONE, "ablation.dose.half.score", .5);
    // Of a random order the head stands anywhere: three quarters, a half and a quarter are left.
    double[] random = ONE.series("ablation.dose.random");
    assertThat(random).containsExactly(new double[] {1, .75, .5, .25, 0}, within(.2));
    assertThat(ONE.series("ablation.dose.random.low")[1]).isCloseTo(0, within(1e-6));
    assertThat(ONE.series("ablation.dose.random.high")[3]).isCloseTo(1, within(1e-6));
    is(ONE, "ablation.dose.half.random", 2 + (random[2] - .5) / (random[2] - random[3]));
    assertThat(ONE.value("ablation.dose.other")).isBetween(-2.0, 1.0);

    double[] score = TWO.series("ablation.dose.score");
    double[] mean = TWO.series("ablation.dose.random");
    double byScore = IntStream.range(1, HEADS).mapToDouble(i -> score[i]).sum();
    double atRandom = IntStream.range(1, HEADS).mapToDouble(i -> mean[i]).sum();
    is(TWO, "ablation.dose.area", 1 - byScore / atRandom);
    is(TWO, "ablation.dose.half.score", 1 + (score[1] - .5) / score[1]);
  }
}
