package refrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RelabelledBigramsTest {
  private static RelabelledBigrams language(int vocab, int tables, double never, double repeat) {
    return new RelabelledBigrams(vocab, 1.5, tables, never, repeat, 4, 7);
  }

  /** With one table no token changes its place, so it is the plain language with its sizes. */
  @Test
  void withOneTableTheTableIsThatOfThePlainLanguage() {
    BigramTable own = language(9, 1, 0, .75).table();
    BigramTable plain = new BigramRestarts(9, 1.5, .75, 4, 7).table();
    for (int a = 0; a < 9; a++) {
      for (int b = 0; b < 9; b++) {
        assertThat(own.probability(a, b)).isEqualTo(plain.probability(a, b));
      }
    }
    int[] x = language(9, 1, 0, .75).open().next(Rng.of(3), 1, 12).tokens()[0];
    assertThat(language(9, 1, 0, .75).best(x))
        .containsExactly(language(9, 1, 0, .75).told(x, identity(9)));
  }

  private static int[] identity(int n) {
    int[] names = new int[n];
    Arrays.setAll(names, a -> a);
    return names;
  }

  /** A walk's token b after a is the table's of what they were called before. */
  @Test
  void walksFollowTheRelabelledTable() {
    RelabelledBigrams language = language(5, 0, 0, 0);
    BigramTable table = language.table();
    Rng rng = Rng.of(1);
    double told = 0;
    int n = 3000;
    for (int i = 0; i < n; i++) {
      RelabelledBigrams.Walk walk = language.walk(table, rng, 11);
      double[] losses = language.told(walk.tokens(), walk.names());
      told += Arrays.stream(losses).average().orElseThrow() / n;
    }
    assertThat(told).isCloseTo(language.entropy(), within(.02));
  }

  /** Over all permutations every token follows every other one equally often. */
  @Test
  void noPairIsMoreFrequentThanAnotherWhenEachSampleIsRelabelled() {
    RelabelledBigrams language = language(5, 0, 0, 0);
    double[][] counts = new double[5][5];
    int n = 20_000;
    for (int[] x : language.open().next(Rng.of(2), n, 9).tokens()) {
      counts[x[0]][x[1]]++;
    }
    double same = 0;
    for (int a = 0; a < 5; a++) {
      same += language.table().probability(a, a) / 5;
    }
    for (int a = 0; a < 5; a++) {
      for (int b = 0; b < 5; b++) {
        double expected = n / 5.0 * (a == b ? same : (1 - same) / 4);
        assertThat(counts[a][b]).isCloseTo(expected, within(4.5 * Math.sqrt(expected)));
      }
    }
  }

  @Test
  void whatNeverFollowsNeverFollows() {
    RelabelledBigrams language = language(10, 1, .35, 0);
    BigramTable table = language.table();
    for (int a = 0; a < 10; a++) {
      int from = a;
      assertThat(Arrays.stream(identity(10)).filter(b -> table.probability(from, b) == 0).count())
          .isEqualTo(3);
      assertThat(Arrays.stream(identity(10)).mapToDouble(b -> table.probability(from, b)).sum())
          .isCloseTo(1, within(1e-12));
    }
    for (int[] x : language.open().next(Rng.of(2), 500, 20).tokens()) {
      for (int t = 1; t < x.length; t++) {
        assertThat(table.probability(x[t - 1], x[t])).isPositive();
      }
    }
  }

  /**
   * The best prediction's losses sum to - ln P of the whole sequence given its first token, which a
   * slow plain sum over all permutations and all offsets gives too.
   */
  @Test
  void theBestPredictionIsBayesOverAllPermutationsAndRestarts() {
    RelabelledBigrams language = language(4, 0, 0, .6);
    int context = 10; // offsets 4 and 5
    for (int[] x : language.open().next(Rng.of(5), 6, context).tokens()) {
      double whole = 0;
      for (int code = 0; code < 256; code++) {
        int[] names = {code / 64, code / 16 % 4, code / 4 % 4, code % 4};
        if (Arrays.stream(names).distinct().count() == 4) {
          double[][] p = RelabelledBigrams.relabelled(language.table(), names);
          whole +=
              (.4 * walked(p, x, context + 1) + .3 * again(p, x, 4) + .3 * again(p, x, 5)) / 24;
        }
      }
      assertThat(Arrays.stream(language.best(x)).sum()).isCloseTo(-Math.log(whole), within(1e-9));
    }
  }

  private static double walked(double[][] p, int[] x, int until) {
    double product = 1;
    for (int t = 1; t < until; t++) {
      product *= p[x[t - 1]][x[t]];
    }
    return product;
  }

  private static double again(double[][] p, int[] x, int offset) {
    for (int t = offset; t < x.length; t++) {
      if (x[t] != x[t - offset]) {
        return 0;
      }
    }
    return walked(p, x, offset);
  }

  /** On the mean: told <= best <= blind; and the best learns which table it is where few are. */
  @Test
  void theBestLiesBetweenTheTwoBounds() {
    for (int tables : new int[] {0, 3}) {
      RelabelledBigrams language = language(tables == 0 ? 4 : 12, tables, 0, .6);
      BigramTable table = language.table();
      Rng rng = Rng.of(8);
      double[] mean = new double[3];
      for (int i = 0; i < 1500; i++) {
        RelabelledBigrams.Walk walk = language.walk(table, rng, 16);
        int[] x = walk.tokens();
        mean[0] += last(language.told(x, walk.names())) / 1500;
        mean[1] += last(language.best(x)) / 1500;
        mean[2] += last(language.blind(x)) / 1500;
      }
      assertThat(mean[0]).as("told, tables %d", tables).isLessThan(mean[1] + .005);
      assertThat(mean[1]).as("best, tables %d", tables).isLessThan(mean[2] - .02);
    }
  }

  private static double last(double[] losses) {
    return Arrays.stream(losses, 5, losses.length).average().orElseThrow();
  }

  @Test
  void tooManyPermutationsAreRefusedAndSoAreBadSizes() {
    assertThatThrownBy(() -> language(9, 0, 0, .5).best(new int[11]))
        .hasMessageContaining("too many for 9 tokens")
        .hasMessageContaining("'tables' above 0, or 'vocab' of 6 or less");
    assertThatThrownBy(() -> language(9, -1, 0, .5)).hasMessageContaining("tables");
    assertThatThrownBy(() -> language(9, 0, .95, .5)).hasMessageContaining("never");
    assertThatThrownBy(() -> language(9, 0, 0, .5).open().next(Rng.of(1), 1, 8))
        .hasMessageContaining("context must be at least 9");
  }

  @Test
  void aReplicateIsAnotherLanguageOfTheKind() {
    RelabelledBigrams language = language(9, 2, .2, .5);
    assertThat(language.replicate(0)).isEqualTo(language);
    assertThat(language.replicate(3).languageSeed()).isEqualTo(10);
    assertThat(language.replicate(3).tables()).isEqualTo(2);
  }
}
