package refrain.analysis.ngrams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.Writes;
import refrain.analysis.instrument.Writes.Part;
import refrain.data.Batch;
import refrain.data.BigramRestarts;
import refrain.data.BigramTable;
import refrain.data.RelabelledBigrams;
import refrain.data.Rng;
import refrain.model.Activation;
import refrain.model.HandBuilt;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.model.Norm;
import refrain.model.Parameter;
import refrain.model.Parameters;
import refrain.model.ReferenceTransformer;

class NgramHomeTest {
  private static final RelabelledBigrams LANGUAGE = new RelabelledBigrams(7, 1.5, 1, 0, .75, 6, 3);

  /**
   * One layer whose logits are ln P(b | a), a share of it through the embedding and the rest
   * through a head that attends to its own token; its other head writes nothing.
   */
  private static Parameters table(double direct) {
    int v = LANGUAGE.vocab();
    ModelSpec spec =
        ModelSpec.attentionOnly(1, 2 * v, 2, 13, v)
            .with(m -> m.dHead = 13, m -> m.norm = Norm.NONE, m -> m.finalNorm = false);
    Parameters p = Parameters.zeros(spec);
    BigramTable table = LANGUAGE.table();
    for (int a = 0; a < v; a++) {
      set(p, "embed.W_E", 1, a, a);
      set(p, "blocks.0.attn.W_V", 1, 0, a, a);
      set(p, "blocks.0.attn.W_O", 1, 0, a, v + a);
      for (int b = 0; b < v; b++) {
        double log = Math.log(table.probability(a, b));
        set(p, "unembed.W_U", direct * log, a, b);
        set(p, "unembed.W_U", (1 - direct) * log, v + a, b);
      }
    }
    return p;
  }

  private static void set(Parameters p, String name, double value, int... index) {
    Parameter at = p.layout().get(name);
    int offset = at.offset();
    for (int axis = 0; axis < index.length; axis++) {
      offset += index[axis] * at.strides()[axis];
    }
    p.arena()[offset] = (float) value;
  }

  private static ModelState model(Parameters p) {
    return ModelState.of(new ReferenceTransformer(p.spec()), p);
  }

  @Test
  void aTableInTheDirectPathIsFoundThereAndNowhereElse() {
    TableHome home = new TableHome(model(table(1)), LANGUAGE, Part.of(List.of(new HeadId(0, 1))));
    assertThat(home.carriers()).containsExactly(Part.DIRECT);
    Map<String, Double> found = home.findings().values();
    assertThat(found.get("home.kl")).isCloseTo(0, within(1e-6));
    assertThat(found.get("home.known")).isCloseTo(1, within(1e-6));
    assertThat(found.get("home.known.relabelled")).isNegative();
    assertThat(found.get("home.direct.kept")).isCloseTo(1, within(1e-6));
    assertThat(found.get("home.direct.lost")).isCloseTo(1, within(1e-6));
    assertThat(found.get("home.matching.lost")).isCloseTo(0, within(1e-6));
    assertThat(found.get("home.matching.kept")).isCloseTo(0, within(1e-6));
    assertThat(found.get("home.lost.L0H0")).isCloseTo(0, within(1e-6));
    assertThat(found.get("home.mlps.lost")).isNaN();
    assertThat(found.get("home.carriers")).isEqualTo(1);
    assertThat(found.get("home.parts")).isEqualTo(3);
    assertThat(found.get("home.random.kept")).isCloseTo(0, within(1e-6));
  }

  /** Uniform over the positions so far, so that the head knows the table of many tokens at once. */
  @Test
  void whatAHeadHoldsIsNotCountedForTheDirectPath() {
    Map<String, Double> found =
        new TableHome(model(table(.6)), LANGUAGE, List.of()).findings().values();
    assertThat(found.get("home.direct.lost")).isGreaterThan(.5);
    assertThat(found.get("home.lost.L0H0")).isNotCloseTo(0, within(1e-3));
    assertThat(found.get("home.lost.L0H1")).isCloseTo(0, within(1e-6));
    assertThat(found.get("home.matching.kept")).isNaN();
  }

