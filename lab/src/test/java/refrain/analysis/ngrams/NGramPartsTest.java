package refrain.analysis.ngrams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import refrain.analysis.Findings;
import refrain.analysis.instrument.ModelState;
import refrain.base.RefrainException;
import refrain.data.BigramRestarts;
import refrain.data.BigramTable;
import refrain.data.NgramTables;
import refrain.data.Rng;
import refrain.model.HandBuilt;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.ReferenceTransformer;

class NGramPartsTest {
  @Test
  void theStreamKnowsWhichTrigramsOccurred() {
    TrainingStream stream =
        new TrainingStream(3, List.of(new int[] {0, 1, 2, 0}, new int[] {1, 2, 0, 0}));
    assertThat(stream.seen(0, 1, 2)).isTrue();
    assertThat(stream.seen(1, 2, 0)).isTrue();
    assertThat(stream.seen(2, 0, 0)).isTrue();
    assertThat(stream.seen(2, 0, 1)).isFalse(); // crosses the end of the first sequence
    assertThat(stream.unseenShare()).isCloseTo(1 - 3 / 27.0, within(1e-15));
  }

  /** Random sequences over eight tokens: half of the 512 trigrams occur. */
  private static TrainingStream halfSeen() {
    Rng rng = Rng.of(1);
    int[][] x = new int[60][8];
    for (int[] sequence : x) {
      Arrays.setAll(sequence, t -> rng.nextInt(8));
    }
    return new TrainingStream(8, List.of(x));
  }

  @Test
  void unseenSequencesHoldNoTrigramThatOccurredAndAreSaidTwice() {
    TrainingStream stream = halfSeen();
    assertThat(stream.unseenShare()).isBetween(.3, .7);
    TwiceSequences twice = TwiceSequences.unseen(stream, Rng.of(2), 5, 16, 8);
    assertThat(twice.block()).isEqualTo(8);
    for (int[] x : twice.batch().tokens()) {
      assertThat(x).hasSize(17);
      for (int t = 2; t < 8; t++) {
        assertThat(stream.seen(x[t - 2], x[t - 1], x[t])).isFalse();
      }
      assertThat(Arrays.copyOfRange(x, 8, 16)).isEqualTo(Arrays.copyOf(x, 8));
      assertThat(x[16]).isEqualTo(x[0]);
    }
  }

  @Test
  void whereEverythingOccurredThereIsAClearError() {
    int[] all = {0, 0, 0, 1, 0, 1, 1, 1, 0, 0}; // holds all eight trigrams of two tokens
    TrainingStream stream = new TrainingStream(2, List.of(all));
    assertThatThrownBy(() -> TwiceSequences.unseen(stream, Rng.of(2), 1, 16, 8))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("without a trigram that occurred in training")
        .hasMessageContaining("a larger vocabulary has more");
    assertThatThrownBy(() -> TwiceSequences.uniform(2, Rng.of(2), 1, 6))
        .hasMessageContaining("the context is 6 tokens, expected at least 7");
  }

  @Test
  void shortBlocksGoOnAndOnlyTheirSecondSayingCounts() {
    TwiceSequences twice = TwiceSequences.unseen(halfSeen(), Rng.of(2), 1, 12, 4);
    int[] x = twice.batch().tokens()[0];
    assertThat(Arrays.copyOfRange(x, 4, 8)).isEqualTo(Arrays.copyOf(x, 4));
    // Targets 2, 3 and, said again, 6, 7; what comes later is not read.
    float[][] losses = {{9, 1, 2, 9, 9, 3, 5, 9, 9, 9, 9, 9}};
    assertThat(twice.first(losses)).isEqualTo(1.5);
    assertThat(twice.again(losses)).isEqualTo(4);
  }

  @Test
  void theSameTargetsAreComparedInBothSayings() {
    TwiceSequences twice = TwiceSequences.uniform(5, Rng.of(2), 2, 8); // blocks of four
    // The loss at t is of token t + 1: targets 2, 3 and, said again, 6, 7.
    float[][] losses = {{9, 1, 2, 9, 9, 3, 5, 9}, {9, 3, 4, 9, 9, 7, 9, 9}};
    assertThat(twice.first(losses)).isEqualTo(2.5);
    assertThat(twice.again(losses)).isEqualTo(6);
  }

  @Test
  void shufflingKeepsTheTokensOfTheSecondSaying() {
    TwiceSequences twice = TwiceSequences.uniform(50, Rng.of(2), 3, 33);
    TwiceSequences shuffled = twice.shuffled(Rng.of(3));
    for (int i = 0; i < 3; i++) {
      int[] a = twice.batch().tokens()[i];
      int[] b = shuffled.batch().tokens()[i];
      assertThat(Arrays.copyOf(b, 17)).isEqualTo(Arrays.copyOf(a, 17));
      int[] second = Arrays.copyOfRange(b, 17, 34);
      assertThat(second).isNotEqualTo(Arrays.copyOfRange(a, 17, 34));
      Arrays.sort(second);
      int[] sorted = Arrays.copyOf(a, 17);
      Arrays.sort(sorted);
      assertThat(second).isEqualTo(sorted);
    }
  }

