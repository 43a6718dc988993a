package refrain.analysis.instrument;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import refrain.probe.IclIndices;

class IclEstimateTest {
  private static final IclIndices INDICES = new IclIndices(0, 2, 0);

  @Test
  void theScoreIsTheMeanOfTheSequencesAndTheErrorIsOfThatMean() {
    float[][] losses = {{5, 4, 2}, {5, 4, 3}, {5, 4, 1}, {5, 4, 2}};
    // Late minus early: -3, -2, -4, -3; standard deviation sqrt(2 / 3).
    IclEstimate icl = IclEstimate.of(losses, INDICES);
    assertThat(icl.score()).isEqualTo(-3);
    assertThat(icl.error()).isCloseTo(Math.sqrt(2.0 / 3) / 2, within(1e-12));
    assertThat(icl.n()).isEqualTo(4);
    assertThat(icl.words()).isEqualTo("-3.00 ± .41");
    assertThat(icl.ascii()).isEqualTo("-3.00 +- .41");
  }

  @Test
  void oneSequenceHasAScoreAndNoError() {
    IclEstimate icl = IclEstimate.of(new float[][] {{3, 2, 1}}, INDICES);
    assertThat(icl.error()).isNaN();
    assertThat(icl.words()).isEqualTo("-2.00");
    assertThat(new IclEstimate(Double.NaN, Double.NaN, 8).words()).isEqualTo("none");
  }
}
