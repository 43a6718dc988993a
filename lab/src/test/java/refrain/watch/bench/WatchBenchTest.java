package refrain.watch.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import refrain.base.Digests;
import refrain.watch.bench.MadeLog.Change;
import refrain.watch.bench.MadeLog.Row;

class WatchBenchTest {
  private static final String FROZEN =
      "66b4a5366a8c602142aea97a573efae960418f4ab0cce0181db2eea6b89adcc7";

  @ParameterizedTest
  @EnumSource(Family.class)
  void aSeedMakesTheSameLogAndAChangeIsWhereItIsSaid(Family family) {
    MadeLog log = family.make(3);
    assertThat(log.json()).isEqualTo(family.make(3).json()).isNotEqualTo(family.make(4).json());
    assertThat(log.changes().isEmpty()).isEqualTo(!family.changes());
    for (Change change : log.changes()) {
      // Against the same power law without it: a tenth at the onset, nine tenths at the end.
      double before = mean(log, change.onset() - 150, change.onset() - 50);
      double after = mean(log, change.end() + 50, change.end() + 150);
      assertThat(log.better().sign() * (after - before)).as(family.name()).isPositive();
      assertThat(change.onset()).isGreaterThan(800);
      assertThat(change.end()).isLessThan(Family.ROWS - 200.0);
    }
    assertThat(log.clean()).allMatch(row -> Double.isFinite(row.value()));
    double[] steps = log.clean().stream().mapToDouble(Row::step).toArray();
    assertThat(steps).isSorted().doesNotHaveDuplicates().hasSizeGreaterThan(2900);
  }

  private static double mean(MadeLog log, double from, double to) {
    return log.clean().stream()
        .filter(row -> row.step() >= from && row.step() <= to)
        .mapToDouble(Row::value)
        .average()
        .orElseThrow();
  }

  @Test
  void aThirdOfTheKindsAndMoreHasNoChange() {
    Map<Boolean, Long> kinds =
        Arrays.stream(Family.values())
            .collect(Collectors.partitioningBy(Family::changes, Collectors.counting()));
    assertThat(kinds).containsEntry(true, 7L).containsEntry(false, 12L);
    assertThat(Arrays.stream(Family.values()).filter(Family::changes)).allMatch(Family::test);
  }

  /** Two values with known mean and sd (0 and about 1), then ones that are two higher. */
  private static int alarmAfter(Baseline.Follower follower, double shift, int most) {
    for (int i = 0; i < 240; i++) {
      double y = i % 2 == 0 ? 1 : -1;
      assertThat(follower.add(y, 10 - y)).as("before the change, at %s", i).isFalse();
    }
    for (int i = 1; i <= most; i++) {
      double y = shift + (i % 2 == 0 ? 1 : -1);
      if (follower.add(y, 10 - y)) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void eachMethodFindsWhatItIsMadeFor() {
    // sd of 60 values of +-1 is 1.0084: sums of (2 +- 1) / 1.0084 - .5 pass 5 at the fourth.
    assertThat(alarmAfter(Baseline.CUSUM.follow(5), 2, 50)).isEqualTo(4);
    // Two of three above 6 sd: the second that is seven higher and more.
    assertThat(alarmAfter(Baseline.SIX_SD.follow(6), 8, 50)).isEqualTo(2);
    assertThat(alarmAfter(Baseline.SIX_SD.follow(6), 2, 50)).isEqualTo(-1);
    // Sums of about 2 less .005 and what the mean follows: 50 is passed after some 26.
    assertThat(alarmAfter(Baseline.PAGE_HINKLEY.follow(50), 2, 60)).isBetween(25, 33);
    assertThat(alarmAfter(Baseline.BOCPD.follow(1), 4, 60)).isBetween(1, 12);
    // The loss falls from 10 to 7: the mean of ten is a tenth below once four of them are there.
    assertThat(alarmAfter(Baseline.LAST_10_AGAINST_50.follow(0.1), 3, 60)).isBetween(3, 5);
    // It rises from 10 to 25.
    assertThat(alarmAfter(Baseline.TWICE_THE_MEAN.follow(2), -15, 60)).isEqualTo(1);
  }

  @Test
  void peltFindsTheBeginningOfTheBetterPiece() {
    Random random = new Random(5);
    double[] y = new double[300];
    for (int i = 0; i < y.length; i++) {
      y[i] = (i >= 120 && i < 220 ? 2 : 0) + 0.2 * random.nextGaussian();
    }
    assertThat(Pelt.improvements(y, 3)).isEqualTo(List.of(120));
    double[] flat = random.doubles(300, 0, 1).toArray();
    assertThat(Pelt.improvements(flat, 30)).isEmpty();
  }

  @Test
  void theTableHasEachMethodAndTheWatchRaisesNoAlarmWhereNothingChanges() {
    List<WatchBench.Result> results = WatchBench.watchAlone(1);
    assertThat(results).hasSize(2);
    WatchBench.Result suspected = results.getFirst();
    assertThat(suspected.changes()).isEqualTo(8);
    assertThat(suspected.found()).isGreaterThanOrEqualTo(6);
    assertThat(suspected.steady().estimate()).isZero();
    assertThat(results.getLast().steady().estimate()).isZero();
    assertThat(results.getLast().found()).isGreaterThanOrEqualTo(5);
    assertThat(suspected.steady().high()).isCloseTo(3.69 / (4 * 2940 - 60) * 1e5, within(2.0));
  }

  /** What is held out is frozen by its bytes: a change of how logs are made is a new test. */
  @Test
  void theHeldOutLogsAreTheOnesThatWereFrozen() {
    StringBuilder all = new StringBuilder();
    for (Family family : Family.values()) {
      for (long seed = Family.HELD_OUT; family.test() && seed < Family.HELD_OUT + 8; seed++) {
        // Of six decimals: pow and exp of another machine may differ in the last bit.
        family
            .make(seed)
            .rows()
            .forEach(row -> all.append(Math.round(row.value() * 1e6)).append(' '));
      }
    }
    assertThat(Digests.hex(all.toString().getBytes(StandardCharsets.UTF_8))).isEqualTo(FROZEN);
  }
}