  /** Shares are of the table alone: a head that copies its own token has none of it. */
  @Test
  void sharesAddUpAndWhatIsNoTableHasNone() {
    Parameters p = table(1);
    for (int a = 0; a < 7; a++) {
      set(p, "blocks.0.attn.W_O", 0, 0, a, 7 + a);
      set(p, "blocks.0.attn.W_V", 1, 1, a, a);
    }
    List<Part> matching = Part.of(List.of(new HeadId(0, 1)));
    Map<String, Double> found = TableShares.of(model(p), LANGUAGE, matching).values();
    assertThat(found.get("home.fit")).isCloseTo(1, within(1e-6));
    assertThat(found.get("home.share.direct")).isCloseTo(1, within(1e-6));
    assertThat(found.get("home.share.matching")).isCloseTo(0, within(1e-6));
    assertThat(found.get("home.share.named")).isCloseTo(1, within(1e-6));
    assertThat(found.get("home.share.mlps")).isNaN();
    Map<String, Double> both = TableShares.of(model(table(.6)), LANGUAGE, matching).values();
    assertThat(both.get("home.share.direct") + both.get("home.share.L0H0"))
        .isCloseTo(1, within(1e-9));
    assertThat(both.get("home.share.direct")).isBetween(.4, .95);
    assertThat(both.get("home.share.random")).isLessThan(.9);
  }

  @Test
  void aModelWithoutATableHasNoCarriers() {
    ModelState uniform = model(HandBuilt.uniform(7, 13));
    TableHome home = new TableHome(uniform, LANGUAGE, List.of());
    assertThat(home.carriers()).isEmpty();
    assertThat(home.findings().values().get("home.known")).isCloseTo(0, within(1e-6));
    assertThat(home.findings().values().get("home.direct.kept")).isNaN();
  }

  /** In a relabelled sequence the table is read under its names. */
  @Test
  void divergenceIsReadUnderTheNamesOfTheSequence() {
    RelabelledBigrams each = new RelabelledBigrams(7, 1.5, 0, 0, .75, 6, 3);
    KnownWalks walks = KnownWalks.of(each, Rng.of(1), 4);
    float[][] logits = new float[4][walks.batch().context() * 7];
    for (int s = 0; s < 4; s++) {
      double[][] p = RelabelledBigrams.relabelled(each.table(), walks.names()[s]);
      for (int t = 0; t < walks.batch().context(); t++) {
        for (int b = 0; b < 7; b++) {
          logits[s][t * 7 + b] = (float) Math.log(p[walks.batch().tokens()[s][t]][b]);
        }
      }
    }
    assertThat(walks.divergence(logits)).isCloseTo(0, within(1e-6));
    assertThat(walks.misnamed(Rng.of(2)).divergence(logits)).isGreaterThan(.3);
    assertThat(KnownWalks.language(new BigramRestarts(7, 1.5, .75, 6, 3))).contains(LANGUAGE);
  }

  /** Copying runs through L1H0's write; the direct path of that model writes no logit. */
  @Test
  void copyingStaysWithoutTheDirectPathAndGoesWithTheMatchingHead() {
    RelabelledBigrams language = new RelabelledBigrams(12, 0, 1, 0, .75, 6, 3);
    ModelState copies = model(HandBuilt.induction(12, 13));
    List<Part> matching = Part.of(List.of(new HeadId(1, 0)));
    TableHome home = new TableHome(copies, language, matching);
    Map<String, Double> found =
        new CopyingWithoutTable(copies, language, 13, matching, home).findings().values();
    assertThat(found.get("home.copy.gain")).isGreaterThan(1);
    assertThat(found.get("home.copy.left.direct")).isCloseTo(1, within(1e-6));
    assertThat(found.get("home.copy.left.matching")).isCloseTo(0, within(.05));
    assertThat(found.get("home.copy.left.carriers")).isNaN();
  }

