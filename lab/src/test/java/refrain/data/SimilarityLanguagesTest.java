package refrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import refrain.store.Json;

/** Families, the category task and word pairs against their definitions. */
class SimilarityLanguagesTest {
  @Test
  void tokensAreNumberedAsATree() {
    Families f = new Families(5, 3, 2, .5, .5, .75, .5, .3, 16, 1);
    assertThat(f.vocab()).isEqualTo(30);
    assertThat(f.symbol(29)).isEqualTo(14);
    assertThat(f.category(29)).isEqualTo(4);
    Rng rng = Rng.of(1);
    for (int token = 0; token < 30; token++) {
      Set<Integer> forms = new HashSet<>();
      Set<Integer> others = new HashSet<>();
      for (int i = 0; i < 100; i++) {
        forms.add(f.otherForm(token, rng));
        others.add(f.otherSymbol(token, rng));
      }
      assertThat(forms).containsExactly(token % 2 == 0 ? token + 1 : token - 1);
      int t = token;
      assertThat(others)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, 30)
                  .filter(o -> f.category(o) == f.category(t) && f.symbol(o) != f.symbol(t))
                  .boxed()
                  .collect(Collectors.toSet()));
    }
  }

  @Test
  void repeatedTokensChangeAsOftenAsTheLanguageSays() {
    Families f = new Families(8, 3, 2, .5, .5, 1, .5, .3, 5, 1);
    int[] counts = new int[4];
    int n = 0;
    int context = 31;
    for (int[] x : f.open().next(Rng.of(2), 3000, context).tokens()) {
      // The offset is known where all that follows is of the category that it has to be.
      int[] offsets =
          IntStream.range(5, context - 5)
              .filter(r ->
                  IntStream.rangeClosed(r, context)
                      .allMatch(t -> f.category(x[t]) == f.category(x[t % r])))
              .toArray();
      assertThat(offsets).isNotEmpty();
      if (offsets.length == 1) {
        for (int t = offsets[0]; t <= context; t++) {
          int from = x[t % offsets[0]];
          int kind = x[t] == from ? 0 : f.symbol(x[t]) == f.symbol(from) ? 1 : 2;
          counts[kind]++;
          n++;
        }
      }
    }
    assertThat(counts[0] / (double) n).isCloseTo(.5, within(.01));
    assertThat(counts[1] / (double) n).isCloseTo(.3, within(.01));
    assertThat(counts[2] / (double) n).isCloseTo(.2, within(.01));
  }

  @Test
  void theWalkIsABigramLanguageOverSymbolsWithFormsAtRandom() {
    Families f = new Families(4, 2, 2, 1, .5, 0, 1, 0, 1, 3);
    BigramTable table = f.table();
    double[][] counts = new double[8][8];
    double[] rows = new double[8];
    int[] forms = new int[2];
    for (int[] x : f.open().next(Rng.of(3), 2000, 64).tokens()) {
      for (int t = 0; t < 64; t++) {
        counts[f.symbol(x[t])][f.symbol(x[t + 1])]++;
        rows[f.symbol(x[t])]++;
        forms[x[t] % 2]++;
      }
    }
    for (int a = 0; a < 8; a++) {
      for (int b = 0; b < 8; b++) {
        double p = table.probability(a, b);
        assertThat(counts[a][b] / rows[a])
            .isCloseTo(p, within(5 * Math.sqrt(p * (1 - p) / rows[a])));
      }
    }
    assertThat(forms[0] / (double) (forms[0] + forms[1])).isCloseTo(.5, within(.01));
  }

  @Test
  void symbolsOfACategoryShareAsMuchOfTheirRowsAsAsked() {
    for (double shared : new double[] {0, .5, .9}) {
      Families f = new Families(32, 2, 2, .5, shared, .75, .5, .3, 16, 5);
      BigramTable table = f.table();
      double same = 0;
      double other = 0;
      for (int a = 0; a < 64; a += 2) {
        same += correlation(table, a, a + 1) / 32;
        other += correlation(table, a, (a + 2) % 64) / 32;
      }
      // Log weights of two symbols of a category are c sqrt(shared) Z + noise: correlation shared.
      assertThat(same).isCloseTo(shared, within(.05));
      assertThat(other).isCloseTo(0, within(.05));
    }
  }

  private static double correlation(BigramTable table, int a, int b) {
    double[] x = new double[64];
    double[] y = new double[64];
    Arrays.setAll(x, t -> Math.log(table.probability(a, t)));
    Arrays.setAll(y, t -> Math.log(table.probability(b, t)));
    double mx = Arrays.stream(x).average().orElseThrow();
    double my = Arrays.stream(y).average().orElseThrow();
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int t = 0; t < 64; t++) {
      xy += (x[t] - mx) * (y[t] - my);
      xx += (x[t] - mx) * (x[t] - mx);
      yy += (y[t] - my) * (y[t] - my);
    }
    return xy / Math.sqrt(xx * yy);
  }

  @Test
  void familiesRefusesWhatIsNoLanguage() {
    assertThatThrownBy(() -> new Families(16, 4, 2, .5, .5, .75, .8, .3, 16, 1))
        .hasMessage(
            "data families: keep + synonym must be a number from 0.0 to 1.000000001,"
                + " found 1.1");
    assertThatThrownBy(() -> new Families(16, 1, 2, .5, .5, .75, .5, .3, 16, 1))
        .hasMessage("data families: symbols must be an integer from 2 to 64, found 1");
    assertThatThrownBy(() -> Json.defaults(Families.class).open().next(Rng.of(1), 1, 32))
        .hasMessageContaining("context must be at least 33");
  }

  @Test
  void labelsFollowTheirPairOfCategoriesAndNoPairOfWordsComesTwice() {
    CategoryTask task = new CategoryTask(12, true, 0, 0, 0);
    assertThat(task.vocab()).isEqualTo(4 * 12 + 4 + 2);
    Map<String, Integer> mappings = new HashMap<>();
    Batch batch = task.open().next(Rng.of(1), 500, 124);
    for (int s = 0; s < 500; s++) {
      int[] x = batch.tokens()[s];
      Set<Integer> words = new HashSet<>();
      Map<Integer, Integer> labels = new TreeMap<>();
      for (int start = 0; start + 5 <= 125; start += 5) {
        assertThat(x[start]).isBetween(0, 23);
        assertThat(x[start + 1]).isBetween(24, 47);
        assertThat(x[start + 2]).isEqualTo(task.colonToken());
        assertThat(x[start + 3]).isBetween(48, 51);
        assertThat(x[start + 4]).isEqualTo(task.end());
        assertThat(words.add(x[start] * 100 + x[start + 1])).isTrue();
        int pair = (x[start] < 12 ? 0 : 2) + (x[start + 1] < 36 ? 0 : 1);
        assertThat(task.pair(x[start], x[start + 1])).isEqualTo(pair);
        Integer before = labels.put(pair, x[start + 3]);
        assertThat(before == null || before == x[start + 3]).isTrue();
      }
      assertThat(new HashSet<>(labels.values())).hasSameSizeAs(labels.keySet());
      if (labels.size() == 4) {
        mappings.merge(labels.values().toString(), 1, Integer::sum);
      }
      float[] weights = java.util.Objects.requireNonNull(batch.weights())[s];
      for (int t = 0; t < 124; t++) {
        assertThat(weights[t]).isEqualTo(t % 5 == 2 ? 1 : 0);
      }
    }
    assertThat(mappings).hasSize(24);
    assertThat(mappings.values()).allMatch(n -> n > 5 && n < 45);
  }

  @Test
  void withoutAColonTheLabelFollowsTheSecondWord() {
    CategoryTask task = new CategoryTask(12, false, 0, 0, 0);
    Batch batch = task.open().next(Rng.of(1), 50, 63);
    for (int s = 0; s < 50; s++) {
      int[] x = batch.tokens()[s];
      for (int t = 0; t < 64; t++) {
        int[] from = {0, 24, 48, task.end()};
        int[] to = {23, 47, 51, task.end()};
        assertThat(x[t]).isBetween(from[t % 4], to[t % 4]);
      }
      for (int t = 0; t < 63; t++) {
        assertThat(java.util.Objects.requireNonNull(batch.weights())[s][t])
            .isEqualTo(t % 4 == 1 ? 1 : 0);
      }
    }
  }

  @Test
  void easySamplesKeepToOneWordOfEachCategoryAndOneOfTheTwoDecides() {
    CategoryTask task = new CategoryTask(12, true, 1, 0, 0);
    int byFirst = 0;
    for (int[] x : task.open().next(Rng.of(1), 400, 124).tokens()) {
      Map<Integer, Set<Integer>> first = new HashMap<>();
      Map<Integer, Set<Integer>> second = new HashMap<>();
      for (int start = 0; start + 5 <= 125; start += 5) {
        first.computeIfAbsent(x[start], any -> new HashSet<>()).add(x[start + 3]);
        second.computeIfAbsent(x[start + 1], any -> new HashSet<>()).add(x[start + 3]);
      }
      assertThat(first).hasSize(2);
      assertThat(second).hasSize(2);
      assertThat(first.keySet().stream().map(w -> w / 12)).containsExactlyInAnyOrder(0, 1);
      assertThat(second.keySet().stream().map(w -> w / 12)).containsExactlyInAnyOrder(2, 3);
      boolean one = first.values().stream().allMatch(labels -> labels.size() == 1);
      boolean two = second.values().stream().allMatch(labels -> labels.size() == 1);
      assertThat(one ^ two).isTrue();
      byFirst += one ? 1 : 0;
    }
    assertThat(byFirst).isBetween(160, 240);
  }

  @Test
  void listsKeepToACategoryForAboutTenWordsAndCountAtEveryToken() {
    Batch batch = new CategoryTask(12, true, 0, 0, 1).open().next(Rng.of(1), 200, 99);
    int changes = 0;
    for (int s = 0; s < 200; s++) {
      int[] x = batch.tokens()[s];
      for (int t = 0; t < 99; t++) {
        assertThat(x[t]).isBetween(0, 47);
        changes += x[t] / 12 != x[t + 1] / 12 ? 1 : 0;
        assertThat(java.util.Objects.requireNonNull(batch.weights())[s][t]).isOne();
      }
    }
    // A tenth of the time another category is drawn, the same one in a quarter of the draws.
    assertThat(changes / (200 * 99.0)).isBetween(.07, .08);
  }

  @Test
  void categoryTaskRefusesWhatItCannotDraw() {
    assertThatThrownBy(() -> new CategoryTask(12, true, .7, .4, 0))
        .hasMessageContaining("easy + repeats + lists must be a number from 0.0 to 1.0");
    assertThatThrownBy(() -> new CategoryTask(2, true, 0, 0, 0).open().next(Rng.of(1), 1, 64))
        .hasMessageContaining("half of the pairs of words");
  }

  @Test
  void aSampleListsDistinctWordsWithTheirTranslationsIntoOneLanguage() {
    WordPairs spec = new WordPairs(40, 5, 0);
    assertThat(spec.vocab()).isEqualTo(240);
    int[] languages = new int[5];
    for (int[] x : spec.open().next(Rng.of(1), 1000, 63).tokens()) {
      Set<Integer> words = new HashSet<>();
      int language = x[1] / 40 - 1;
      languages[language]++;
      for (int t = 0; t < 64; t += 2) {
        assertThat(x[t]).isBetween(0, 39);
        assertThat(words.add(x[t])).isTrue();
        assertThat(x[t + 1]).isEqualTo((language + 1) * 40 + x[t]);
      }
    }
    assertThat(Arrays.stream(languages).boxed()).allMatch(n -> n > 150 && n < 250);
    assertThatThrownBy(() -> new WordPairs(30, 5, 0).open().next(Rng.of(1), 1, 64))
        .hasMessageContaining("context must be at most 59 (each word comes once)");
    assertThatThrownBy(() -> new WordPairs(65, 5, 0))
        .hasMessage("data word-pairs: words must be an integer from 2 to 64, found 65");
  }

  @Test
  void aShareOfTheSamplesRepeatsRandomTokens() {
    int repeated = 0;
    for (int[] x : new WordPairs(40, 5, .3).open().next(Rng.of(1), 2000, 64).tokens()) {
      repeated +=
          IntStream.rangeClosed(16, 32)
                  .anyMatch(p -> IntStream.rangeClosed(p, 64).allMatch(t -> x[t] == x[t - p]))
              ? 1
              : 0;
    }
    assertThat(repeated / 2000.0).isCloseTo(.3, within(.04));
  }

  @Test
  void namesOfCountriesAreThoseThatWereShipped() throws Exception {
    CountryNames names = CountryNames.get();
    assertThat(names.name(0, 0)).isEqualTo("Andorra");
    assertThat(names.name(0, 1)).isEqualTo("Андорра");
    Set<String> all = new HashSet<>();
    for (int w = 0; w < CountryNames.WORDS; w++) {
      for (int l = 0; l <= CountryNames.LANGUAGES; l++) {
        assertThat(names.name(w, l)).isNotBlank();
        assertThat(all.add(names.name(w, l))).isTrue();
      }
    }
    // A run is known by its specification, which names the list only by its place in the program.
    byte[] list =
        CountryNames.class.getResourceAsStream("/refrain/corpora/country-names.tsv").readAllBytes();
    assertThat(Sha256.hex(Sha256.of(list)))
        .isEqualTo("134a339122ed5b29943f76cba20b6c300bce20ad6fd3f5e16aefe563e13ecc86");
    assertThat(new String(list, StandardCharsets.UTF_8)).startsWith("code\ten\tru\tel");
  }
}
