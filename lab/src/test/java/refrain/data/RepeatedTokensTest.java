package refrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import refrain.store.Json;

class RepeatedTokensTest {
  @Test
  void tilesAPeriodOfDistinctTokens() {
    for (int context : new int[] {4, 48, 51}) {
      int[] periods = new int[context + 1];
      for (int[] x :
          Json.defaults(RepeatedTokens.class)
              .open()
              .next(Rng.of(context), 3000, context)
              .tokens()) {
        int p = 1;
        while (x[p] != x[0]) {
          p++;
        }
        assertThat(Arrays.stream(x).limit(p).distinct().count()).isEqualTo(p);
        for (int t = p; t <= context; t++) {
          assertThat(x[t]).isEqualTo(x[t - p]);
        }
        periods[p]++;
      }
      for (int p = 0; p <= context; p++) {
        assertThat(periods[p] > 0)
            .as("period %d of %d", p, context)
            .isEqualTo(p >= context / 4 && p <= context / 2);
      }
    }
  }

  @Test
  void refusesAContextThatTheVocabularyCannotFill() {
    assertThatThrownBy(() -> new RepeatedTokens(10).open().next(Rng.of(0), 1, 22))
        .hasMessage(
            "repeated-tokens: context must be at most 21 (a period of up to half of it has no"
                + " repeats), found 22");
    assertThat(new RepeatedTokens(10).open().next(Rng.of(0), 50, 21).size()).isEqualTo(50);
  }
}