  @Test
  void aTableGainsNothingByRepetitionAndAnInductionHeadEverything() {
    TwiceSequences twice = TwiceSequences.uniform(80, Rng.of(7), 20, 15);
    int[][] distinct =
        Arrays.stream(twice.batch().tokens())
            .filter(NGramPartsTest::distinct)
            .toArray(int[][]::new);
    assertThat(distinct.length).isGreaterThan(5);
    TwiceSequences sequences = new TwiceSequences(refrain.data.Batch.of(distinct), twice.block());
    NgramTables tables = NgramTables.of(80, List.of(distinct));
    for (NgramTables.Order order : NgramTables.Order.values()) {
      float[][] losses = new float[distinct.length][15];
      for (int i = 0; i < distinct.length; i++) {
        for (int t = 0; t < 15; t++) {
          losses[i][t] = (float) -tables.logProbability(order, distinct[i], t);
        }
      }
      assertThat(sequences.first(losses)).isEqualTo(sequences.again(losses));
    }
    Parameters heads = HandBuilt.induction(80, 15);
    try (ReferenceTransformer engine = new ReferenceTransformer(heads.spec())) {
      float[][] losses = engine.forward(heads, sequences.batch(), Plan.NONE, Observer.NONE);
      assertThat(sequences.first(losses)).isGreaterThan(4);
      assertThat(sequences.again(losses)).isLessThan(1e-4);
    }
  }

  private static boolean distinct(int[] x) {
    Set<Integer> seen = new HashSet<>();
    return Arrays.stream(x).limit(8).allMatch(seen::add);
  }

  @Test
  void correlationsDoNotSeeRowMeansAndScales() {
    double[][] y = {{1, 2, 4}, {0, 5, 1}};
    double[][] x = {{12, 14, 18}, {-3, 7, -1}};
    assertThat(BigramHome.correlation(x, y)).isCloseTo(1, within(1e-12));
    assertThat(BigramHome.correlation(new double[2][3], y)).isZero();
    double[][] other = {{0, 1, 0}, {1, 0, 0}};
    double[][] sum = new double[2][3];
    for (int a = 0; a < 2; a++) {
      for (int b = 0; b < 3; b++) {
        sum[a][b] = 2 * y[a][b] - 3 * other[a][b];
      }
    }
    assertThat(Math.abs(BigramHome.correlation(y, sum))).isLessThan(.99);
    assertThat(BigramHome.multiple(List.of(y, other, x), sum)).isCloseTo(1, within(1e-9));
  }

  @Test
  void theNearestCheckpointIsFoundAfterStepZero() {
    long[] steps = {0, 20, 40, 60, 80, 100};
    double[] unigram = {.1, .2, .4, 2, 2, 2};
    double[] bigram = {1, .9, .3, .2, .1, .15};
    double[] late = {.1, .5, .3, .7, 1.1, 1.1};
    Findings out = NgramStages.found(steps, unigram, bigram, late, 1.2);
    assertThat(out.value("ngram.nearest.unigram")).isEqualTo(20);
    assertThat(out.value("ngram.nearest.bigram")).isEqualTo(80);
    assertThat(out.value("ngram.leave")).isCloseTo(.8, within(1e-12));
    assertThat(out.value("ngram.leave.fresh")).isCloseTo(.05, within(1e-12));
    assertThat(out.value("ngram.half")).isCloseTo(30, within(1e-9)); // .6 lies between .9 and .3
    assertThat(out.series("ngram.kl.late")).containsExactly(late);
  }

  /** All-zero weights predict every token alike, whose divergence from any table is a sum. */
  @Test
  void aUniformModelIsAsFarFromTheTrueTablesAsTheirLogarithmsSay() {
    int v = 5;
    BigramTable table = new BigramRestarts(v, 1, 0, 2, 7).table();
    double[] pi = table.stationary();
    NgramStages.Tables tables = NgramStages.Tables.of(table);
    int[][] tokens = {{0, 3, 1, 4}, {2, 2, 0, 1}};
    double unigram = 0;
    double bigram = 0;
    double apart = 0;
    for (int b = 0; b < v; b++) {
      unigram += (Math.log(1.0 / v) - Math.log(pi[b])) / v;
      for (int a : new int[] {3, 1, 2, 0}) { // the current tokens of the last two positions
        bigram += (Math.log(1.0 / v) - Math.log(table.probability(a, b))) / v / 4;
      }
      for (int a = 0; a < v; a++) {
        apart += pi[a] * pi[b] * Math.log(pi[b] / table.probability(a, b));
      }
    }
    Parameters uniform = Parameters.zeros(HandBuilt.uniform(v, 3).spec());
    try (ReferenceTransformer engine = new ReferenceTransformer(uniform.spec())) {
      NgramStages.Divergence found = tables.from(ModelState.of(engine, uniform), tokens, 1);
      assertThat(found.unigram()).isCloseTo(unigram, within(1e-6));
      assertThat(found.bigram()).isCloseTo(bigram, within(1e-6));
    }
    assertThat(tables.apart()).isCloseTo(apart, within(1e-12));
  }
}
