package refrain.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import refrain.base.RefrainException;
import refrain.base.Version;
import tools.jackson.databind.JsonNode;

class RunFolderTest {
  @TempDir Path parent;
  private Path folder;

  private static final Arithmetic ARITHMETIC = new Arithmetic("CPU (1/2/3)", "256", 1, "25");
  private static final JsonNode SPEC = Json.tree(Map.of("layers", 2, "rate", 1e-3));

  @BeforeEach
  void name() {
    folder = parent.resolve("run");
  }

  private RunWriter open() {
    return open(folder, SPEC, Map.of("init", 1L, "data", -5L));
  }

  /** A writer whose whole configuration is the run's identity. */
  static RunWriter open(Path folder, JsonNode spec, Map<String, Long> seeds) {
    return RunWriter.open(
        folder,
        spec,
        UnaryOperator.identity(),
        seeds,
        ARITHMETIC,
        CheckpointSchedule.every(10),
        _ -> Long.MAX_VALUE,
        false,
        _ -> {});
  }

  static Checkpoint.Contents contents(long step) {
    NamedTensor weights =
        new NamedTensor("blocks.0.attn.W_Q", new int[] {1, 2, 1}, new float[] {step, -step});
    NamedTensor moment = new NamedTensor("m", new int[] {}, new float[] {step + .5f});
    JsonNode state = Json.tree(Map.of("generator", Long.MIN_VALUE + step, "rate", .1));
    return new Checkpoint.Contents(step, List.of(weights), List.of(moment), state);
  }

  private void train(long from, long to) {
    try (RunWriter run = open()) {
      for (long step = from; step <= to; step++) {
        run.append(MetricsRow.at(step).put("loss", 1.0 / step));
        if (step % 10 == 0) {
          run.checkpoint(contents(step));
        }
      }
    }
  }

  private Path checkpointFile(long step, String name) {
    return folder.resolve("checkpoints/step-%08d/%s".formatted(step, name));
  }

  @Test
  void recordsWhatIsNeededToRepeatTheRun() {
    open().close();
    RunInfo info = RunFolder.at(folder).info();
    assertThat(info.spec()).isEqualTo(SPEC);
    assertThat(info.specHash()).isEqualTo(Json.hash(SPEC)).startsWith(RunFolder.nameOf(SPEC));
    assertThat(info.seeds()).containsEntry("data", -5L).containsEntry("init", 1L);
    RunInfo.Session session = info.sessions().getFirst();
    assertThat(session.resumedFrom()).isEqualTo(-1);
    assertThat(session.refrain()).isEqualTo(Version.refrain());
    assertThat(session.machine()).isEqualTo(Machine.here());
    assertThat(session.machine().cores()).isPositive();
    assertThat(session.arithmetic()).isEqualTo(ARITHMETIC);
  }

  @Test
  void aCheckpointGivesBackWhatItWasGiven() {
    train(1, 10);
    Checkpoint checkpoint = RunFolder.at(folder).checkpoints().at(10);
    assertThat(checkpoint.model()).isEqualTo(contents(10).model());
    assertThat(checkpoint.optimizer()).isEqualTo(contents(10).optimizer());
    assertThat(checkpoint.state().get("generator").longValue()).isEqualTo(Long.MIN_VALUE + 10);
    assertThatThrownBy(() -> RunFolder.at(folder).checkpoints().at(11))
        .hasMessageEndingWith("no checkpoint of step 11; there are [10]");
  }

