package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.base.RefrainException;
import refrain.store.Checkpoint;
import refrain.store.CheckpointSchedule;
import refrain.store.Outcome;
import refrain.store.RunFolder;

/** Runs that are made longer than they were planned. */
class ExtendTest {
  /** Ends at a step that a longer run neither probes nor saves, and saves where a score moves. */
  private static final RunSpec SHORT =
      Presets.get("tiny")
          .with(
              s -> s.steps = 23,
              s ->
                  s.checkpoints =
                      new CheckpointSchedule.Union(
                          List.of(
                              CheckpointSchedule.every(20),
                              new CheckpointSchedule.WhileMoving(Metrics.LOSS, 1e-9, 10, 6))));

  private static final RunSpec LONG = SHORT.with(s -> s.steps = 47);

  @TempDir Path temp;

  private RunFolder train(RunSpec spec, String name) {
    Path folder = temp.resolve(name);
    Trainer.run(spec, folder, TrainControl.threads(1), TrainListener.NONE);
    return RunFolder.at(folder);
  }

  private static TrainResult extend(RunFolder run, int steps) {
    return Trainer.extend(run.path(), steps, TrainControl.threads(1), TrainListener.NONE);
  }

  /** Metrics and every checkpoint of the planned run, byte for byte. */
  private static void assertAsPlanned(RunFolder planned, RunFolder extended) throws IOException {
    assertThat(Files.readString(extended.path().resolve("metrics.jsonl")))
        .isEqualTo(Files.readString(planned.path().resolve("metrics.jsonl")));
    List<Checkpoint> all = planned.checkpoints().list();
    for (Checkpoint checkpoint : all) {
      for (String file : List.of("model.safetensors", "optimizer.safetensors", "state.json")) {
        assertThat(extended.checkpoints().at(checkpoint.step()).folder().resolve(file))
            .hasSameBinaryContentAs(checkpoint.folder().resolve(file));
      }
    }
  }

  @Test
  void anExtendedRunHasTheBytesOfOnePlannedSoLong() throws IOException {
    RunFolder planned = train(LONG, "planned");
    RunFolder run = train(SHORT, "run");
    assertThat(extend(run, 47).step()).isEqualTo(47);
    assertAsPlanned(planned, run);
    assertThat(run.checkpoints().list())
        .as("those of the longer run, and the state at the first end")
        .extracting(Checkpoint::step)
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    planned.checkpoints().list().stream().map(Checkpoint::step), Stream.of(23L))
                .toList());
    assertThat(Trainer.spec(run)).isEqualTo(LONG);
    assertThat(Trainer.spec(run).id()).isEqualTo(LONG.id()).isNotEqualTo(SHORT.id());
    assertThat(run.info().specHash()).startsWith(LONG.id());
    assertThat(run.info().sessions().getLast().extendedFrom()).isEqualTo(23);
    assertThat(run.info().sessions().getFirst().extendedFrom()).isNull();
    assertThat(Files.readString(planned.path().resolve("run.json"))).doesNotContain("extendedFrom");
    assertThat(run.outcome().orElseThrow().status()).isEqualTo(Outcome.Status.DONE);
    assertThat(extend(run, 47).step()).as("already so long").isEqualTo(47);
    assertThat(run.info().sessions()).hasSize(2);
  }

  @Test
  void aRunThatItsRuleStoppedGoesOnToTheLengthThatIsAskedFor() throws IOException {
    RunFolder planned = train(LONG, "planned");
    RunFolder run = train(SHORT.with(s -> s.stop = new StopRule.AtStep(8)), "run");
    assertThat(run.outcome().orElseThrow().step()).isEqualTo(10);
    assertThat(extend(run, 47).step()).isEqualTo(47);
    assertAsPlanned(planned, run);
  }

  @Test
  void aScheduleThatDependsOnTheLengthIsRefusedWithTheRemedy() throws IOException {
    RunSpec cosine =
        SHORT.with(s -> s.optimizer = s.optimizer.withSchedule(5, OptimizerSpec.Decay.COSINE, .1));
    RunFolder run = train(cosine, "run");
    String before = Files.readString(run.path().resolve("run.json"));
    assertThatThrownBy(() -> extend(run, 47))
        .isInstanceOf(RefrainException.class)
        .hasMessage(
            "%s: optimizer.decay is COSINE, so the rate of every step depends on the length of the run, and a longer one has other bits; a new run can go on from one of its checkpoints: ./refrain train --from %s@23 --set steps=47",
            run.path(), run.path());
    assertThat(Files.readString(run.path().resolve("run.json"))).isEqualTo(before);
    assertThatThrownBy(() -> extend(train(SHORT, "other"), 12))
        .hasMessageEndingWith("is planned for 23 steps, expected more in --extend 12");
  }

  @Test
  void aShorterRunAskedForAgainGetsAFolderOfItsOwn() throws IOException {
    Runs runs = new Runs(temp);
    assertThat(runs.place(SHORT)).isEqualTo(temp.resolve(SHORT.id()));
    RunFolder run = train(SHORT, SHORT.id());
    assertThat(new Runs(temp).place(SHORT)).isEqualTo(run.path());
    extend(run, 47);
    Runs now = new Runs(temp);
    assertThat(now.place(LONG)).isEqualTo(run.path());
    assertThat(now.find(SHORT)).isEmpty();
    assertThat(now.place(SHORT)).isEqualTo(temp.resolve(SHORT.id() + "-2"));
    RunFolder again = train(SHORT, SHORT.id() + "-2");
    assertThat(now.place(SHORT)).isEqualTo(again.path());
    assertThat(runs.place(SHORT)).isEqualTo(again.path());
  }
}
