package refrain.intervene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static refrain.intervene.Laboratory.BATCH;
import static refrain.intervene.Laboratory.HEAD;
import static refrain.intervene.Laboratory.plan;
import static refrain.intervene.Laboratory.record;

import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.intervene.Intervention.OffsetBias;
import refrain.model.HookKind;
import refrain.model.HookPoint;

class OffsetBiasTest {
  private static final int T = 5;

  /** One head's pattern in the first sequence, [T, T]. */
  private static float[] pattern(Intervention... list) {
    float[] all = record(plan(list), BATCH).get(HookPoint.of(HookKind.PATTERN, HEAD.layer()))[0];
    return java.util.Arrays.copyOfRange(all, HEAD.head() * T * T, (HEAD.head() + 1) * T * T);
  }

  @Test
  void aForbiddenOffsetGetsNothingAndTheOthersKeepTheirShares() {
    float[] plain = pattern();
    float[] without = pattern(new OffsetBias(List.of(HEAD), 1, 2, OffsetBias.FORBIDDEN));
    for (int i = 0; i < T; i++) {
      float left = 0;
      for (int j = 0; j <= i; j++) {
        boolean forbidden = i - j == 1 || i - j == 2;
        left += forbidden ? 0 : plain[i * T + j];
        assertThat(without[i * T + j] == 0).as(i + " to " + j).isEqualTo(forbidden);
      }
      for (int j = 0; j <= i; j++) {
        if (without[i * T + j] != 0) {
          assertThat(without[i * T + j])
              .isCloseTo(plain[i * T + j] / left, org.assertj.core.api.Assertions.within(1e-6f));
        }
      }
    }
  }

  @Test
  void aWindowIsABiasOfAllThatLiesFurtherBack() {
    float[] window = pattern(new OffsetBias(List.of(HEAD), 2, null, OffsetBias.FORBIDDEN));
    for (int i = 0; i < T; i++) {
      for (int j = 0; j <= i; j++) {
        assertThat(window[i * T + j] > 0).as(i + " to " + j).isEqualTo(i - j < 2);
      }
    }
    assertThat(new OffsetBias(List.of(HEAD), 0, 1, .5).bias(3))
        .containsExactly(.5f, 0, 0, .5f, .5f, 0, 0, .5f, .5f);
  }

  @Test
  void refusesWhatLiesAhead() {
    assertThatThrownBy(() -> new OffsetBias(List.of(HEAD), -1, 2, 1))
        .hasMessage("offset-bias: least is -1, expected 0 positions back or more");
    assertThatThrownBy(() -> new OffsetBias(List.of(HEAD), 3, 2, 1))
        .hasMessage("offset-bias: most is 2, expected least = 3 positions back or more");
    assertThatThrownBy(() -> new OffsetBias(List.of(), 3, 2, 1))
        .hasMessage("offset-bias: heads is empty, expected at least one");
  }
}
