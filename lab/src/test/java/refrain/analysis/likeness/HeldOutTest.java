package refrain.analysis.likeness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import refrain.analysis.Findings;
import refrain.analysis.instrument.ModelState;
import refrain.data.Exemplars;
import refrain.model.HandBuilt;
import refrain.model.Parameter;
import refrain.model.Parameters;
import refrain.model.Transformer;
import refrain.train.EngineKind;
import refrain.train.Engines;

/** Classes without labels among others of that kind, on models whose every head is known. */
class HeldOutTest {
  private static final Exemplars LANGUAGE = new Exemplars(9, 2, 2, 4, 7, 3, 0, .3, .2, false);
  private static final int CONTEXT = 20;
  private static final Distractors CONTEXTS = Distractors.draw(LANGUAGE, CONTEXT, 60);

  @Test
  void threePairsAreOfClassesWithoutLabelsAndTheAnswerIsOneOfThem() {
    assertThat(CONTEXTS.pairs()).isEqualTo(7);
    for (int s = 0; s < 60; s++) {
      int[] x = CONTEXTS.of(Distractors.Asked.SAME)[s];
      int[] classes = IntStream.range(0, 7).map(k -> x[2 * k] / 4).toArray();
      assertThat(Arrays.stream(classes).distinct().count()).isEqualTo(7);
      assertThat(Arrays.stream(classes).filter(c -> c >= 5).count()).isEqualTo(3);
      assertThat(Arrays.stream(CONTEXTS.labels(s)).distinct().count()).isEqualTo(7);
      int[] rivals = CONTEXTS.rivals()[s];
      assertThat(Arrays.stream(rivals)).allMatch(k -> classes[k] >= 5);
      int star = 2 * rivals[CONTEXTS.answer(s)];
      assertThat(CONTEXTS.rivalLabels(s)[CONTEXTS.answer(s)]).isEqualTo(x[star + 1]);
      int same = x[14];
      int alike = CONTEXTS.of(Distractors.Asked.CLASS)[s][14];
      int none = CONTEXTS.of(Distractors.Asked.NONE)[s][14];
      assertThat(same).isEqualTo(x[star]);
      assertThat(alike / 4).isEqualTo(same / 4);
      assertThat(alike).isNotEqualTo(same);
      assertThat(none / 4).isGreaterThanOrEqualTo(5);
      assertThat(Arrays.stream(classes)).noneMatch(c -> c == none / 4);
    }
  }

  private static Findings findings(Parameters p) {
    try (Transformer engine = Engines.create(EngineKind.FUSED, p.spec(), 1)) {
      return HeldOutAnalysis.of(CONTEXTS, ModelState.of(engine, p));
    }
  }

  private static Parameters oneEmbedding(int tokens) {
    Parameters p = HandBuilt.induction(4, 2, LANGUAGE.vocab(), CONTEXT);
    Parameter rows = p.layout().get("embed.W_E");
    int d = p.spec().dModel();
    for (int token = 20; token < LANGUAGE.label(0); token++) {
      for (int i = 0; i < d; i++) {
        p.arena()[rows.at(token * d + i)] = p.arena()[rows.at(token / tokens * tokens * d + i)];
      }
    }
    return p;
  }

  @Test
  void aLiteralHeadMatchesTheSameAndOneOverEmbeddingsOfClassesMatchesClasses() {
    Findings literal = findings(oneEmbedding(1));
    assertThat(literal.value("heldout.gain.same")).isCloseTo(Math.log(3), within(1e-4));
    assertThat(literal.value("heldout.gain.class")).isCloseTo(0, within(1e-4));
    assertThat(literal.value("heldout.share.class")).isCloseTo(3 / 7.0, within(1e-4));
    Findings classes = findings(oneEmbedding(4));
    assertThat(classes.value("heldout.gain.class")).isCloseTo(Math.log(3), within(1e-4));
    assertThat(classes.value("heldout.choice.class")).isEqualTo(1);
    assertThat(classes.value("heldout.gain.none")).isCloseTo(0, within(1e-4));
  }

  /** Who matches a class for having no label takes one of three: the share is 1, the gain 0. */
  @Test
  void matchingAllClassesWithoutLabelsGainsNothing() {
    Findings f = findings(oneEmbedding(20));
    for (Distractors.Asked asked : Distractors.Asked.values()) {
      assertThat(f.value("heldout.share." + asked.slug())).isCloseTo(1, within(.01));
      assertThat(f.value("heldout.gain." + asked.slug())).isCloseTo(0, within(.01));
    }
  }
}
