package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.data.Batch;
import refrain.data.DataSource;
import refrain.data.Iid;
import refrain.data.Rng;
import refrain.store.CheckpointSchedule;
import refrain.store.RunFolder;

/** Lessons before a run's own language, and targets that do not count. */
class BatchesTest {
  private static final RunSpec TINY =
      Presets.get("tiny").with(s -> s.steps = 18, s -> s.checkpoints = CheckpointSchedule.every(6));
  private static final int VOCAB = TINY.model().dVocab();

  @TempDir Path temp;

  private static Batch at(RunSpec spec, int step) {
    return new Batches(spec, spec.openData()).next(Rng.of(7), step);
  }

  @Test
  void aStepIsTakenOnTheLanguageOfItsLesson() {
    RunSpec spec =
        TINY.with(s ->
            s.lessons =
                List.of(new Lesson(new Iid(VOCAB, 1), 4), new Lesson(new Iid(VOCAB, 2), 9)));
    DataSource own = spec.openData();
    for (int step : List.of(0, 3, 4, 8, 9, 17)) {
      DataSource expected =
          step < 4 ? new Iid(VOCAB, 1).open() : step < 9 ? new Iid(VOCAB, 2).open() : own;
      assertThat(at(spec, step).tokens())
          .as("step %s", step)
          .isDeepEqualTo(expected.next(Rng.of(7), spec.batch(), spec.context()).tokens());
    }
  }

  /** Pairs that occurred, and tokens that did, one position after the other. */
  @Test
  void masksLeaveOutWhatCouldBeCopiedOrWasSeen() {
    for (LossMask.Targets targets : LossMask.Targets.values()) {
      RunSpec spec = TINY.with(s -> s.masks = List.of(new LossMask(targets, 2, 5)));
      assertThat(at(spec, 1).weights()).isNull();
      assertThat(at(spec, 5).weights()).isNull();
      Batch batch = at(spec, 4);
      int left = 0;
      for (int s = 0; s < batch.size(); s++) {
        int[] x = batch.tokens()[s];
        Set<List<Integer>> pairs = new HashSet<>();
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < batch.context(); i++) {
          seen.add(x[i]);
          List<Integer> pair = List.of(x[i], x[i + 1]);
          boolean out =
              targets == LossMask.Targets.SEEN ? seen.contains(x[i + 1]) : pairs.contains(pair);
          assertThat(batch.weights()[s][i]).isEqualTo(out ? 0 : 1);
          pairs.add(pair);
          left += out ? 0 : 1;
        }
      }
      assertThat(left).isBetween(1, batch.size() * batch.context() - 1);
    }
  }

  /** A run that is stopped within a lesson goes on to the bits of one that was not. */
  @Test
  void aRunWithLessonsAndMasksIsResumedToTheSameBits() {
    RunSpec spec =
        TINY.with(
            s -> s.lessons = List.of(new Lesson(new Iid(VOCAB, 1), 10)),
            s -> s.masks = List.of(new LossMask(LossMask.Targets.SEEN, 3, 14)));
    Path whole = temp.resolve("whole");
    Trainer.run(spec, whole, TrainControl.threads(1), TrainListener.NONE);
    Path parts = temp.resolve("parts");
    for (int end : List.of(7, 12, 18)) {
      Trainer.run(
          spec.with(s -> s.stop = new StopRule.AtStep(end)),
          parts,
          TrainControl.threads(1),
          TrainListener.NONE);
    }
    assertThat(RunFolder.at(parts).checkpoints().at(18).checksums())
        .isEqualTo(RunFolder.at(whole).checkpoints().at(18).checksums());
    Path plain = temp.resolve("plain");
    Trainer.run(TINY, plain, TrainControl.threads(1), TrainListener.NONE);
    assertThat(RunFolder.at(plain).checkpoints().at(18).checksums())
        .isNotEqualTo(RunFolder.at(whole).checkpoints().at(18).checksums());
    assertThat(spec.id()).isNotEqualTo(TINY.id());
    assertThat(spec.replicate(3).lessons())
        .containsExactly(new Lesson(new Iid(VOCAB, 1).replicate(3), 10));
  }

  @Test
  void lessonsAndMasksThatCannotBeMeantAreRefused() {
    assertThatThrownBy(
            () -> at(TINY.with(s -> s.lessons = List.of(new Lesson(new Iid(VOCAB + 1, 1), 4))), 0))
        .hasMessage(
            "run 'tiny': the lesson until step 4 has a vocabulary of %s, expected that of the run's"
                    .formatted(VOCAB + 1)
                + " data, "
                + VOCAB);
    Lesson four = new Lesson(new Iid(VOCAB, 1), 4);
    assertThatThrownBy(() -> TINY.with(s -> s.lessons = List.of(four, four)))
        .hasMessage(
            "run: lessons[1] ends at step 4, expected a step after 4, where it begins, and before the"
                + " run's last, 18");
    assertThatThrownBy(() -> new Lesson(Presets.get("code-2l").data(), 4))
        .hasMessage(
            "lesson: its data is a text, expected a language; a run on a text can begin from another"
                + " run's checkpoint: --from RUN@STEP");
    assertThatThrownBy(() -> new LossMask(LossMask.Targets.SEEN, 4, 4))
        .hasMessage("mask: on from step 4 until step 4, expected a later end");
    assertThatThrownBy(
            () -> TINY.with(s -> s.masks = List.of(new LossMask(LossMask.Targets.SEEN, 18, null))))
        .hasMessage(
            "run: a mask is on from step 18, but the run has 18 steps, so it would never be on");
  }
}
