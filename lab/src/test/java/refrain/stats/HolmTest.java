package refrain.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HolmTest {
  /**
   * Of four: .01 at .05 / 4, .013 at .05 / 3, .04 not at .05 / 2, and then the last at that too.
   */
  @Test
  void fromTheFirstThatDoesNotPassOnAllAreJudgedAtItsLevel() {
    assertThat(Holm.levels(new double[] {0.04, 0.01, 0.045, 0.013}, 0.05))
        .containsExactly(0.025, 0.0125, 0.025, 0.05 / 3);
    assertThat(Holm.levels(new double[] {0.02, 0.9}, 0.05)).containsExactly(0.025, 0.05);
    assertThat(Holm.levels(new double[] {0.03, 0.04}, 0.05)).containsExactly(0.025, 0.025);
    assertThat(Holm.levels(new double[] {Double.NaN, 0.001}, 0.05)).containsExactly(0.05, 0.025);
    assertThat(Holm.levels(new double[0], 0.05)).isEmpty();
    assertThatThrownBy(() -> Holm.levels(new double[] {1.2}, 0.05))
        .hasMessage("Holm's tests: expected p-values from 0 to 1, found 1.2; compute it again");
  }

  /** Of 12 true hypotheses at least one is rejected in a twentieth of families. */
  @Test
  void aFamilyErrsAtItsLevel() {
    SplittableRandom random = new SplittableRandom(8);
    int families = 0;
    for (int i = 0; i < 4000; i++) {
      double[] p = random.doubles(12).toArray();
      double[] levels = Holm.levels(p, 0.05);
      boolean any = false;
      for (int k = 0; k < 12; k++) {
        any |= p[k] <= levels[k];
      }
      families += any ? 1 : 0;
    }
    assertThat(families / 4000.0).isBetween(0.04, 0.06);
  }
}