  /** Of 5 targets behind eight tokens: what stood in the window before, and in training how. */
  @Test
  void targetsOfTextArePartedByWhatTrainingHad() {
    int[] x = {1, 2, 0, 0, 0, 0, 0, 0, 1, 2, 1, 2, 3, 3};
    float[][] intact = {new float[13]};
    float[][] without = {new float[13]};
    for (int t = 0; t < 13; t++) {
      without[0][t] = t;
    }
    // Behind 1: 2 at t = 8 (before it 0) and t = 10 (before it 2); 1 behind 2 at t = 9 is new.
    Map<String, Double> none =
        TextGrams.of(4, List.of(new int[] {3, 3, 3}), new int[][] {x}, intact, without).values();
    assertThat(none.get("home.text.repeated")).isEqualTo((8 + 10) / 2.0);
    assertThat(none.get("home.text.fresh")).isEqualTo((9 + 11 + 12) / 3.0);
    assertThat(none.get("home.text.unseen")).isEqualTo(9);
    assertThat(none.get("home.text.seen")).isNaN();
    assertThat(none.get("home.text.share")).isEqualTo(1);
    // 0 1 2 as a trigram; 0 . 1 2 as a skip-trigram, which t = 10 has too (x[7] = 0, three back).
    Map<String, Double> some =
        TextGrams.of(
                4,
                List.of(new int[] {0, 1, 2}, new int[] {0, 3, 3, 1, 2}),
                new int[][] {x},
                intact,
                without)
            .values();
    assertThat(some.get("home.text.seen")).isEqualTo(8);
    assertThat(some.get("home.text.unseen")).isNaN();
    assertThat(some.get("home.text.share")).isEqualTo(0);
  }

  @Test
  void rareBlocksTakeTheLeastLikelySuccessors() {
    BigramTable table = LANGUAGE.table();
    for (int[] x : TwiceSequences.rare(table, 2, Rng.of(1), 5, 13).batch().tokens()) {
      for (int t = 1; t < 7; t++) {
        int a = x[t - 1];
        int b = x[t];
        long below =
            IntStream.range(0, 7)
                .filter(c -> table.probability(a, c) < table.probability(a, b))
                .count();
        assertThat(below).isLessThan(2);
      }
      assertThat(Arrays.copyOfRange(x, 7, 14)).isEqualTo(Arrays.copyOf(x, 7));
    }
  }

  /** All parts with their means leave what is the same in every sequence, whatever the model. */
  @Test
  void writesSumToTheStream() {
    for (boolean mlp : new boolean[] {false, true}) {
      ModelSpec spec =
          ModelSpec.attentionOnly(2, 12, 3, 9, 8)
              .with(m -> m.dMlp = mlp ? 10 : 0, m -> m.activation = Activation.GELU);
      Parameters p = Parameters.init(spec, 3);
      ModelState model = model(p);
      Batch batch = new BigramRestarts(8, 1, .75, 3, 1).open().next(Rng.of(2), 6, 9);
      Writes writes = new Writes(model, batch);
      float[][] none = writes.logits(Part.all(spec));
      for (float[] sequence : none) {
        for (int i = 0; i < sequence.length; i++) {
          assertThat(sequence[i]).isCloseTo(none[0][i], within(1e-5f));
        }
      }
      assertThat(writes.logits(List.of())[0]).isNotEqualTo(none[0]);
      float[][] plain = model.losses(batch, List.of());
      assertThat(writes.losses(List.of())).isDeepEqualTo(plain);
      // A head of the last layer, or the last MLP, writes to the logits alone.
      if (!mlp) {
        float[][] whole =
            model.losses(batch, Ablation.FULL_MEAN.of(List.of(new HeadId(1, 2)), spec));
        float[][] write = writes.losses(List.of(Part.of(new HeadId(1, 2))));
        for (int s = 0; s < whole.length; s++) {
          for (int t = 0; t < whole[s].length; t++) {
            assertThat(write[s][t]).isCloseTo(whole[s][t], within(1e-5f));
          }
        }
      }
      assertThat(Part.all(spec)).hasSize(mlp ? 9 : 7);
    }
  }
}
