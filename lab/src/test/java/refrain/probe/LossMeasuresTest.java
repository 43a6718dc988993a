package refrain.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import refrain.base.RefrainException;
import refrain.model.HandBuilt;

class LossMeasuresTest {

  @Test
  void iclIsLateMinusEarly() {
    double[] curve = new double[512];
    curve[50] = 3;
    curve[500] = 2.5;
    assertThat(new IclScore(IclIndices.PAPER, 512).of(curve)).isEqualTo(-.5);
    double[] r0 = new double[64];
    Arrays.fill(r0, 5, 8, 4);
    Arrays.fill(r0, 61, 64, 1.5);
    assertThat(new IclScore(IclIndices.R0, 64).of(r0)).isEqualTo(-2.5);
    assertThat(new IclScore(IclIndices.R0, 64).definition().formula())
        .contains("indices 61..63 minus 5..7 of a context of 64");
  }

  @Test
  void lateWindowMovesInwards() {
    double[] code = new double[256];
    Arrays.fill(code, 247, 256, 2);
    Arrays.fill(code, 21, 30, 3);
    assertThat(new IclScore(IclIndices.CODE, 256).of(code)).isEqualTo(-1);
  }

  @Test
  void indicesScaleToShorterContexts() {
    assertThat(IclIndices.forContext(64)).isEqualTo(IclIndices.R0);
    assertThat(IclIndices.forContext(256)).isEqualTo(new IclIndices(25, 250, 4));
    assertThat(IclIndices.forContext(2048)).isEqualTo(IclIndices.PAPER);
    assertThat(IclIndices.forContext(9)).isEqualTo(new IclIndices(0, 8, 0));
  }

  @Test
  void refusesIndicesOutsideTheContext() {
    assertThatThrownBy(() -> new IclScore(IclIndices.PAPER, 64).of(new double[64]))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining(
            "ICL indices 50 and 500 with 1 neighbours do not fit a context of 64");
    assertThatThrownBy(() -> new IclIndices(5, 5, 0))
        .hasMessageContaining("expected 0 <= early < late");
  }

  @Test
  void slopeIsExactForALogarithmicLoss() {
    double[] curve = new double[37];
    for (int t = 0; t < curve.length; t++) {
      curve[t] = 4 - .7 * Math.log(t + 1);
    }
    assertThat(LossByIndex.slope(curve)).hasSize(37);
    for (double slope : LossByIndex.slope(curve)) {
      assertThat(slope).isEqualTo(-.7, within(1e-12));
    }
  }

  @Test
  void losesAreReducedInBothWays() {
    float[][] losses = {{1, 2, 3}, {5, 6, 7}};
    Readings readings = new Readings(HandBuilt.uniform(3, 3));
    readings.add(Stimulus.EVALUATION, losses);
    Measurements m = new Measurements();
    PerTokenLosses perToken = new PerTokenLosses(9);
    new LossByIndex().report(readings, m);
    perToken.report(readings, m);
    assertThat(m.series().get("loss.byIndex")).containsExactly(3, 4, 5);
    assertThat(m.value("loss")).isEqualTo(4);
    int[] indices = perToken.indices(2, 3);
    assertThat(m.series().get("loss.perExample"))
        .containsExactly(losses[0][indices[0]], losses[1][indices[1]]);
    // The same examples keep their indices when more follow.
    assertThat(Arrays.copyOf(perToken.indices(50, 3), 2)).isEqualTo(indices);
    assertThat(Arrays.stream(perToken.indices(50, 3)).distinct().count()).isEqualTo(3);
  }

  @Test
  void repeatedLossLeavesOutTheUnpredictableSeam() {
    RepeatedSequences sequences = RepeatedSequences.draw(TokenPool.all(20).withStart(3), 1, 2, 9);
    assertThat(sequences.blocks()).containsExactly(2, 4);
    float[][] losses = {{4, 2, 99, 1, 1, 1, 1, 1, 7}, {1, 5, 2, 4, 99, 4, 0, 2, 2}};
    Readings readings = new Readings(HandBuilt.uniform(20, 9));
    readings.add(Stimulus.REPEATED, losses);
    Measurements m = new Measurements();
    new RepeatedLoss(sequences).report(readings, m);
    assertThat(m.value("repeat.first")).isEqualTo(3);
    assertThat(m.value("repeat.again")).isEqualTo(2);
    assertThat(m.value("repeat")).isEqualTo(-1);
  }
}
