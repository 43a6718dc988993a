package refrain.analysis.given;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.analysis.instrument.IclReading;
import refrain.data.BigramRestarts;
import refrain.data.Rng;
import refrain.intervene.Template;
import refrain.probe.IclIndices;

/** What the places of interventions tell of the next token. */
class PlacesCopyistTest {
  private static final int[][] SEEN = sequences(1);
  private static final int[][] JUDGED = sequences(2);

  private static int[][] sequences(long seed) {
    return new BigramRestarts(128, 0.5, 0.75, 16, 12345)
        .open()
        .next(Rng.of(seed).split("sequences"), 1024, 64)
        .tokens();
  }

  private static double icl(Template template, Rng elsewhere) {
    float[][] losses =
        new PlacesCopyist(List.of(template), elsewhere).fit(SEEN, 128).losses(JUDGED);
    return IclReading.of(losses, IclIndices.R0).icl();
  }

  /**
   * Three quarters of the sequences repeat themselves. What follows the match is right there but
   * for chance matches, so between half of their 4.8 nats and all of them can be had.
   */
  @Test
  void thePlacesOfInductionGiveMostOfWhatIsToBeLearnedInContext() {
    assertThat(icl(Template.INDUCTION, null)).isBetween(-3.6, -2.4);
    assertThat(icl(Template.TWO_TOKEN_INDUCTION, null)).isLessThan(-1.5);
  }

  @Test
  void placesThatDoNotDependOnTheTokensGiveNothing() {
    assertThat(icl(Template.PREVIOUS_TOKEN, null)).isCloseTo(0, within(.1));
    assertThat(icl(Template.SINK, null)).isCloseTo(0, within(.1));
  }

  @Test
  void asManyOtherPlacesGiveLittle() {
    assertThat(icl(Template.INDUCTION, Rng.of(3))).isBetween(-.3, .1);
  }

  /**
   * One place, which is right in every sequence: the weight of copying is nearly (n + .5) / (n +
   * 1), and where there is no place a token costs its frequency.
   */
  @Test
  void whatIsCertainCostsNothingAndWhatHasNoPlaceItsFrequency() {
    int n = 200;
    int[][] same = new int[n][];
    for (int s = 0; s < n; s++) {
      int a = s % 4;
      same[s] = new int[] {a, 4 + a, a, 4 + a};
    }
    float[][] losses =
        new PlacesCopyist(List.of(Template.INDUCTION), null).fit(same, 8).losses(same);
    double trust = (n + .5) / (n + 1);
    assertThat((double) losses[0][2]).isCloseTo(-Math.log(trust + (1 - trust) / 8), within(1e-3));
    assertThat((double) losses[0][0]).isCloseTo(Math.log(8), within(1e-4));
  }
}
