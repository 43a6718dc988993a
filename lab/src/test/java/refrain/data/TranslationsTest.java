package refrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TranslationsTest {
  private static final Translations SPEC = new Translations(11, 4, 3, 0);

  /** From the second pair on the translation is certain, so the best predictor loses nothing. */
  @Test
  void everyPairIsOneWordInTheTwoLanguagesOfItsSample() {
    Map<String, Set<Integer>> met = new HashMap<>();
    for (int[] x : SPEC.open().next(Rng.of(1), 3000, 15).tokens()) {
      assertThat(Arrays.stream(x).distinct()).hasSize(16);
      int from = x[0] / 11;
      int to = x[1] / 11;
      assertThat(from).isNotEqualTo(to);
      for (int t = 0; t < 16; t += 2) {
        assertThat(x[t] / 11).isEqualTo(from);
        assertThat(x[t + 1]).isEqualTo(SPEC.token(x[t] % 11, to));
        met.computeIfAbsent(from + " " + to, k -> new HashSet<>()).add(x[t] % 11);
      }
    }
    assertThat(met).hasSize(12);
    met.forEach((between, words) -> {
      boolean held = between.equals("0 1") || between.equals("1 0");
      assertThat(words).as(between).hasSize(held ? 8 : 11);
      assertThat(words.contains(8)).as(between).isNotEqualTo(held);
    });
  }

  @Test
  void aShareRepeatsRandomTokens() {
    int repeats = 0;
    for (int[] x : new Translations(11, 4, 3, .4).open().next(Rng.of(2), 2000, 15).tokens()) {
      repeats += Arrays.stream(x).distinct().count() < 16 ? 1 : 0;
    }
    assertThat(repeats / 2000.0).isCloseTo(.4, within(.035));
  }

  @Test
  void refusesWhatItCannotDraw() {
    assertThatThrownBy(() -> SPEC.open().next(Rng.of(1), 1, 16))
        .hasMessage(
            "translations: context must be at most 15 (each word comes once, unseen ones left"
                + " out), found 16");
    assertThatThrownBy(() -> new Translations(11, 2, 3, 0))
        .hasMessage("data translations: languages must be an integer from 3 to 64, found 2");
  }
}
