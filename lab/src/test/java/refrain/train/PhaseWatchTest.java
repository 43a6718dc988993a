package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.data.DataSource;
import refrain.probe.MeasureKind;
import refrain.store.MetricsLog;
import refrain.store.MetricsRow;
import refrain.store.Outcome;
import refrain.store.RunFolder;

class PhaseWatchTest {
  private static final RunSpec TINY = Presets.get("tiny");

  @TempDir private Path temp;

  private final List<String> said = new ArrayList<>();

  private TrainResult train(RunSpec spec, String name, PhaseAction phase) {
    return Trainer.run(
        spec,
        temp.resolve(name),
        new TrainControl(() -> false, () -> 1, false, phase),
        new TrainListener() {
          @Override
          public void noticed(String sentence) {
            said.add(sentence);
          }
        });
  }

  @Test
  void aWatchedRunHasTheBytesOfAnotherAndTellsItsBlindPart() throws Exception {
    train(TINY, "plain", PhaseAction.NONE);
    train(TINY, "watched", PhaseAction.STOP);
    assertThat(temp.resolve("watched/metrics.jsonl"))
        .hasSameTextualContentAs(temp.resolve("plain/metrics.jsonl"));
    assertThat(said)
        .singleElement()
        .asString()
        .startsWith("blind: nothing could be suspected before step 40; best prefix matching went");
    assertThat(Files.readString(temp.resolve("watched/watch/events.jsonl")))
        .contains("\"kind\":\"blind\"", "\"step\":40", "\"action\":\"tell\"");
    assertThat(RunFolder.at(temp.resolve("watched")).outcome().orElseThrow().status())
        .isEqualTo(Outcome.Status.DONE);
  }

  /** A probe that the shorter run had at its end is none of the longer one's plan. */
  @Test
  void anExtendedRunTellsWhatOnePlannedSoLongTells() throws Exception {
    RunSpec planned = TINY.with(s -> s.steps = 137);
    train(planned, "planned", PhaseAction.TELL);
    List<String> told = List.copyOf(said);
    said.clear();
    train(TINY.with(s -> s.steps = 33), "run", PhaseAction.TELL);
    said.clear();
    Trainer.extend(
        temp.resolve("run"),
        137,
        new TrainControl(() -> false, () -> 1, false, PhaseAction.TELL),
        new TrainListener() {
          @Override
          public void noticed(String sentence) {
            said.add(sentence);
          }
        });
    assertThat(said).isEqualTo(told).isNotEmpty();
    List<String> book = Files.readAllLines(temp.resolve("run/watch/events.jsonl"));
    assertThat(book).hasSize(1 + told.size()).doesNotHaveDuplicates();
    assertThat(book.getFirst()).as("of the shorter run").contains("\"step\":33");
    assertThat(book.get(1)).contains("before step 95");
    // Gone on with as it is, it tells nothing twice.
    said.clear();
    train(planned, "run", PhaseAction.TELL);
    assertThat(said).isEmpty();
  }

  @Test
  void whatItReadsHasToBeMeasured() {
    RunSpec without =
        TINY.with(s -> {
          Probing p = s.probing;
          s.probing =
              new Probing(
                  p.every(),
                  p.thoroughEvery(),
                  p.sequences(),
                  p.measures().withMeasures(MeasureKind.LOSS));
        });
    assertThatThrownBy(() -> train(without, "without", PhaseAction.TELL))
        .hasMessageContaining("is watched by its measures ICL and PREFIX_MATCHING, found [LOSS]");
  }

  /** A row as if heads began to form after step 100, and were there from 112 on. */
  private static MetricsRow row(long step, boolean formed) {
    double icl = formed ? -2 : -0.2;
    return MetricsRow.at(step)
        .put(Metrics.PREFIX_MATCHING, step < 100 ? 0.07 : formed ? 0.5 : 0.12)
        .put(Metrics.ICL, icl)
        .put(Metrics.LATE_LOSS, 2 + icl);
  }

  private static List<MetricsRow> planned(long through) {
    List<MetricsRow> rows = new ArrayList<>();
    for (long step = 0; step <= through; step += 5) {
      rows.add(row(step, step >= 112));
    }
    return rows;
  }

  private PhaseWatch open(PhaseAction action, DataSource data, List<MetricsRow> before) {
    return PhaseWatch.open(
        action, TINY, TINY, data, new RunDonors(), temp.resolve("run"), before, said::add);
  }

  @Test
  void fromASuspicionOnEveryStepIsProbedAndKeptAndReadAgainAfterAKill() throws IOException {
    DataSource data = TINY.openData();
    try (TrainingState state = new TrainingState(TINY, data, new RunDonors(), 1)) {
      try (PhaseWatch watch = open(PhaseAction.STOP, data, planned(95))) {
        watch.see(row(100, false), true, state);
        assertThat(watch.checkpointDue(100)).as("nothing is suspected yet").isFalse();
        watch.see(row(105, false), true, state);
        assertThat(said.getLast()).startsWith("suspected: induction heads may form since step 100");
        assertThat(watch.checkpointDue(106)).isTrue();
        watch.see(MetricsRow.at(106), false, state); // probed: an untrained model matches nothing
        watch.see(MetricsRow.at(107), false, state);
        watch.sync();
        assertThat(watch.stops()).isFalse();
      }
      Path probes = temp.resolve("run/watch/probes.jsonl");
      assertThat(MetricsLog.read(probes).stream().map(MetricsRow::step))
          .containsExactly(106L, 107L);
      MetricsRow measured = MetricsLog.read(probes).getFirst();
      assertThat(measured.values()).containsKeys(Metrics.PREFIX_MATCHING, Metrics.LATE_LOSS);
      // Killed, and gone on from step 106: what came later is measured again, nothing is told
      // twice.
      int told = said.size();
      List<MetricsRow> before = planned(105);
      before.add(MetricsRow.at(106));
      try (PhaseWatch watch = open(PhaseAction.STOP, data, before)) {
        assertThat(MetricsLog.read(probes).stream().map(MetricsRow::step)).containsExactly(106L);
        assertThat(said).hasSize(told);
        assertThat(watch.checkpointDue(106)).isTrue();
      }
    }
  }

  @Test
  void aConfirmedFormationStopsARunAlwaysAndPausesItOnce() {
    DataSource data = TINY.openData();
    try (TrainingState state = new TrainingState(TINY, data, new RunDonors(), 1)) {
      try (PhaseWatch watch = open(PhaseAction.PAUSE, data, planned(110))) {
        for (long step = 115; step <= 140; step += 5) {
          assertThat(watch.pauses()).isFalse();
          watch.see(row(step, true), true, state);
          if (watch.pauses()) {
            break;
          }
        }
        assertThat(watch.pauses()).isTrue();
        assertThat(watch.stops()).isFalse();
        assertThat(watch.reason()).startsWith("induction heads form since step 100 [95, 105]");
      }
      try (PhaseWatch resumed = open(PhaseAction.PAUSE, data, planned(140))) {
        assertThat(resumed.pauses()).isFalse();
      }
      try (PhaseWatch resumed = open(PhaseAction.STOP, data, planned(140))) {
        assertThat(resumed.stops()).isTrue();
      }
    }
    assertThat(said.stream().filter(line -> line.startsWith("confirmed"))).hasSize(1);
  }
}
