package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.InputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;
import refrain.base.RefrainException;
import refrain.train.OptimizerSpec.Decay;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AdamWTest {
  private static final OptimizerSpec GOLDEN =
      new OptimizerSpec(3e-2, 0.9, 0.98, 1e-8, 0.1, 1.0, 5, Decay.CONSTANT, 0);

  @Test
  void agreesWithPyTorchOverTwelveClippedAndUnclippedSteps() throws Exception {
    JsonNode golden;
    try (InputStream in = AdamWTest.class.getResourceAsStream("adamw_golden.json")) {
      golden = new JsonMapper().readTree(in);
    }
    int n = 7;
    float[] theta = new float[n];
    for (int i = 0; i < n; i++) {
      theta[i] = (float) Math.cos(i);
    }
    AdamW adam = new AdamW(GOLDEN, n, 1);
    for (int t = 0; t < golden.get("steps").size(); t++) {
      double scale = t % 3 == 0 ? 3.0 : 0.1;
      float[] gradient = new float[n];
      for (int i = 0; i < n; i++) {
        gradient[i] = (float) (scale * Math.sin(1.7 * i + 0.9 * t));
      }
      double norm = adam.step(theta, gradient, GOLDEN.rateAt(t, 12));
      JsonNode row = golden.get("steps").get(t);
      assertThat(norm).isCloseTo(row.get("norm").asDouble(), within(1e-6));
      for (int i = 0; i < n; i++) {
        assertThat((double) theta[i])
            .as("step %d parameter %d", t, i)
            .isCloseTo(row.get("theta").get(i).asDouble(), within(2e-6));
      }
    }
  }

  /** With a constant gradient both corrected moments are exact, so each step is rate * sign(g). */
  @Test
  void aConstantGradientMovesEachParameterByTheRate() {
    OptimizerSpec spec = new OptimizerSpec(0.01, 0.9, 0.98, 1e-12, 0, 0, 0, Decay.CONSTANT, 0);
    AdamW adam = new AdamW(spec, 3, 1);
    float[] theta = {1, 1, 1};
    for (int t = 0; t < 10; t++) {
      adam.step(theta, new float[] {5, -0.001f, 0}, spec.rateAt(t, 10));
    }
    assertThat(theta[0]).isCloseTo(0.9f, within(1e-5f));
    assertThat(theta[1]).isCloseTo(1.1f, within(1e-5f));
    assertThat(theta[2]).isEqualTo(1f);
  }

  /** Without a gradient only the decay acts: theta (1 - rate decay)^t. */
  @Test
  void weightDecayIsDecoupledFromTheGradient() {
    OptimizerSpec spec = new OptimizerSpec(0.1, 0.9, 0.98, 1e-8, 0.5, 1, 0, Decay.CONSTANT, 0);
    AdamW adam = new AdamW(spec, 1, 1);
    float[] theta = {2};
    for (int t = 0; t < 4; t++) {
      adam.step(theta, new float[] {0}, 0.1);
    }
    assertThat((double) theta[0]).isCloseTo(2 * Math.pow(0.95, 4), within(1e-6));
  }

  @Test
  void anyNumberOfThreadsGivesTheSameBits() {
    int n = 300_001;
    float[] one = random(n, 1);
    float[] many = one.clone();
    AdamW alone = new AdamW(GOLDEN, n, 1);
    AdamW shared = new AdamW(GOLDEN, n, 4);
    for (int t = 0; t < 3; t++) {
      float[] gradient = random(n, 10 + t);
      assertThat(shared.step(many, gradient, 1e-3)).isEqualTo(alone.step(one, gradient, 1e-3));
    }
    assertThat(many).isEqualTo(one);
    assertThat(shared.second()).isEqualTo(alone.second());
  }

  @Test
  void momentsNeverBecomeDenormal() {
    AdamW adam = new AdamW(OptimizerSpec.defaults(), 1, 1);
    float[] theta = {0};
    adam.step(theta, new float[] {1e-3f}, 1e-3);
    for (int t = 0; t < 6_000; t++) {
      adam.step(theta, new float[] {0}, 1e-3);
      for (float moment : new float[] {adam.first()[0], adam.second()[0]}) {
        assertThat(moment == 0 || moment >= Float.MIN_NORMAL).as("step %d", t).isTrue();
      }
    }
    assertThat(adam.first()[0]).isLessThan(1e-35f);
    assertThat(adam.second()[0]).isLessThan(1e-35f);
  }

  @Test
  void aGradientThatIsNotFiniteStopsBeforeAnythingChanges() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      AdamW adam = new AdamW(OptimizerSpec.defaults(), 2, 1);
      float[] theta = {1, 2};
      assertThatThrownBy(() -> adam.step(theta, new float[] {0, bad}, 1e-3))
          .isInstanceOfSatisfying(
              RefrainException.class,
              e -> assertThat(e.kind()).isEqualTo(RefrainException.Kind.DIVERGED))
          .hasMessageContaining("not finite");
      assertThat(theta).containsExactly(1, 2);
      assertThat(adam.updates()).isZero();
    }
  }

  @Test
  void ratesFollowTheirSchedule() {
    OptimizerSpec constant = OptimizerSpec.defaults();
    assertThat(constant.rateAt(0, 1000)).isCloseTo(3e-5, within(1e-12));
    assertThat(constant.rateAt(49, 1000)).isCloseTo(1.5e-3, within(1e-12));
    assertThat(constant.rateAt(99, 1000)).isEqualTo(3e-3);
    assertThat(constant.rateAt(999, 1000)).isEqualTo(3e-3);

    OptimizerSpec cosine = constant.withSchedule(10, Decay.COSINE, 0.1);
    assertThat(cosine.rateAt(10, 111)).isCloseTo(3e-3, within(1e-12));
    assertThat(cosine.rateAt(60, 111)).isCloseTo(3e-3 * 0.55, within(1e-12));
    assertThat(cosine.rateAt(110, 111)).isCloseTo(3e-4, within(1e-12));

    OptimizerSpec linear = constant.withSchedule(0, Decay.LINEAR, 0);
    assertThat(linear.rateAt(0, 101)).isEqualTo(3e-3);
    assertThat(linear.rateAt(25, 101)).isCloseTo(3e-3 * 0.75, within(1e-12));
    assertThat(linear.rateAt(100, 101)).isZero();
  }

  @Test
  void settingsOutOfRangeAreNamed() {
    assertThatThrownBy(() -> OptimizerSpec.defaults().withRate(-1))
        .hasMessage("optimizer: rate is -1, expected a finite number above 0");
    assertThatThrownBy(() -> OptimizerSpec.defaults().withRate(Double.NaN))
        .hasMessageContaining("optimizer: rate is NaN");
  }

  private static float[] random(int n, long seed) {
    Random random = new Random(seed);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }
}
