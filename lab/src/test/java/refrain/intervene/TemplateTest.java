package refrain.intervene;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TemplateTest {
  /** 0 followed by 1, by itself, by 2; and 1 followed by 0. */
  private static final int[] TOKENS = {0, 1, 0, 0, 2, 0};

  @Test
  void inductionAttendsBehindEarlierOccurrences() {
    float[] p = Template.INDUCTION.pattern(TOKENS, 6);
    assertThat(row(p, 0)).containsExactly(1, 0, 0, 0, 0, 0);
    assertThat(row(p, 1)).containsExactly(1, 0, 0, 0, 0, 0);
    assertThat(row(p, 2)).containsExactly(0, 1, 0, 0, 0, 0);
    // 0 at 3: behind 0 stands 1 at 1; the 0 at 2 is followed by itself.
    assertThat(row(p, 3)).containsExactly(0, 1, 0, 0, 0, 0);
    assertThat(row(p, 5)).containsExactly(0, .5f, 0, 0, .5f, 0);
    float[] targets = Template.INDUCTION.targets(TOKENS, 6);
    assertThat(row(targets, 1)).containsOnly(0);
    assertThat(row(targets, 5)).containsExactly(0, 1, 0, 0, 1, 0);
  }

  @Test
  void twoTokenInductionAsksForTheTokenBeforeToo() {
    int[] tokens = {1, 2, 3, 0, 2, 1, 2, 4};
    float[] p = Template.TWO_TOKEN_INDUCTION.targets(tokens, 7);
    // 2 at 6 stands behind 1 as at 1, not as at 4.
    assertThat(java.util.Arrays.copyOfRange(p, 42, 49)).containsExactly(0, 0, 1, 0, 0, 0, 0);
    assertThat(java.util.Arrays.copyOfRange(p, 28, 35)).containsOnly(0);
    assertThat(Template.TWO_TOKEN_INDUCTION.dependsOnTokens()).isTrue();
  }

  @Test
  void staticTemplates() {
    assertThat(row(Template.PREVIOUS_TOKEN.pattern(TOKENS, 6), 4))
        .containsExactly(0, 0, 0, 1, 0, 0);
    assertThat(row(Template.PREVIOUS_TOKEN.pattern(TOKENS, 6), 0))
        .containsExactly(1, 0, 0, 0, 0, 0);
    assertThat(row(Template.TWO_BACK.pattern(TOKENS, 6), 4)).containsExactly(0, 0, 1, 0, 0, 0);
    assertThat(row(Template.TWO_BACK.targets(TOKENS, 6), 1)).containsOnly(0);
    assertThat(row(Template.SINK.pattern(TOKENS, 6), 5)).containsExactly(1, 0, 0, 0, 0, 0);
  }

  private static float[] row(float[] square, int i) {
    return java.util.Arrays.copyOfRange(square, i * 6, i * 6 + 6);
  }
}
