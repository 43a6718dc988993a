package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import refrain.intervene.Intervention;
import refrain.intervene.Template;
import refrain.model.HeadId;

/**
 * What places tell: a head that is pushed to the successor of a match is told, and so is one that
 * is kept from it; one that is pushed to the match itself is not.
 */
class LeakCheckTest {
  /** All heads of layer 1, as referee's pilot had it. */
  private static final List<HeadId> HEADS =
      IntStream.range(0, 4).mapToObj(h -> new HeadId(1, h)).toList();

  private static RunSpec spec(Intervention... interventions) {
    return Presets.get("r0-2l")
        .with(
            s -> s.steps = 150,
            s -> s.batch = 16,
            s -> s.context = 49,
            s -> s.interventions = List.of(interventions));
  }

  private static LeakCheck check(Intervention... interventions) {
    RunSpec spec = spec(interventions);
    return LeakCheck.of(spec, spec.openData(), 1);
  }

  @Test
  void aBiasTowardsTheSuccessorOfAMatchTellsEachOfTheTwoModels() {
    LeakCheck found = check(new Intervention.AttentionBias(HEADS, Template.INDUCTION, 3));
    assertThat(found.oneLayer()).isGreaterThan(1);
    assertThat(found.nothingElse()).isGreaterThan(1);
    assertThat(found.passes()).isFalse();
    assertThat(found.words()).contains("after 150 steps", "(at most 0.1 expected): an oracle");
  }

  /**
   * The hole that such a bias leaves shows beside the mix that has none; to learn it takes longer.
   */
  @Test
  void soDoesABiasAwayFromIt() {
    RunSpec spec =
        Presets.get("r0-2l")
            .with(
                s -> s.steps = 380,
                s ->
                    s.interventions =
                        List.of(new Intervention.AttentionBias(HEADS, Template.INDUCTION, -30)));
    LeakCheck found = LeakCheck.of(spec, spec.openData(), 2);
    assertThat(found.oneLayer()).isLessThan(LeakCheck.MOST);
    assertThat(found.nothingElse()).isGreaterThan(1);
    assertThat(found.passes()).isFalse();
  }

  @Test
  void thePlaceOfTheMatchItselfTellsNothing() {
    RunSpec spec = spec(new Intervention.ClampPattern(HEADS, Template.DUPLICATE_TOKEN, 1));
    LeakCheck found = LeakCheck.of(spec, spec.openData(), 1);
    assertThat(found.oneLayer()).isLessThan(LeakCheck.MOST);
    assertThat(found.nothingElse()).isLessThan(LeakCheck.MOST);
    assertThat(found.words()).endsWith(": no oracle");
    assertThat(LeakCheck.oracles(spec, null)).isEqualTo("clamp to DUPLICATE_TOKEN");
    assertThat(LeakCheck.oracles(spec, found)).isEmpty();
  }

  /** Threads change no bit of it. */
  @Test
  void itIsTheSameAgain() {
    Intervention bias = new Intervention.AttentionBias(HEADS, Template.INDUCTION, 3);
    RunSpec spec = spec(bias).with(s -> s.steps = 7);
    assertThat(LeakCheck.of(spec, spec.openData(), 2))
        .isEqualTo(LeakCheck.of(spec, spec.openData(), 1));
  }
}
