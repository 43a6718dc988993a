package refrain.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import refrain.data.Batch;

class ReferenceTransformerTest {
  static List<Variants.Variant> models() {
    return Variants.models();
  }

  /** Every place of the model is shown, in the documented shape, and the stream adds up. */
  @ParameterizedTest
  @MethodSource("models")
  void showsEveryPlace(Variants.Variant variant) {
    ModelSpec s = variant.spec();
    int t = variant.context();
    Batch batch = variant.batch();
    for (Map<HookPoint, ReferenceView> seen :
        Recorder.record(variant.parameters(), batch, variant.plan())) {
      assertThat(seen.keySet()).containsExactlyInAnyOrderElementsOf(HookPoint.all(s));
      seen.forEach((point, view) ->
          assertThat(view.shape())
              .as(point.name())
              .containsExactly(
                  switch (point.kind()) {
                    case LN1_SCALE, LN2_SCALE, FINAL_SCALE -> new int[] {t};
                    case Q, ROT_Q, Z -> new int[] {t, s.nHeads(), s.dHead()};
                    case K, V, ROT_K -> new int[] {t, s.nKvHeads(), s.dHead()};
                    case ATTN_SCORES, PATTERN -> new int[] {s.nHeads(), t, t};
                    case RESULT -> new int[] {t, s.nHeads(), s.dModel()};
                    case MLP_PRE, MLP_POST -> new int[] {t, s.dMlp()};
                    case LOGITS -> new int[] {t, s.dVocab()};
                    default -> new int[] {t, s.dModel()};
                  }));
      for (int l = 0; l < s.nLayers(); l++) {
        ReferenceView pre = seen.get(HookPoint.of(HookKind.RESID_PRE, l));
        ReferenceView attn = seen.get(HookPoint.of(HookKind.ATTN_OUT, l));
        ReferenceView mlp = seen.get(HookPoint.of(HookKind.MLP_OUT, l));
        ReferenceView post = seen.get(HookPoint.of(HookKind.RESID_POST, l));
        for (int i = 0; i < post.values().length; i++) {
          double sum = pre.values()[i] + attn.values()[i] + (mlp == null ? 0 : mlp.values()[i]);
          assertThat(post.values()[i]).isCloseTo(sum, within(1e-12));
        }
        assertPattern(seen.get(HookPoint.of(HookKind.PATTERN, l)), s.nHeads(), t);
      }
    }
  }

  private static void assertPattern(ReferenceView pattern, int heads, int context) {
    for (int h = 0; h < heads; h++) {
      for (int i = 0; i < context; i++) {
        double sum = 0;
        for (int j = 0; j < context; j++) {
          sum += Recorder.at(pattern, h, i, j);
          assertThat(j <= i || Recorder.at(pattern, h, i, j) == 0).isTrue();
        }
        assertThat(sum).isCloseTo(1, within(1e-12));
      }
    }
  }

  /** What comes later changes nothing before it, under every variant and plan. */
  @ParameterizedTest
  @MethodSource("models")
  void isCausal(Variants.Variant variant) {
    int[][] tokens = variant.batch().tokens();
    int[][] other = Arrays.stream(tokens).map(int[]::clone).toArray(int[][]::new);
    int last = variant.context() - 1;
    other[0][last] = (other[0][last] + 1) % variant.spec().dVocab();
    double[][] a = losses(variant, Batch.of(tokens));
    double[][] b = losses(variant, Batch.of(other));
    for (int t = 0; t + 1 < last; t++) {
      assertThat(b[0][t]).isEqualTo(a[0][t]);
    }
    assertThat(b[0][last]).isNotEqualTo(a[0][last]);
  }

  private static double[][] losses(Variants.Variant variant, Batch batch) {
    double[] arena = ReferenceTransformer.toDouble(variant.parameters().arena());
    return new ReferenceTransformer(variant.spec()).losses(arena, batch, Plan.NONE, Observer.NONE);
  }

  /** Rotary and ALiBi scores depend on the distance only: shift all positions, nothing changes. */
  @Test
  void rotationKeepsScoresThatAreEquallyFarApart() {
    ModelSpec spec =
        ModelSpec.attentionOnly(1, 8, 1, 8, 5)
            .with(m -> m.positions = new Positions.Rotary(100, 6));
    double[][] q = new double[8][8];
    double[][] k = new double[8][8];
    for (int t = 0; t < 8; t++) {
      for (int i = 0; i < 8; i++) {
        q[t][i] = Math.sin(i + 1);
        k[t][i] = Math.cos(3 * i);
      }
    }
    ReferencePositions.rotate(spec, q, 1);
    ReferencePositions.rotate(spec, k, 1);
    for (int t = 3; t < 8; t++) {
      assertThat(dot(q[t], k[t - 3])).isCloseTo(dot(q[3], k[0]), within(1e-12));
    }
    assertThat(dot(q[4], k[0])).isNotCloseTo(dot(q[3], k[0]), within(1e-3));
    // Features 0 and 3 pair and turn by the angle t.
    assertThat(q[1][0])
        .isCloseTo(Math.sin(1) * Math.cos(1) - Math.sin(4) * Math.sin(1), within(1e-12));
    assertThat(q[1][7]).isEqualTo(Math.sin(8));
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @Test
  void alibiSlopesHalveAsPublishedForEightHeads() {
    ModelSpec spec =
        ModelSpec.attentionOnly(1, 8, 8, 8, 5).with(m -> m.positions = new Positions.Alibi());
    for (int h = 0; h < 8; h++) {
      assertThat(ReferencePositions.alibi(spec, h, 5, 3)).isEqualTo(-2 * Math.pow(2, -h - 1));
    }
  }

  /** Values of the four non-linearities at 1, from their definitions. */
  @Test
  void nonLinearities() {
    assertThat(ReferenceMlp.value(Activation.RELU, 1)).isEqualTo(1);
    assertThat(ReferenceMlp.value(Activation.GELU, 1)).isCloseTo(0.8413447460685429, within(1e-15));
    assertThat(ReferenceMlp.value(Activation.GELU_TANH, 1)).isCloseTo(0.841192, within(1e-6));
    assertThat(ReferenceMlp.value(Activation.SWIGLU, 1))
        .isCloseTo(0.7310585786300049, within(1e-15));
    assertThat(ReferenceMlp.value(Activation.GELU, -40)).isZero();
  }
}
