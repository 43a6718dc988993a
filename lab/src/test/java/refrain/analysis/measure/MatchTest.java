package refrain.analysis.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import refrain.analysis.instrument.ModelState;
import refrain.model.FusedTransformer;
import refrain.model.HandBuilt;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.model.Parameters;
import refrain.model.Smear;

/** Verdicts on heads of which it is known what they do. */
class MatchTest {
  private static final int VOCAB = 32;

  /** Of blocks of 7 to 14 tokens. */
  private static final int CONTEXT = 29;

  private static Map<HeadId, Match> matches(Parameters parameters) {
    try (FusedTransformer engine = new FusedTransformer(parameters.spec(), 1)) {
      return Match.of(ModelState.of(engine, parameters), List.of(), 1, 64);
    }
  }

  private static Match of(Parameters parameters, HeadId head) {
    return matches(parameters).get(head);
  }

  @Test
  void aPerfectInductionHeadIsFoundAndNoOther() {
    Map<HeadId, Match> found = matches(HandBuilt.induction(VOCAB, CONTEXT));
    assertThat(found).hasSize(4);
    found.forEach((head, match) ->
        assertThat(match.verdict())
            .as(head.toString())
            .isEqualTo(head.equals(new HeadId(1, 0)) ? Verdict.INDUCTION : Verdict.NONE));
    Match match = found.get(new HeadId(1, 0));
    // Without a match it attends uniformly; i positions back that is 1 / (i + 1) a place.
    assertThat(match.score()).isCloseTo(1, within(1e-6));
    assertThat(match.without()).isBetween(.03, .15);
    assertThat(match.difference()).isCloseTo(match.score() - match.without(), within(1e-12));
    assertThat(match.p()).isLessThan(1e-12);
  }

  /** On the paper's blocks of 25 it looks at what followed the last occurrence, and scores high. */
  @Test
  void aHeadThatLooksAFixedDistanceBackScoresHighAndIsNone() {
    Match match = of(HandBuilt.lookingBack(24, 104, 100), new HeadId(0, 0));
    assertThat(match.score()).isCloseTo(1, within(1e-6));
    assertThat(match.without()).isCloseTo(1, within(1e-6));
    assertThat(match.difference()).isZero();
    assertThat(match.verdict()).isEqualTo(Verdict.NONE);
  }

  @Test
  void oneLayerWithSmearedKeysHasItsHeadAndWithPlainKeysNone() {
    HeadId head = new HeadId(0, 0);
    assertThat(of(HandBuilt.matching(true, VOCAB, CONTEXT), head).verdict())
        .isEqualTo(Verdict.INDUCTION);
    assertThat(of(HandBuilt.matching(false, VOCAB, CONTEXT), head).verdict())
        .isEqualTo(Verdict.NONE);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2})
  void untrainedModelsHaveNone(long seed) {
    ModelSpec two = ModelSpec.attentionOnly(2, 64, 4, 64, 128);
    ModelSpec smeared = two.with(m -> m.smear = Smear.from(Smear.From.PREVIOUS));
    for (ModelSpec spec : List.of(two, smeared)) {
      assertThat(matches(Parameters.init(spec, seed)).values())
          .allSatisfy(match -> assertThat(match.verdict()).isEqualTo(Verdict.NONE));
    }
  }

  @Test
  void aVocabularyTooSmallForSequencesWithoutRepeatsIsSaid() {
    Parameters three = HandBuilt.uniform(3, CONTEXT);
    try (FusedTransformer engine = new FusedTransformer(three.spec(), 1)) {
      ModelState model = ModelState.of(engine, three);
      assertThat(Match.impossible(model))
          .contains(
              "no verdicts: sequences with a match and without need 4 positions of different"
                  + " tokens; this model has 3");
      assertThat(Match.of(model, List.of(), 1, 64)).isEmpty();
    }
  }
}
