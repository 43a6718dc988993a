package refrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import refrain.base.RefrainException;

/** Templates against their definition, and the best predictor of the next token. */
class TemplatesTest {
  private static final Templates PURE = new Templates(13, 3, 0, false);

  /**
   * P(next | tokens before), by who knows the categories and the law of periods and nothing else.
   */
  private static double best(Templates e, int context, int[] x, int t, int next) {
    int period = period(e, x, t);
    if (period > 0) {
      boolean follows = e.category(next) == e.category(x[t % period]);
      return follows ? 1.0 / e.members() : 0;
    }
    // All t categories so far are different, so the period is t or more.
    int least = context / 4;
    int most = context / 2;
    double comesBack = t < least ? 0 : 1.0 / (most - t + 1);
    boolean came = Arrays.stream(x, 0, t).anyMatch(token -> e.category(token) == e.category(next));
    double ofCategory =
        !came
            ? (1 - comesBack) / (e.categories() - t)
            : e.category(next) == e.category(x[0]) ? comesBack : 0;
    return ofCategory / e.members();
  }

  /** After how many of the first t tokens their categories began again; 0: they did not. */
  private static int period(Templates e, int[] x, int t) {
    for (int k = 1; k < t; k++) {
      if (e.category(x[k]) == e.category(x[0])) {
        return k;
      }
    }
    return 0;
  }

  @Test
  void theBestPredictorLosesTheMembersOnceTheTemplateHasComeBack() {
    int[] x = {0, 3, 6, 2, 5, 8};
    assertThat(best(PURE, 10, x, 0, 38)).isCloseTo(1 / 39.0, within(1e-12));
    assertThat(best(PURE, 10, x, 1, 3)).isCloseTo(1 / 36.0, within(1e-12));
    // Periods are from 2 to 5: the third token begins again with probability 1/4.
    assertThat(best(PURE, 10, x, 2, 1)).isCloseTo(1 / 12.0, within(1e-12));
    assertThat(best(PURE, 10, x, 2, 4)).isZero();
    assertThat(best(PURE, 10, x, 2, 9)).isCloseTo(.75 / 33, within(1e-12));
    assertThat(best(PURE, 10, x, 4, 3)).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(best(PURE, 10, x, 4, 6)).isZero();
  }

  /**
   * Its probabilities are a law, and its loss is what the language's own law says, ln 3 behind p.
   */
  @Test
  void theBestPredictorIsCalibrated() {
    int context = 11;
    Map<Long, int[]> bins = new HashMap<>();
    for (int[] x : PURE.open().next(Rng.of(2), 900, context).tokens()) {
      for (int t = 0; t <= context; t++) {
        double all = 0;
        for (int next = 0; next < 39; next++) {
          double p = best(PURE, context, x, t, next);
          all += p;
          int[] bin = bins.computeIfAbsent(Math.round(1e6 * p), any -> new int[2]);
          bin[0]++;
          bin[1] += x[t] == next ? 1 : 0;
        }
        assertThat(all).isCloseTo(1, within(1e-9));
      }
    }
    assertThat(bins.keySet()).contains(0L, 333333L, 25641L);
    bins.forEach((p, bin) -> {
      double share = bin[1] / (double) bin[0];
      double error = Math.sqrt(p / 1e6 * (1 - p / 1e6) / bin[0]);
      assertThat(share)
          .as("%s of %s", p / 1e6, bin[0])
          .isCloseTo(p / 1e6, within(4.5 * error + 1e-6));
    });
  }

  @Test
  void otherTokensAreOfTheSameCategory() {
    Rng rng = Rng.of(3);
    for (int token = 0; token < 39; token++) {
      Set<Integer> others = new HashSet<>();
      for (int i = 0; i < 60; i++) {
        int other = PURE.other(token, rng);
        assertThat(other / 3).isEqualTo(token / 3);
        others.add(other);
      }
      assertThat(others).hasSize(2).doesNotContain(token);
    }
  }

  /** In a sample places of the template keep to three tokens; which, is another matter in each. */
  @Test
  void aShuffledLanguageHasTemplatesOfNoLastingCategories() {
    Templates shuffled = new Templates(6, 3, 0, true);
    Set<Set<Integer>> met = new HashSet<>();
    int[] together = new int[2];
    for (int[] x : shuffled.open().next(Rng.of(4), 4000, 11).tokens()) {
      for (int a = 0; a < 12; a++) {
        for (int b = 0; b < a; b++) {
          together[x[a] / 3 == x[b] / 3 ? 1 : 0] += x[a] == x[b] ? 0 : 1;
        }
      }
      met.add(Set.copyOf(new HashSet<>(Arrays.asList(x[0], x[1]))));
    }
    // Of two different tokens of 18 two in 17 are of one category.
    double share = together[1] / (double) (together[0] + together[1]);
    assertThat(share).isCloseTo(2 / 17.0, within(.01));
    assertThat(met).hasSizeGreaterThan(140);
  }

  @Test
  void aShareRepeatsRandomTokens() {
    Templates e = new Templates(20, 3, .3, false);
    int literal = 0;
    for (int[] x : e.open().next(Rng.of(5), 2000, 24).tokens()) {
      literal +=
          IntStream.rangeClosed(6, 12)
                  .anyMatch(p -> IntStream.range(p, 25).allMatch(t -> x[t] == x[t - p]))
              ? 1
              : 0;
    }
    assertThat(literal / 2000.0).isCloseTo(.3, within(.03));
    assertThat(e.entropy()).isCloseTo(Math.log(60), within(1e-12));
    assertThat(e.open().distances(24)).contains(new Distances(6, 12));
    assertThat(PURE.open().distances(24)).isEmpty();
  }

  @Test
  void refusesWhatItCannotDraw() {
    assertThatThrownBy(() -> PURE.open().next(Rng.of(1), 1, 28))
        .isInstanceOf(RefrainException.class)
        .hasMessageStartingWith("templates: context must be at most 27");
    assertThatThrownBy(() -> new Templates(4, 1, 0, false))
        .hasMessage("data templates: members must be an integer from 2 to 256, found 1");
  }
}