  @Test
  void resumingCutsTheMetricsToTheCheckpointAndRecordsTheSession() {
    train(1, 25);
    try (RunWriter run = open()) {
      assertThat(run.resumeFrom().orElseThrow().step()).isEqualTo(20);
      assertThat(run.warnings()).isEmpty();
      assertThat(run.folder().metrics().steps()).hasSize(20).endsWith(20);
      run.append(MetricsRow.at(21).put("loss", 0));
    }
    assertThat(RunFolder.at(folder).info().sessions())
        .extracting(RunInfo.Session::resumedFrom)
        .containsExactly(-1L, 20L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "optimizer.safetensors", "state.json"})
  void aDamagedByteSendsTheRunBackToTheCheckpointBefore(String name) throws IOException {
    train(1, 25);
    Path file = checkpointFile(20, name);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 10] ^= 1;
    Files.write(file, bytes);
    try (RunWriter run = open()) {
      assertThat(run.resumeFrom().orElseThrow().step()).isEqualTo(10);
      assertThat(run.warnings().getFirst())
          .startsWith("checkpoint of step 20 is damaged and passed over (")
          .contains(name);
      assertThat(run.folder().metrics().steps()).hasSize(10);
      for (long step = 11; step <= 20; step++) {
        run.append(MetricsRow.at(step));
      }
      run.checkpoint(contents(20));
    }
    assertThat(RunFolder.at(folder).checkpoints().latestGood().checkpoint().orElseThrow().model())
        .isEqualTo(contents(20).model());
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "optimizer.safetensors", "state.json"})
  void aMissingOrEmptyFileIsDamageToo(String name) throws IOException {
    train(1, 20);
    Files.delete(checkpointFile(20, name));
    Checkpoints.LatestGood found = RunFolder.at(folder).checkpoints().latestGood();
    assertThat(found.checkpoint().orElseThrow().step()).isEqualTo(10);
    assertThat(found.warnings()).hasSize(1);
    Files.write(checkpointFile(10, name), new byte[0]);
    found = RunFolder.at(folder).checkpoints().latestGood();
    assertThat(found.checkpoint()).isEmpty();
    assertThat(found.warnings()).hasSize(2);
  }

  @Test
  void aRunOfWhichNoCheckpointIsUndamagedIsRefusedAndKeepsItsMetrics() throws IOException {
    train(1, 25);
    Files.write(checkpointFile(10, "state.json"), new byte[0]);
    Files.write(checkpointFile(20, "state.json"), new byte[0]);
    assertThatThrownBy(this::open)
        .isInstanceOf(RefrainException.class)
        .hasMessageStartingWith(folder + ": no checkpoint is undamaged, so the run cannot go on (")
        .hasMessageEndingWith(
            "nothing was changed; move the folder away to train from the beginning");
    assertThat(RunFolder.at(folder).metrics().steps()).hasSize(25);
  }

  private void refusesToEmpty(String why) throws IOException {
    assertThatThrownBy(this::open)
        .isInstanceOf(RefrainException.class)
        .hasMessage(
            folder
                + ": has metrics up to step 25 and "
                + why
                + "; nothing was changed; put back what is missing, or move the folder away to train"
                + " from the beginning");
    assertThat(Files.readAllLines(folder.resolve("metrics.jsonl"))).hasSize(25);
  }

  @Test
  void aRunWhoseCheckpointsAreNamedInOtherDigitsIsRefusedAndKeepsItsMetrics() throws IOException {
    train(1, 25);
    Path checkpoints = folder.resolve("checkpoints");
    Files.move(checkpoints.resolve("step-00000010"), checkpoints.resolve("step-۰۰۰۰۰۰۱۰"));
    Files.move(checkpoints.resolve("step-00000020"), checkpoints.resolve("step-۰۰۰۰۰۰۲۰"));
    refusesToEmpty(
        "a checkpoint whose name is not read: "
            + checkpoints.resolve("step-۰۰۰۰۰۰۱۰")
            + " (rename it to step-00000010)");
    Files.move(checkpoints.resolve("step-۰۰۰۰۰۰۲۰"), checkpoints.resolve("step-00000020"));
    open().close();
    assertThat(RunFolder.at(folder).metrics().steps()).hasSize(20);
  }

  @Test
  void aRunWhoseCheckpointsAreGoneIsRefusedAndKeepsItsMetrics() throws IOException {
    train(1, 25);
    Path checkpoints = folder.resolve("checkpoints");
    AtomicFiles.deleteQuietly(checkpoints);
    String none = ", but no checkpoint is in " + checkpoints;
    refusesToEmpty("saved step 10" + none);
    Path outcome = Files.writeString(folder.resolve("outcome.json"), "{}");
    refusesToEmpty("an outcome.json" + none);
    Files.delete(outcome);
    Files.delete(folder.resolve("run.json"));
    assertThatThrownBy(this::open)
        .isInstanceOf(RefrainException.class)
        .hasMessage(RunFolder.lost(folder));
    assertThat(Files.readAllLines(folder.resolve("metrics.jsonl"))).hasSize(25);
  }

  @Test
  void aRunThatWentOnFromALostCheckpointIsRefused() throws IOException {
    train(1, 10);
    train(11, 12);
    AtomicFiles.deleteQuietly(folder.resolve("checkpoints"));
    MetricsLog.open(folder.resolve("metrics.jsonl"), 3).close();
    assertThatThrownBy(this::open)
        .hasMessageStartingWith(
            folder
                + ": has metrics up to step 3 and went on from step 10, but no checkpoint is in");
  }

  @Test
  void aRunKilledBeforeItsFirstCheckpointBeginsAgain() throws IOException {
    train(1, 9);
    open().close();
    assertThat(RunFolder.at(folder).metrics().steps()).isEmpty();
    try (RunWriter run = open()) {
      for (long step = 1; step <= 10; step++) {
        run.append(MetricsRow.at(step).put("loss", step));
      } // and killed between the row and its checkpoint
    }
    open().close();
    assertThat(RunFolder.at(folder).metrics().steps()).isEmpty();
  }

  @Test
  void checkpointsForMeasuringAreListedAndNotResumedFrom() {
    try (RunWriter run = open()) {
      run.checkpoint(contents(3));
      Checkpoint.Contents full = contents(5);
      run.checkpoint(new Checkpoint.Contents(5, full.model(), List.of(), full.state()));
    }
    Checkpoints checkpoints = RunFolder.at(folder).checkpoints();
    assertThat(checkpoints.list()).extracting(Checkpoint::step).containsExactly(3L, 5L);
    assertThat(checkpoints.latestGood().checkpoint().orElseThrow().step()).isEqualTo(3);
    assertThat(checkpoints.latestGood().warnings()).isEmpty();
    assertThat(checkpoints.at(5).model()).isEqualTo(contents(5).model());
    assertThat(checkpoints.at(5).optimizer()).isEmpty();
  }

  @Test
  void halfWrittenCheckpointsNeverCountAndAreSweptAway() throws IOException {
    train(1, 10);
    Path half = folder.resolve("checkpoints/.step-00000020.123-4.tmp");
    Files.createDirectories(half);
    Files.writeString(half.resolve("model.safetensors"), "half");
    Path file = Files.writeString(folder.resolve(".run.json.123-1.tmp"), "{");
    assertThat(RunFolder.at(folder).checkpoints().list()).hasSize(1);
    open().close();
    assertThat(half).doesNotExist();
    assertThat(file).doesNotExist();
  }

  @Test
  void oneFolderHasOneWriter() {
    try (RunWriter first = open()) {
      assertThat(first.warnings()).isEmpty();
      assertThatThrownBy(this::open)
          .isInstanceOf(RefrainException.class)
          .hasMessageStartingWith(folder + ": is being written by process ")
          .hasMessageEndingWith("this one; wait for it or choose another folder");
    }
    open().close();
  }

  @Test
  void refusesAFolderOfAnotherConfigurationAndSaysWhatDiffers() {
    open().close();
    JsonNode other = Json.tree(Map.of("layers", 1, "rate", 1e-3));
    assertThatThrownBy(() -> open(folder, other, Map.of()))
        .isInstanceOf(RefrainException.class)
        .hasMessage(
            folder
                + ": holds a run of another configuration (layers: 2, now 1);"
                + " choose another folder");
    open().close();
  }

  @Test
  void refusesARowAfterItsCheckpoint() {
    try (RunWriter run = open()) {
      run.checkpoint(contents(5));
      assertThatThrownBy(() -> run.append(MetricsRow.at(5)))
          .hasMessage("row of step 5 after the checkpoint of step 5; append it before");
    }
  }

  @Test
  void theOutcomeEndsARunUntilItIsOpenedAgain() throws IOException {
    try (RunWriter run = open()) {
      assertThat(RunFolder.at(folder).outcome()).isEmpty();
      run.finish(Outcome.Status.STOPPED, 7, "settled", Map.of("formationStep", 3));
    }
    Outcome outcome = RunFolder.at(folder).outcome().orElseThrow();
    assertThat(outcome.status()).isEqualTo(Outcome.Status.STOPPED);
    assertThat(outcome.summary().get("formationStep").intValue()).isEqualTo(3);
    assertThat(Files.readString(folder.resolve("outcome.json"))).contains("\"stopped\"");
    assertThat(RunFolder.list(parent)).hasSize(1);
    open().close();
    assertThat(RunFolder.at(folder).outcome()).isEmpty();
  }

  @Test
  void saysWhenAFolderIsNoRunOrOfAnotherFormat() throws IOException {
    assertThatThrownBy(() -> RunFolder.at(folder))
        .hasMessage(folder + ": holds no run: there is no run.json");
    assertThat(RunFolder.list(parent.resolve("none"))).isEmpty();
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("run.json"), "{\"format\":9}");
    assertThatThrownBy(() -> RunFolder.at(folder).info())
        .hasMessageContaining("run.json: has format 9, expected 1");
  }
}
