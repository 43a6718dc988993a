package refrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import refrain.base.RefrainException;
import refrain.data.MatchCopyOracle.Match;
import refrain.store.Json;

class MatchCopyOracleTest {
  /** Of 0 1 2 0 1 3 0 [1]: the token 0 at index 3 came at 0, followed by 1, and so on. */
  @Test
  void matchesByHand() {
    Match none = new Match(false, false, false, 0);
    assertThat(MatchCopyOracle.matches(new int[] {0, 1, 2, 0, 1, 3, 0, 1}, 4))
        .containsExactly(
            none,
            none,
            none,
            new Match(true, true, true, 1),
            new Match(true, false, false, 0),
            none,
            new Match(true, true, true, 1));
    // 0 was followed by 1, 1 and then 2: the latest says 2, the majority 1.
    List<Match> mixed = MatchCopyOracle.matches(new int[] {0, 1, 0, 1, 0, 2, 0, 1}, 3);
    assertThat(mixed.getLast()).isEqualTo(new Match(true, false, true, 2 / 3.0));
    // A tie goes to the latest.
    List<Match> tie = MatchCopyOracle.matches(new int[] {0, 1, 0, 2, 0, 2}, 3);
    assertThat(tie.getLast()).isEqualTo(new Match(true, true, true, .5));
  }

  @Test
  void doesNotCountATokenFollowedByItself() {
    List<Match> run = MatchCopyOracle.matches(new int[] {5, 5, 5, 5}, 6);
    assertThat(run.stream().map(Match::occurred)).containsExactly(false, false, true);
    assertThat(MatchCopyOracle.matches(new int[] {1, 5, 5, 2}, 6).getLast().occurred()).isFalse();
  }

  @Test
  void agreesWithASearchOverAllPairs() {
    for (int[] x : new Iid(5, 1).open().next(Rng.of(1), 200, 23).tokens()) {
      assertThat(MatchCopyOracle.matches(x, 5)).isEqualTo(bySearch(x));
    }
  }

  private static List<Match> bySearch(int[] x) {
    List<Match> matches = new ArrayList<>();
    for (int t = 0; t + 1 < x.length; t++) {
      List<Integer> successors = new ArrayList<>();
      for (int j = 0; j + 1 < t; j++) {
        if (x[j] == x[t]) {
          successors.add(x[j + 1]);
        }
      }
      Map<Integer, Integer> votes = new HashMap<>();
      successors.forEach(s -> votes.merge(s, 1, Integer::sum));
      int most = votes.values().stream().mapToInt(Integer::intValue).max().orElse(0);
      int winner = -1;
      for (int s : successors) {
        winner = votes.getOrDefault(s, 0) == most ? s : winner;
      }
      int target = x[t + 1];
      matches.add(
          new Match(
              !successors.isEmpty(),
              !successors.isEmpty() && successors.getLast() == target,
              winner == target,
              successors.isEmpty()
                  ? 0
                  : votes.getOrDefault(target, 0) / (double) successors.size()));
    }
    return matches;
  }

  /** p = 1/4 throughout, the copy right three times in four: w + (1 - w) / 4 = 3/4 at w = 2/3. */
  @Test
  void findsTheBestWeight() {
    double[] p = {.25, .25, .25, .25, 9};
    assertThat(MatchCopyOracle.bestWeight(p, new double[] {1, 1, 1, 0, 9}, 4))
        .isCloseTo(2 / 3.0, within(1e-9));
    assertThat(MatchCopyOracle.bestWeight(p, new double[] {0, 0, .2, 0}, 4)).isLessThan(1e-9);
    assertThat(MatchCopyOracle.bestWeight(p, new double[] {1, 1, 1, 1}, 4)).isGreaterThan(1 - 1e-9);
  }

  @Test
  void savesNothingOnIndependentTokens() {
    DataSource source = Json.defaults(Iid.class).open();
    NgramTables tables = NgramTables.of(source, Rng.of(1), 50_000, 64);
    MatchCopyOracle.Result result = MatchCopyOracle.measure(tables, source.evaluation(1, 400, 64));
    // 1 - (127/128)^n averaged over the n = t - 1 earlier tokens with a successor.
    double expected = 0;
    for (int t = 1; t < 64; t++) {
      expected += (1 - Math.pow(127 / 128.0, t - 1)) / 64;
    }
    assertThat(result.occurred()).isCloseTo(expected, within(.01));
    assertThat(result.recentRight()).isCloseTo(1 / 128.0, within(.01));
    for (MatchCopyOracle.Saving saving : result.savings()) {
      assertThat(saving.saved()).isCloseTo(0, within(.003));
      assertThat(saving.copyWeight()).isLessThan(.02);
    }
    assertThat(result.savings().getFirst().nats()).isCloseTo(Math.log(128), within(.01));
  }

  /** Repeated tokens: every occurrence is a copy, and the copier leaves the first period only. */
  @Test
  void savesAllOfTheRepeatsOfRepeatedTokens() {
    DataSource source = Json.defaults(RepeatedTokens.class).open();
    NgramTables tables = NgramTables.of(source, Rng.of(1), 50_000, 48);
    Batch batch = source.evaluation(1, 300, 48);
    MatchCopyOracle.Result result = MatchCopyOracle.measure(tables, batch);
    assertThat(result.recentRight()).isEqualTo(1);
    assertThat(result.majorityRight()).isEqualTo(1);
    // Periods are uniform in 12..24, so 18 of 48 positions come before the first repeat.
    assertThat(result.occurred()).isCloseTo(30 / 48.0, within(.02));
    MatchCopyOracle.Saving unigram = result.savings().getFirst();
    assertThat(unigram.saved()).isCloseTo(Math.log(128) * 30 / 48, within(.1));
    assertThat(unigram.saved()).isCloseTo(unigram.nats() - unigram.natsWithCopy(), within(1e-9));
  }

  @Test
  void needsTwoHalves() {
    NgramTables tables = NgramTables.of(2, Arrays.asList(new int[] {0, 1}, new int[] {1}));
    assertThatThrownBy(() -> MatchCopyOracle.measure(tables, Batch.of(new int[][] {{0, 1, 0}})))
        .isInstanceOf(RefrainException.class)
        .hasMessage("match-and-copy oracle: expected at least 2 sequences, found 1");
  }
}
