package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.base.RefrainException;
import refrain.intervene.Intervention;
import refrain.model.HeadId;
import refrain.store.CheckpointSchedule;
import refrain.store.Json;
import refrain.store.MetricsRow;
import refrain.store.RunFolder;

/** A guard comes on by itself at the alarm, whatever happens to the process on the way. */
class GuardTest {
  /** Heads see themselves alone for 20 steps. */
  private static final Guard BLINDFOLD =
      Json.read(
          Json.parse(
              """
              {"interventions": [{"kind": "offset-bias", "heads": ["0.0", "0.1", "0.2", "0.3"],
                "least": 1, "until": 20}],
               "masks": [{"targets": "COPYABLE", "weight": -0.125}]}\
              """,
              "test"),
          Guard.class,
          "test");

  @TempDir Path temp;

  private final List<String> said = new ArrayList<>();

  /** One layer with smeared keys, whose heads form at about step 145. */
  private static RunSpec spec(Guard guard) {
    return Presets.get("r0-1l-smeared")
        .with(
            s -> s.steps = 180,
            s -> s.batch = 16,
            s -> s.probing = new Probing(4, 0, 16, s.probing.measures()),
            s -> s.checkpoints = new CheckpointSchedule.Every(60),
            s -> s.guard = guard);
  }

  /** Trains until a state is reached, and stops there as at a signal. */
  private RunFolder train(RunSpec spec, String name, long until) {
    AtomicLong reached = new AtomicLong();
    Trainer.run(
        spec,
        temp.resolve(name),
        new TrainControl(() -> reached.get() >= until, () -> 1, false, PhaseAction.NONE),
        new TrainListener() {
          @Override
          public void measured(MetricsRow row, boolean probed) {
            reached.set(row.step());
          }

          @Override
          public void noticed(String sentence) {
            said.add(sentence);
          }
        });
    return RunFolder.at(temp.resolve(name));
  }

  @Test
  void itComesOnAtTheAlarmAndStaysWhereItWasAfterAKill() throws IOException {
    RunFolder plain = train(spec(null), "plain", Long.MAX_VALUE);
    RunSpec spec = spec(BLINDFOLD);
    RunFolder guarded = train(spec, "guarded", Long.MAX_VALUE);
    int alarm = Guard.raised(guarded.path()).orElseThrow();
    assertThat(alarm).isBetween(100, 150);
    assertThat(said)
        .contains(
            "the guard is on from step " + (alarm + 1) + ", after the alarm at step " + alarm);

    List<MetricsRow> free = plain.metrics().rows();
    List<MetricsRow> kept = guarded.metrics().rows();
    for (int step = 0; step <= 180; step++) {
      // The step from the state of the alarm is the last one that is as in the free run.
      boolean alike =
          Double.compare(
                  free.get(step).value(Metrics.TRAIN_LOSS),
                  kept.get(step).value(Metrics.TRAIN_LOSS))
              == 0;
      assertThat(alike).as("step " + step).isEqualTo(step <= alarm + 1);
      if (step % 4 == 0) {
        assertThat(kept.get(step).value(Metrics.INTERVENTIONS))
            .as("on at step " + step)
            .isEqualTo(step > alarm && step <= alarm + 20 ? 1 : 0);
      }
    }
    assertThat(plain.metrics().rows().getLast().value(Metrics.INTERVENTIONS)).isNaN();

    RunSpec asTrained = Guard.asTrained(guarded, spec);
    assertThat(asTrained.interventions())
        .singleElement()
        .satisfies(i -> assertThat(i.from().step()).isEqualTo(alarm + 1))
        .satisfies(i -> assertThat(i.until().step()).isEqualTo(alarm + 21));
    assertThat(asTrained.masks())
        .containsExactly(new LossMask(LossMask.Targets.COPYABLE, alarm + 1, null, -.125));
    assertThat(Guard.asTrained(plain, spec(null))).isEqualTo(spec(null));

    for (long stop : List.of(alarm - 7L, (long) alarm, alarm + 3L)) {
      train(spec, "stopped-" + stop, stop);
      RunFolder again = train(spec, "stopped-" + stop, Long.MAX_VALUE);
      assertThat(again.path().resolve("metrics.jsonl"))
          .as("stopped at " + stop)
          .hasSameBinaryContentAs(guarded.path().resolve("metrics.jsonl"));
      assertThat(Guard.raised(again.path())).contains(alarm);
    }

    try (Replay replay = new Replay(guarded, spec, 120, 180, 2, spec.openData())) {
      for (int step = 121; step <= 180; step++) {
        assertThat(replay.advance()).as("step " + step).isEmpty();
      }
      assertThat(replay.sha256())
          .isEqualTo(
              guarded
                  .checkpoints()
                  .latestGood()
                  .checkpoint()
                  .orElseThrow()
                  .checksums()
                  .get("model.safetensors"));
    }

    Files.writeString(guarded.path().resolve(Guard.FILE), "{\"step\": ");
    assertThatThrownBy(() -> Guard.raised(guarded.path()))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("guard.json")
        .hasMessageContaining("delete it");
  }

  /** When the alarm comes depends on what is measured; of other runs that is no part. */
  @Test
  void itMakesTheProbingAPartOfTheRun() {
    Probing rarely = new Probing(9, 0, 16, spec(null).probing().measures());
    assertThat(spec(null).with(s -> s.probing = rarely).id()).isEqualTo(spec(null).id());
    assertThat(spec(BLINDFOLD).id()).isNotEqualTo(spec(null).id());
    assertThat(spec(BLINDFOLD).with(s -> s.probing = rarely).id())
        .isNotEqualTo(spec(BLINDFOLD).id());
    assertThat(Json.line(spec(null))).doesNotContain("guard", "\"weight\"");
  }

  @Test
  void whatItCannotDoIsRefused() {
    assertThatThrownBy(() -> new Guard(Guard.Alarm.CONFIRMED, List.of(), List.of()))
        .hasMessageContaining("guard: it has no interventions and no masks")
        .hasMessageContaining("--stop-at-phase-change");
    List<HeadId> heads = IntStream.range(3, 5).mapToObj(h -> new HeadId(0, h)).toList();
    Guard other =
        new Guard(
            Guard.Alarm.SUSPECTED,
            List.of(new Intervention.OffsetBias(heads, 1, 2, -9)),
            List.of());
    assertThatThrownBy(() -> spec(other)).hasMessageContaining("no head L0H4");
    assertThatThrownBy(() -> new LossMask(LossMask.Targets.SEEN, 0, null, -1.5))
        .hasMessage("mask: weight is -1.5, expected a number from -1 to 1");
    RunSpec upsideDown =
        spec(null)
            .with(
                s -> s.steps = 9,
                s -> s.masks = List.of(new LossMask(LossMask.Targets.SEEN, 0, null, -1)));
    assertThatThrownBy(() -> train(upsideDown, "upside-down", 9))
        .hasMessageContaining("the weights of all targets sum to -")
        .hasMessageContaining("give the mask a weight nearer to 0");
  }
}
