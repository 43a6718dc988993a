package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import refrain.model.Layout;
import refrain.model.ModelSpec;

class BenchShapeTest {
  /** Counts the multiplications of one sequence by walking through its products. */
  @ParameterizedTest
  @EnumSource
  void operationsAreThoseOfTheProducts(BenchShape shape) {
    ModelSpec m = shape.model();
    long forward = 0;
    for (int t = 0; t < shape.context(); t++) {
      for (int layer = 0; layer < m.nLayers(); layer++) {
        forward += 4L * m.dModel() * m.nHeads() * m.dHead();
        for (int source = 0; source <= t; source++) {
          forward += 2L * m.nHeads() * m.dHead();
        }
      }
      forward += (long) m.dModel() * m.dVocab();
    }
    // An addition with each multiplication; twice as much on the way back.
    assertThat(shape.flops())
        .isCloseTo(2.0 * 3 * forward * shape.batch(), within(shape.flops() * 1e-12));
  }

  @ParameterizedTest
  @EnumSource
  void everyShapeHasTheSameTokensAndLearnedPositions(BenchShape shape) {
    assertThat(shape.tokens()).isEqualTo(4096);
    assertThat(Layout.of(shape.model()).has("pos_embed.W_pos")).isTrue();
  }
}
