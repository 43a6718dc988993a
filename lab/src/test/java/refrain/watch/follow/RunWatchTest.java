package refrain.watch.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import refrain.base.RefrainException;
import refrain.watch.Direction;
import refrain.watch.EventKind;
import refrain.watch.Transform;
import refrain.watch.log.LogCounts;
import refrain.watch.log.LogFile;
import refrain.watch.log.LogSource;
import refrain.watch.log.RowSink;

class RunWatchTest {
  private final List<WatchEvent> events = new ArrayList<>();

  @TempDir private Path folder;

  private static byte[] sample(String name) {
    try (InputStream in = RunWatchTest.class.getResourceAsStream("/logs/" + name)) {
      return Objects.requireNonNull(in).readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private RunWatch replay(LogSource source, WatchOptions options) {
    RunWatch run = new RunWatch(source, options, events::add);
    run.poll();
    run.end();
    return run;
  }

  private RunWatch replayed(String name) {
    return replay(new LogFile(written(name, sample(name)), null), WatchOptions.DEFAULT);
  }

  private Path written(String name, byte[] bytes) {
    try {
      return Files.write(folder.resolve(name), bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Path written(String name, String text) {
    return written(name, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private List<WatchEvent> of(EventKind kind) {
    return events.stream().filter(event -> event.kind() == kind).toList();
  }

  private static String json(List<WatchEvent> events) {
    return String.join("\n", events.stream().map(event -> event.json("log")).toList());
  }

  /** Steps 2400 to 3000, by hand, before any method ran. */
  @Test
  void theFormationOfInductionHeadsIsFoundInSomebodysRun() {
    replayed("ih-L2.json");
    for (String metric : List.of("ind_loss", "ind_acc")) {
      WatchEvent suspected = only(EventKind.SUSPECTED, metric);
      WatchEvent confirmed = only(EventKind.CONFIRMED, metric);
      assertThat(suspected.finding().step()).isBetween(2400.0, 3000.0);
      assertThat(confirmed.finding().tau()).isBetween(2400.0, 3000.0);
      assertThat(confirmed.finding().low()).isBetween(2400.0, 3000.0);
      assertThat(confirmed.finding().step()).isLessThanOrEqualTo(3000 + 60 * 25);
    }
  }

  private WatchEvent only(EventKind kind, String metric) {
    List<WatchEvent> all =
        of(kind).stream().filter(event -> metric.equals(event.metric())).toList();
    assertThat(all).as("%s of %s", kind, metric).hasSize(1);
    return all.getFirst();
  }

  @Test
  void oneLayerIsBlindAtFirstAndThenNothing() {
    replayed("ih-L1.json");
    assertThat(events).extracting(WatchEvent::kind).containsOnly(EventKind.BLIND);
  }

  @Test
  void bothTakeOffsOfPongAreFound() {
    replayed("events.out.tfevents.1597470487.pong");
    List<WatchEvent> confirmed = of(EventKind.CONFIRMED);
    assertThat(confirmed).hasSize(2);
    assertThat(confirmed.get(0).finding().tau()).isBetween(6e5, 2e6);
    assertThat(confirmed.get(1).finding().tau()).isBetween(3.2e6, 4e6);
    assertThat(confirmed.get(1).finding().step()).isLessThan(4e6 + 60 * 1e4);
  }

  @Test
  void aBadBatchIsNoAlarmAndTheSourceAboveIsNoRow() {
    RunWatch run = replayed("bad-batch.txt");
    assertThat(of(EventKind.OUTLIER)).isNotEmpty();
    assertThat(events)
        .extracting(WatchEvent::kind)
        .containsOnly(EventKind.BLIND, EventKind.OUTLIER);
    assertThat(run.view().axis()).isEqualTo("steps from 'step'");
    assertThat(run.view().rows()).isEqualTo(1545);
  }

  @Test
  void severalRunsInOneFileAreAttempts() {
    RunWatch run = replayed("four-runs.txt");
    assertThat(of(EventKind.RESTART)).extracting(WatchEvent::attempt).containsExactly(2, 3, 4);
    assertThat(of(EventKind.BLIND)).hasSize(4);
    assertThat(run.view().attempt()).isEqualTo(4);
  }

  @Test
  void repeatedStepsAreSeenOnce() {
    RunWatch run = replayed("events.out.tfevents.1622966509.duplicates");
    SeriesView series = run.view().series().getFirst();
    assertThat(series.repeated()).isEqualTo(10);
    assertThat(Objects.requireNonNull(series.standing()).observations()).isEqualTo(200);
  }

  @Test
  void outcomesOfZeroOrOneAreWatchedAsMeans() {
    RunWatch run = replayed("0.monitor.csv");
    assertThat(run.view().axis()).isEqualTo("no step column: rows counted from 1");
    assertThat(run.view().series())
        .extracting(series -> series.metric().name() + " " + series.pooled())
        .containsExactly("r 1", "is_success 20");
  }

  @Test
  void whatIsShortSaysSo() {
    RunWatch run = replayed("trainer_state.json");
    assertThat(run.view().series()).hasSize(RunWatch.MOST);
    assertThat(run.view().series().getFirst().metric().name()).isEqualTo("loss");
    assertThat(events).extracting(WatchEvent::kind).containsOnly(EventKind.BLIND);
    replayed("table.txt");
    assertThat(run.view().unwatched()).isNotEmpty();
  }

  /** The same bytes of events, however the log came. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ih-L2.json",
        "events.out.tfevents.1597470487.pong",
        "four-runs.txt",
        "bad-batch.txt",
        "0.monitor.csv",
        "table.txt",
      })
  void liveIsReplayToTheByte(String name) throws IOException {
    byte[] all = sample(name);
    Path file = written(name, all);
    replay(new LogFile(file, null), WatchOptions.DEFAULT);
    String replayed = json(events);
    events.clear();
    Files.delete(file);
    Random random = new Random(3);
    RunWatch live = new RunWatch(new LogFile(file, null), WatchOptions.DEFAULT, events::add);
    boolean document = name.endsWith(".json");
    for (int from = 0; from < all.length; ) {
      int to = Math.min(all.length, from + 1 + random.nextInt(all.length / 12));
      if (document) {
        Files.write(file, Arrays.copyOf(all, to));
      } else {
        Files.write(
            file,
            Arrays.copyOfRange(all, from, to),
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      }
      live.poll();
      from = to;
    }
    live.end();
    assertThat(json(events)).isEqualTo(replayed).isNotEmpty();
  }

  /** A watch that was killed at any byte of its book ends with the same book. */
  @Test
  void aBookThatWasCutAnywhereIsFilledUpTheSame() throws IOException {
    replayed("ih-L2.json");
    Path state = folder.resolve("state");
    write(state);
    Path file = state.resolve("events.jsonl");
    byte[] whole = Files.readAllBytes(file);
    assertThat(whole.length).isGreaterThan(1000);
    for (int cut = 0; cut < whole.length; cut += 37) {
      Files.write(file, Arrays.copyOf(whole, cut));
      write(state);
      assertThat(Files.readAllBytes(file)).isEqualTo(whole);
    }
    try (EventBook open = EventBook.open(state)) {
      assertThat(open.add(events.getFirst(), "log")).isFalse();
      assertThatThrownBy(() -> EventBook.open(state))
          .isInstanceOf(RefrainException.class)
          .hasMessageContaining("another watch has it open");
    }
    Files.writeString(file, "{}\n");
    assertThatThrownBy(() -> EventBook.open(state)).hasMessageContaining("expected an event");
  }

  private void write(Path state) {
    try (EventBook book = EventBook.open(state)) {
      events.forEach(event -> book.add(event, "log"));
    }
  }

  @Test
  void batchesThatBeginAnewWithEachEpochGoOn() {
    StringBuilder text = new StringBuilder();
    for (int epoch = 0; epoch < 20; epoch++) {
      for (int batch = 50; batch <= 350; batch += 50) {
        text.append("Epoch[%d] Batch [%d] loss=2.5\n".formatted(epoch, batch));
      }
      text.append("Epoch[%d] val-loss=2.6\n".formatted(epoch));
    }
    RunWatch run =
        replay(new LogFile(written("x.log", text.toString()), null), WatchOptions.DEFAULT);
    assertThat(run.view().step()).isEqualTo(7000);
    assertThat(of(EventKind.RESTART)).isEmpty();
  }

  @Test
  void anAttemptThatGoesOnFromBeforeRepeatsAndALateRowDoesNot() {
    StringBuilder text = new StringBuilder("step,loss\n");
    IntStream.range(0, 100).forEach(i -> text.append(i).append(",2\n"));
    text.append("90,2\n"); // late
    IntStream.range(100, 200).forEach(i -> text.append(i).append(",2\n"));
    IntStream.range(150, 300).forEach(i -> text.append(i).append(",2\n"));
    RunWatch run =
        replay(new LogFile(written("x.csv", text.toString()), null), WatchOptions.DEFAULT);
    SeriesView series = run.view().series().getFirst();
    assertThat(series.late()).isEqualTo(1);
    assertThat(series.repeated()).isEqualTo(50);
    assertThat(series.attempt()).isEqualTo(2);
    assertThat(of(EventKind.RESTART).getFirst().finding().step()).isEqualTo(150);
    assertThat(Objects.requireNonNull(series.standing()).observations()).isEqualTo(300);
  }

  @Test
  void rowsWithoutOrderAreRefusedWithTheReason() {
    Path shuffled = written("a.csv", "step,loss\n5,1\n1,2\n9,3\n2,4\n7,5\n3,6\n");
    assertThatThrownBy(() -> replay(new LogFile(shuffled, null), WatchOptions.DEFAULT))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("no order in time: 'step' goes up and down");
    Path named = written("b.csv", "task,acc\nx,0.5\ny,0.7\nz,0.8\n");
    assertThatThrownBy(() -> replay(new LogFile(named, null), WatchOptions.DEFAULT))
        .hasMessageContaining("neither step nor time");
    Path empty = written("c.txt", "nothing here\n");
    assertThatThrownBy(() -> replay(new LogFile(empty, null), WatchOptions.DEFAULT))
        .hasMessageContaining("no row of numbers was found");
  }

  @Test
  void aMetricThatIsNotThereIsNamedWithThoseThatAre() {
    WatchOptions options =
        new WatchOptions(
            List.of(Metric.parse("los:down")), null, null, refrain.watch.DetectorSettings.DEFAULT);
    Path file = written("a.csv", "step,loss\n1,1\n2,2\n");
    assertThatThrownBy(() -> replay(new LogFile(file, null), options))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("los")
        .hasMessageContaining("loss");
  }

  @ParameterizedTest
  @CsvSource({
    "val_loss, DOWN, LOG",
    "Train_AverageReturn, UP, IDENTITY",
    "eval_g0_accuracy, UP, IDENTITY",
    "trl, DOWN, LOG",
    "is_success, UP, IDENTITY",
    "icl, DOWN, IDENTITY",
    "pm.best, UP, IDENTITY",
    "rollout/ep_rew_mean, UP, IDENTITY",
    "train/value_loss, , ",
    "acc_stderr, , ",
    "eval_samples_per_second, , ",
    "loss_scale, , ",
    "pm.L0H1, , ",
    "Train_BestReturn, , ",
    "ind/0/3, , ",
  })
  void namesSayDirectionAndScale(String name, Direction better, Transform transform) {
    assertThat(Metric.guess(name).map(Metric::better).orElse(null)).isEqualTo(better);
    assertThat(Metric.guess(name).map(Metric::transform).orElse(null)).isEqualTo(transform);
  }

  @Test
  void metricsAreParsedFromTheRight() {
    assertThat(Metric.parse("a:b:up:log"))
        .isEqualTo(new Metric("a:b", Direction.UP, Transform.LOG));
    assertThat(Metric.parse("loss").better()).isEqualTo(Direction.DOWN);
    assertThatThrownBy(() -> Metric.parse(":up")).isInstanceOf(RefrainException.class);
  }

  @Test
  void silenceIsToldOnceByTheRunsOwnMeasure() {
    Stall stall = new Stall();
    for (int i = 0; i < 30; i++) {
      assertThat(stall.row(100.0 * i)).isNaN();
    }
    assertThat(stall.clock(2900 + 299, false)).isNaN();
    assertThat(stall.clock(2900 + 301, false)).isEqualTo(300);
    assertThat(stall.clock(2900 + 400, false)).isNaN();
    assertThat(stall.row(3400)).isNaN(); // told already
    // Read again, the same silence is told by the row that ends it, with the same budget.
    Stall again = new Stall();
    for (int i = 0; i < 30; i++) {
      again.row(100.0 * i);
    }
    assertThat(again.row(3400)).isEqualTo(300);
  }

  @Test
  void calibrationCountsAlarmsWithTheirIntervals() {
    Path file = written("ih-L1.json", sample("ih-L1.json"));
    Calibration.Row row =
        Calibration.of(List.of(new LogFile(file, null)), WatchOptions.DEFAULT, List.of(1e5))
            .getFirst();
    assertThat(row.suspected()).isZero();
    assertThat(row.watched()).isEqualTo(3 * 181);
    assertThat(row.suspectedPer().high())
        .isCloseTo(3.689 * 1e5 / 543, org.assertj.core.data.Percentage.withPercentage(0.1));
  }

  @Test
  void calibrationReadsEachLogOnceWhateverThereIsToTry() {
    Path file = written("ih-L2.json", sample("ih-L2.json"));
    int[] polls = {0};
    LogFile log = new LogFile(file, null);
    LogSource counted =
        new LogSource() {
          @Override
          public String name() {
            return log.name();
          }

          @Override
          public String found() {
            return log.found();
          }

          @Override
          public boolean poll(RowSink sink) {
            polls[0]++;
            return log.poll(sink);
          }

          @Override
          public void end(RowSink sink) {
            log.end(sink);
          }

          @Override
          public LogCounts counts() {
            return log.counts();
          }
        };
    List<Double> thresholds = List.of(1e3, 1e5, 1e7);
    List<Calibration.Row> together =
        Calibration.of(List.of(counted), WatchOptions.DEFAULT, thresholds);
    assertThat(polls[0]).isEqualTo(1);
    for (int i = 0; i < thresholds.size(); i++) {
      List<Calibration.Row> alone =
          Calibration.of(
              List.of(new LogFile(file, null)), WatchOptions.DEFAULT, thresholds.subList(i, i + 1));
      assertThat(together.get(i)).isEqualTo(alone.getFirst());
    }
    assertThat(together.get(1).confirmed()).isPositive();
  }

  @Test
  void aRowWithADamagedStepIsNoEndOfTheWatch() {
    StringBuilder rows = new StringBuilder();
    for (int step = 1; step <= 100; step++) {
      String shown = step == 70 ? "1e999" : String.valueOf(step);
      rows.append("{\"step\": ").append(shown).append(", \"loss\": 2.5}\n");
      rows.append(step == 80 ? "{\"step\": -101, \"loss\": 9}\n" : "");
    }
    RunWatch run =
        replay(new LogFile(written("x.jsonl", rows.toString()), null), WatchOptions.DEFAULT);
    assertThat(run.view().rows()).isEqualTo(101);
    assertThat(run.view().stepless()).isEqualTo(1);
    assertThatThrownBy(() ->
            replay(
                new LogFile(
                    written("y.jsonl", "{\"step\":-300,\"loss\":1}\n{\"step\":-200,\"loss\":2}\n"),
                    null),
                WatchOptions.DEFAULT))
        .isInstanceOf(RefrainException.class)
        .hasMessageEndingWith(
            "y.jsonl: no row has a finite step above -100; count rows instead (--step rows)");
  }
}
