package refrain.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import refrain.base.RefrainException;
import refrain.data.Batch;

class HandBuiltTest {
  private static final HookPoint PATTERN_0 = HookPoint.of(HookKind.PATTERN, 0);
  private static final HookPoint PATTERN_1 = HookPoint.of(HookKind.PATTERN, 1);

  /** A B ... A is followed by B; two earlier successors share the probability. */
  @Test
  void inductionPairCopiesWhatFollowedBefore() {
    Parameters p = HandBuilt.induction(7, 12);
    int[] tokens = {4, 2, 5, 1, 4, 2, 0, 4, 3, 4, 2};
    float[][] losses = losses(p, tokens);
    // Targets at 4 -> 2 (first return of 4), 7 -> 3 (a novelty after 4), 9 -> 2 (2 twice, 3 once).
    assertThat(losses[0][4]).isCloseTo(0, within(1e-6f));
    assertThat(losses[0][7]).isGreaterThan(10);
    // The output is 2/3 of one token, 1/3 of the other, times 20.
    assertThat((double) losses[0][9]).isCloseTo(Math.log1p(Math.exp(-20 / 3.0)), within(1e-5));
  }

  @Test
  void headsAttendAsTheirNamesSay() {
    Parameters p = HandBuilt.induction(7, 12);
    int[] tokens = {4, 2, 5, 1, 4, 2, 0};
    Map<HookPoint, ReferenceView> seen =
        Recorder.record(p, Batch.of(new int[][] {tokens}), Plan.NONE).get(0);
    ReferenceView layer0 = seen.get(PATTERN_0);
    ReferenceView layer1 = seen.get(PATTERN_1);
    for (int i = 1; i < 6; i++) {
      assertThat(Recorder.at(layer0, 0, i, i - 1)).isCloseTo(1, within(1e-9));
      assertThat(Recorder.at(layer0, 1, i, 0)).isCloseTo(1.0 / (i + 1), within(1e-9));
    }
    assertThat(Recorder.at(layer1, 0, 4, 1)).isCloseTo(1, within(1e-9));
    assertThat(Recorder.at(layer1, 0, 5, 2)).isCloseTo(1, within(1e-9));
    // No match, and position 0 left out.
    assertThat(Recorder.at(layer1, 0, 3, 2)).isCloseTo(1.0 / 3, within(1e-9));
    assertThat(Recorder.at(layer1, 0, 3, 0)).isCloseTo(0, within(1e-9));
  }

  @Test
  void copyingHeadRaisesWhatIsInTheContext() {
    Parameters p = HandBuilt.copying(5, 6);
    // At position 1 the context is {3, 0}: the heads add 1/2 - 1/4 to each of their logits.
    float[][] losses = losses(p, 3, 0, 3);
    double sum = 2 * Math.exp(.25) + 3;
    assertThat((double) losses[0][1]).isCloseTo(-Math.log(Math.exp(.25) / sum), within(1e-6));
  }

  @Test
  void uniformHeadPredictsNothing() {
    for (float loss : losses(HandBuilt.uniform(5, 6), 3, 0, 3, 1)[0]) {
      assertThat((double) loss).isCloseTo(Math.log(5), within(1e-6));
    }
  }

  @Test
  void refusesAnEmptyVocabulary() {
    assertThatThrownBy(() -> HandBuilt.uniform(1, 6))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("expected at least 2 of each");
  }

  private static float[][] losses(Parameters p, int... tokens) {
    return new ReferenceTransformer(p.spec())
        .forward(p, Batch.of(new int[][] {tokens}), Plan.NONE, Observer.NONE);
  }
}
