package refrain.train.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import refrain.model.Layout;
import refrain.model.ModelSpec;
import refrain.train.Presets;
import refrain.train.RunSpec;

class BenchShapeTest {
  /** Counts the multiplications of one sequence by walking through its products. */
  static List<BenchShape> shapes() {
    List<BenchShape> shapes = new ArrayList<>(BenchShape.NAMED);
    shapes.addAll(BenchShape.random(7, 5));
    return shapes;
  }

  @ParameterizedTest
  @MethodSource("shapes")
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

  @Test
  void lettersHaveTheSameTokensAndLearnedPositions() {
    for (BenchShape shape : List.of(BenchShape.T, BenchShape.S, BenchShape.M)) {
      assertThat(shape.tokens()).isEqualTo(4096);
      assertThat(Layout.of(shape.model()).has("pos_embed.W_pos")).isTrue();
    }
  }

  @Test
  void theOthersAreThePresetsThatTheyAreCalledAfter() {
    RunSpec r0 = Presets.get("r0-2l");
    assertThat(BenchShape.R0.model()).isEqualTo(r0.model());
    assertThat(BenchShape.R0.batch()).isEqualTo(r0.batch());
    RunSpec code = Presets.get("code-2l");
    assertThat(BenchShape.CODE.model()).isEqualTo(code.model());
    assertThat(BenchShape.CODE.tokens()).isEqualTo(code.batch() * code.context());
  }

  @Test
  void randomShapesAreAFunctionOfTheSeed() {
    List<BenchShape> shapes = BenchShape.random(3, 50);
    assertThat(BenchShape.random(3, 50)).isEqualTo(shapes);
    assertThat(BenchShape.random(3, 4)).isEqualTo(shapes.subList(0, 4));
    assertThat(BenchShape.random(4, 50)).doesNotContainAnyElementsOf(shapes);
    for (BenchShape shape : shapes) {
      assertThat(shape.model().dModel()).isBetween(40, 320);
      assertThat(shape.model().dModel()).isEqualTo(shape.model().nHeads() * shape.model().dHead());
      assertThat(shape.context()).isBetween(40, 300);
      assertThat(shape.vocabulary()).isBetween(40, 5_000);
      assertThat(shape.tokens()).isBetween(3_900, 4_300);
    }
    assertThat(shapes).anyMatch(s -> s.model().dModel() % 2 == 1);
    assertThat(shapes).anyMatch(s -> s.model().dHead() % 4 != 0 && s.vocabulary() % 16 != 0);
  }

  /** By hand: the logarithms of the ratios of d_model, d_head, context and vocabulary. */
  @Test
  void theNearestNamedShapeIsFoundByRatios() {
    for (BenchShape shape : BenchShape.NAMED) {
      BenchShape expected = shape.equals(BenchShape.CODE) ? BenchShape.S : shape;
      assertThat(shape.nearestNamed()).isEqualTo(expected);
    }
    // d_model 90, d_head 30, context 256, vocabulary 300. To S: 2 ln(128/90)^2 + ln(32/30)^2 +
    // ln(512/300)^2 = .248 + .004 + .286 = .54; to T: .232 + .004 + ln(2)^2 + ln(300/64)^2 = 3.1.
    ModelSpec model = ModelSpec.attentionOnly(2, 90, 3, 256, 300);
    assertThat(new BenchShape("x", model, 16).nearestNamed()).isEqualTo(BenchShape.S);
    // As far from S as from M in d_model (181), a little nearer to M in the vocabulary (1,500).
    model = ModelSpec.attentionOnly(2, 181, 1, 256, 1_500);
    assertThat(new BenchShape("x", model, 16).nearestNamed()).isEqualTo(BenchShape.M);
    model = ModelSpec.attentionOnly(2, 160, 1, 256, 1_500);
    assertThat(new BenchShape("x", model, 16).nearestNamed()).isEqualTo(BenchShape.S);
  }
}
