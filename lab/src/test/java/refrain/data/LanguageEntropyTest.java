package refrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LanguageEntropyTest {
  static Stream<DataSpec> withoutPreferences() {
    return Stream.of(
        new BigramRestarts(12, 0, .75, 4, 1),
        new RelabelledBigrams(12, 0, 0, 0, .75, 4, 1),
        new BigramTriggers(12, 3, 0, 1),
        new Families(3, 2, 2, 0, .5, .75, .5, .3, 4, 1),
        new TrigramLanguage(12, 0, 1),
        new Iid(12, 0),
        new RepeatedTokens(12),
        new RandomOffsetCopy(12, 4, 5),
        new KHop(12, 2, .5, true));
  }

  @ParameterizedTest
  @MethodSource("withoutPreferences")
  void twelveEquallyLikelyTokensHaveTheLogarithmOfTwelve(DataSpec language) {
    assertThat(language.entropy()).isCloseTo(Math.log(12), within(1e-12));
  }

  /** Of two tokens the stationary distribution is (q, p) / (p + q), p and q leaving each. */
  @Test
  void aTableOfTwoTokensHasAClosedForm() {
    BigramRestarts language = new BigramRestarts(2, 1.5, .75, 4, 3);
    double p = language.table().probability(0, 1);
    double q = language.table().probability(1, 0);
    double exact = (q * binary(p) + p * binary(q)) / (p + q);
    assertThat(language.entropy()).isCloseTo(exact, within(1e-12));
  }

  private static double binary(double p) {
    return -p * Math.log(p) - (1 - p) * Math.log(1 - p);
  }

  /** E[-2 U ln U] = 1/2 for U uniform. */
  @Test
  void rowsOfTwoUniformStatesHaveHalfANat() {
    assertThat(new MarkovChains(2, 1).entropy()).isCloseTo(.5, within(1e-12));
  }

  /** The mean of - ln P over a long walk; three standard errors are about .02. */
  @Test
  void aTrigramLanguageLosesItsEntropyInTheLongRun() {
    TrigramLanguage language = new TrigramLanguage(6, 1.5, 4);
    double[][] rows = language.probabilities();
    int[] x = language.open().next(Rng.of(1), 1, 20_000).tokens()[0];
    double sum = 0;
    for (int t = 1000; t < x.length; t++) {
      sum -= Math.log(rows[x[t - 2] * 6 + x[t - 1]][x[t]]);
    }
    assertThat(language.entropy()).isCloseTo(sum / (x.length - 1000), within(.03));
    assertThat(language.entropy()).isLessThan(Math.log(6));
  }

  @Test
  void textHasNoTablesToDrawFrom() {
    assertThat(new WordPairs(48, 8, .25).entropy()).isNaN();
  }
}
