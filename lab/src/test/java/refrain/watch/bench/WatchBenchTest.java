package refrain.watch.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import refrain.base.Digests;
import refrain.watch.EventKind;
import refrain.watch.bench.MadeLog.Change;
import refrain.watch.bench.MadeLog.Row;

class WatchBenchTest {
  private static final String FROZEN =
      "66b4a5366a8c602142aea97a573efae960418f4ab0cce0181db2eea6b89adcc7";

  @TempDir private Path folder;

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

  @Test
  void runsInWhichNothingFormsAreWatchedByEachRuleAndAlarmsAreNamed() throws Exception {
    Path quiet = run("quiet", step -> 0.05);
    // Prefix matching that takes off at step 1000, with an ICL score that follows: no null at all.
    Path forms = run("forms", step -> 0.05 + 0.8 / (1 + Math.exp((1000 - step) / 40.0)));
    NullRuns.Found found = NullRuns.of(List.of(quiet, forms));
    assertThat(found.rows())
        .extracting(NullRuns.Row::rule)
        .containsExactly(
            "any log: loss",
            "any log: icl",
            "any log: pm.best",
            "head measures",
            "best prefix matching of 0.2");
    NullRuns.Row heads = found.rows().get(3);
    assertThat(found.rows().getLast().watched()).isEqualTo(2 * 501);
    assertThat(found.rows().getLast().runsConfirmed()).isEqualTo(1);
    assertThat(heads.watched()).isEqualTo(2 * (501 - 20));
    assertThat(heads.confirmed()).isEqualTo(1);
    assertThat(heads.runsConfirmed()).isEqualTo(1);
    assertThat(heads.confirmedPer().estimate()).isCloseTo(1e5 / 962, within(1e-6));
    assertThat(found.rows().getFirst().suspected()).isZero();
    assertThat(found.alarms())
        .isNotEmpty()
        .allMatch(line -> line.startsWith(forms + ": "))
        .anyMatch(line -> line.contains("head measures: confirmed at step "));
  }

  private Path run(String name, DoubleUnaryOperator matching) throws IOException {
    Path run = Files.createDirectories(folder.resolve(name));
    Random random = new Random(name.hashCode());
    StringBuilder rows = new StringBuilder();
    for (int step = 0; step <= 2000; step += 4) {
      double pm = matching.applyAsDouble(step);
      double icl = -0.3 - 2.5 * (pm - 0.05) + 0.01 * random.nextGaussian();
      rows.append(
          String.format(
              Locale.ROOT,
              "{\"step\":%d,\"loss\":%.5f,\"icl\":%.5f,\"icl.late\":%.5f,\"pm.best\":%.5f}%n",
              step,
              4.5 + 0.01 * random.nextGaussian(),
              icl,
              5 + icl,
              pm + 0.001 * random.nextGaussian()));
    }
    Files.writeString(run.resolve("metrics.jsonl"), rows);
    return run;
  }

  @Test
  void logsOfOthersAreJudgedByWhatAPersonSaidOfThem() throws IOException {
    MadeLog falls = Family.DROP_OF_10_OVER_100.make(5);
    Change change = falls.changes().getFirst();
    Files.createDirectories(folder.resolve("a"));
    Files.writeString(folder.resolve("a/log.jsonl"), falls.json());
    Files.writeString(folder.resolve("b.jsonl"), Family.POWER_LAW.make(5).json());
    Path windows = folder.resolve("windows.tsv");
    Files.writeString(
        windows,
        "log\tmetric\tbetter\tfrom\tto\na\tloss\tdown\t%.0f\t%.0f\nb.jsonl\tloss\tdown\t\t\n"
            .formatted(change.onset(), change.end()));
    List<GivenLog> logs = GivenLog.of(windows);
    assertThat(logs).hasSize(2);
    assertThat(logs.getFirst().log().rows()).isEqualTo(falls.rows());
    assertThat(logs.getFirst().log().transform()).isEqualTo(falls.transform());
    assertThat(logs.getFirst().log().cadence()).isEqualTo(1);
    assertThat(logs.getFirst().log().changes())
        .singleElement()
        .satisfies(c -> assertThat(c.middle()).isCloseTo(change.middle(), within(1.0)));
    assertThat(logs.getFirst().events()).anyMatch(e -> e.kind() == EventKind.CONFIRMED);
    assertThat(logs.getLast().log().changes()).isEmpty();
    assertThat(logs.getLast().events()).noneMatch(e -> e.kind() == EventKind.CONFIRMED);
    Files.writeString(windows, "log\tmetric\tbetter\tfrom\tto\na\tloss\n");
    assertThatThrownBy(() -> GivenLog.of(windows))
        .hasMessageContaining("windows.tsv:2: expected log, metric, better (up or down)");
    Files.writeString(windows, "log\tmetric\tbetter\tfrom\tto\na\tloss\tdown\tx\t2\n");
    assertThatThrownBy(() -> GivenLog.of(windows))
        .hasMessageContaining("windows.tsv:2: expected a step, found 'x'");
  }
}
