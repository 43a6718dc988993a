package refrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import refrain.store.Json;
import tools.jackson.databind.json.JsonMapper;

class LanguagesTest {
  static List<DataSpec> languages() {
    return List.of(
        Json.defaults(BigramRestarts.class),
        Json.defaults(RelabelledBigrams.class),
        Json.defaults(RepeatedTokens.class),
        Json.defaults(RandomOffsetCopy.class),
        Json.defaults(MarkovChains.class),
        Json.defaults(BigramTriggers.class),
        Json.defaults(Iid.class),
        new TrigramLanguage(16, 1.5, 1),
        Json.defaults(Families.class),
        Json.defaults(CategoryTask.class),
        new WordPairs(64, 8, 0.25),
        Json.defaults(KHop.class),
        Json.defaults(Exemplars.class),
        new Translations(64, 3, 6, 0.25),
        new Templates(64, 2, 0.25, false));
  }

  @ParameterizedTest
  @MethodSource("languages")
  void isDeterminedByTheGeneratorAndTheLanguageSeed(DataSpec spec) {
    int[][] once = spec.open().next(Rng.of(4), 5, 101).tokens();
    int[][] again = spec.open().next(Rng.of(4), 5, 101).tokens();
    assertThat(again).isDeepEqualTo(once);
    assertThat(spec.open().next(Rng.of(5), 5, 101).tokens()).isNotEqualTo(once);
    for (int[] x : once) {
      assertThat(x).hasSize(102);
      assertThat(Arrays.stream(x).min().orElseThrow()).isNotNegative();
      assertThat(Arrays.stream(x).max().orElseThrow()).isLessThan(spec.open().vocab());
    }
  }

  @ParameterizedTest
  @MethodSource("languages")
  void comesBackFromJson(DataSpec spec) {
    JsonMapper mapper = JsonMapper.builder().build();
    String json = mapper.writeValueAsString(spec);
    assertThat(json).contains("\"kind\":");
    assertThat(mapper.readValue(json, DataSpec.class)).isEqualTo(spec);
  }

  @Test
  void copiesASegmentToARandomOffset() {
    Map<Integer, Integer> distances = new HashMap<>();
    int[][] tokens = new RandomOffsetCopy(1 << 20, 7, 10).open().next(Rng.of(1), 400, 40).tokens();
    for (int[] x : tokens) {
      int pairs = 0;
      int distance = 0;
      int first = -1;
      for (int i = 0; i < x.length; i++) {
        for (int j = 0; j < i; j++) {
          if (x[i] == x[j]) {
            pairs++;
            first = first < 0 ? j : first;
            distance = i - j;
          }
        }
      }
      assertThat(pairs).isBetween(7, 9);
      assertThat(first).isBetween(0, 10);
      distances.merge(distance, 1, Integer::sum);
    }
    assertThat(distances.size()).isGreaterThan(20);
    assertThatThrownBy(() -> new RandomOffsetCopy(8, 7, 10).open().next(Rng.of(1), 1, 22))
        .hasMessageContaining("context must be at least 23");
    assertThat(new RandomOffsetCopy(8, 7, 10).open().next(Rng.of(1), 300, 23).size())
        .isEqualTo(300);
  }

  @Test
  void aTriggerHasOneOutputInASampleAndAnotherInTheNext() {
    BigramTriggers spec = Json.defaults(BigramTriggers.class);
    int[] triggers = spec.triggerTokens();
    BigramTable table = spec.table();
    double[] pi = table.stationary();
    double least = Arrays.stream(triggers).mapToDouble(a -> pi[a]).min().orElseThrow();
    assertThat(Arrays.stream(pi).filter(p -> p > least).count()).isEqualTo(4);
    int[] outputs = new int[65];
    double nats = 0;
    int others = 0;
    for (int[] x : spec.open().next(Rng.of(2), 600, 255).tokens()) {
      Map<Integer, Integer> seen = new HashMap<>();
      for (int t = 0; t < 255; t++) {
        int a = x[t];
        if (Arrays.stream(triggers).anyMatch(q -> q == a)) {
          Integer before = seen.put(a, x[t + 1]);
          assertThat(before == null || before == x[t + 1]).isTrue();
          outputs[x[t + 1]] += before == null ? 1 : 0;
        } else {
          nats -= Math.log(table.probability(a, x[t + 1]));
          others++;
        }
      }
    }
    for (int a = 0; a < 65; a++) {
      int token = a;
      boolean trigger = Arrays.stream(triggers).anyMatch(q -> q == token);
      assertThat(outputs[a] == 0).as("output %d", a).isEqualTo(trigger);
    }
    assertThat(nats / others).isCloseTo(Entropy.rate(table), within(.05));
  }

  @Test
  void independentTokensFollowZipf() {
    Iid spec = new Iid(50, 1);
    double[] p = spec.probabilities();
    assertThat(p[0] / p[9]).isCloseTo(10, within(1e-9));
    int[] counts = new int[50];
    int n = 0;
    for (int[] x : spec.open().next(Rng.of(1), 1000, 199).tokens()) {
      for (int a : x) {
        counts[a]++;
        n++;
      }
    }
    for (int a = 0; a < 50; a++) {
      assertThat(counts[a] / (double) n).isCloseTo(p[a], within(5 * Math.sqrt(p[a] / n)));
    }
  }

  @Test
  void surprisalOfTheTrigramWalkIsItsEntropy() {
    TrigramLanguage spec = new TrigramLanguage(12, 1.5, 3);
    double[][] p = spec.probabilities();
    double nats = 0;
    double expected = 0;
    int n = 0;
    for (int[] x : spec.open().next(Rng.of(1), 400, 250).tokens()) {
      for (int t = 2; t < x.length; t++) {
        double[] row = p[x[t - 2] * 12 + x[t - 1]];
        nats -= Math.log(row[x[t]]);
        expected += Entropy.of(row);
        n++;
      }
    }
    assertThat(nats / n).isCloseTo(expected / n, within(.02));
  }

  @Test
  void aliasTableKeepsEveryProbability() {
    double[][] rows = {{1, 0, 0, 0}, {.1, .2, .3, .4}, {5, 5, 5, 5}, {0, 0, 1e-9, 1}};
    AliasTable table = new AliasTable(rows);
    Rng rng = Rng.of(1);
    for (int r = 0; r < rows.length; r++) {
      int[] counts = new int[4];
      for (int i = 0; i < 100_000; i++) {
        counts[table.sample(r, rng)]++;
      }
      double sum = Arrays.stream(rows[r]).sum();
      for (int c = 0; c < 4; c++) {
        assertThat(counts[c] / 1e5).isCloseTo(rows[r][c] / sum, within(.008));
      }
    }
  }
}
