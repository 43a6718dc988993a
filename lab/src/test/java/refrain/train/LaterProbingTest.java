package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.store.RunFolder;

class LaterProbingTest {
  private static final RunSpec TINY = Presets.get("tiny").with(s -> s.steps = 30);

  /** Other steps, other sequences: nothing that the run measured itself is of use. */
  private static final Probing OTHER = new Probing(4, 12, 6, TINY.probing().measures());

  @TempDir Path temp;
  private RunFolder run;
  private String own;

  @BeforeEach
  void train() throws IOException {
    run = train(TINY, "run");
    own = Files.readString(run.path().resolve("metrics.jsonl"));
  }

  private RunFolder train(RunSpec spec, String name) {
    Path folder = temp.resolve(name);
    Trainer.run(spec, folder, TrainControl.threads(1), TrainListener.NONE);
    return RunFolder.at(folder);
  }

  private RunFolder found(Probing asked) {
    return new Runs(temp).find(TINY.with(s -> s.probing = asked)).orElseThrow();
  }

  private Path measured(Probing asked) {
    return run.path().resolve("measured/" + found(asked).reading().orElseThrow() + ".jsonl");
  }

  @Test
  void theRowsAreThoseOfARunMadeWithThatProbing() throws IOException {
    assertThat(LaterProbing.make(run, OTHER, 2)).isEmpty();
    Path elsewhere = Files.createDirectories(temp.resolve("other"));
    RunFolder other = train(TINY.with(s -> s.probing = OTHER), elsewhere + "/run");
    assertThat(Files.readString(measured(OTHER)))
        .isEqualTo(Files.readString(other.path().resolve("metrics.jsonl")));
    assertThat(Files.readString(run.path().resolve("metrics.jsonl"))).isEqualTo(own);
    assertThat(found(OTHER).metrics().series(Metrics.LOSS).steps())
        .containsExactly(0, 4, 8, 12, 16, 20, 24, 28, 30);
    assertThat(Trainer.spec(found(OTHER)).probing()).isEqualTo(OTHER);
    assertThat(Trainer.spec(found(OTHER).own())).isEqualTo(TINY);
  }

  @Test
  void whatTheRunMeasuredItselfIsTakenOver() throws IOException {
    Probing seldom = new Probing(10, 0, TINY.probing().sequences(), TINY.probing().measures());
    // Nothing has to be trained again for it: another arithmetic does not matter.
    otherKernels();
    assertThat(LaterProbing.make(run, seldom, 1)).isEmpty();
    assertThat(found(seldom).metrics().series(Metrics.LOSS).steps()).containsExactly(0, 10, 20, 30);
    assertThat(found(seldom).metrics().series(Metrics.LOSS).values()[1])
        .isEqualTo(run.metrics().series(Metrics.LOSS).values()[2]);
  }

  @Test
  void whatCannotBeHadIsSaidInOneLine() throws IOException {
    otherKernels();
    String said = LaterProbing.make(run, OTHER, 1).orElseThrow();
    assertThat(said)
        .startsWith("6 of 9 probes that were asked for are lacking, from step 4 on: " + run.path())
        .contains("kernels 0")
        .doesNotContain("\n");
    assertThat(found(OTHER).metrics().series(Metrics.LOSS).steps())
        .as("those that fall on checkpoints")
        .containsExactly(0, 20, 30);
    assertThat(LaterProbing.make(run, OTHER, 1)).as("said again").hasValue(said);
  }

  @Test
  void aRunThatWentOnIsMeasuredAgain() {
    RunSpec longer = TINY.with(s -> s.stop = new StopRule.AtStep(10));
    RunFolder part = train(longer, "part/run");
    assertThat(LaterProbing.make(part, OTHER, 1)).isEmpty();
    Runs runs = new Runs(temp.resolve("part"));
    RunSpec asked = TINY.with(s -> s.probing = OTHER);
    assertThat(runs.find(asked).orElseThrow().metrics().series(Metrics.LOSS).steps())
        .containsExactly(0, 4, 8, 10);
    train(TINY, "part/run");
    assertThat(runs.find(asked).orElseThrow().reading()).isEmpty();
    assertThat(LaterProbing.make(part, OTHER, 1)).isEmpty();
    assertThat(runs.find(asked).orElseThrow().metrics().series(Metrics.LOSS).steps()).hasSize(9);
  }

  private void otherKernels() throws IOException {
    Path file = run.path().resolve("run.json");
    Files.writeString(
        file, Files.readString(file).replaceFirst("\"kernels\" : \\d+", "\"kernels\" : 0"));
  }
}
