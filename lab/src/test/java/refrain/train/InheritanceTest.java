package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.Subject;
import refrain.base.RefrainException;
import refrain.intervene.Intervention;
import refrain.intervene.Site;
import refrain.model.HeadId;
import refrain.store.Checkpoint;
import refrain.store.CheckpointSchedule;
import refrain.store.Json;
import refrain.store.MetricsRow;
import refrain.store.NamedTensor;
import refrain.store.Parent;
import refrain.store.Parent.Part;
import refrain.store.RunFolder;

/** Runs that begin from a checkpoint of another one. */
class InheritanceTest {
  private static final List<Part> ALL = List.of(Part.values());
  private static final RunSpec TINY =
      Presets.get("tiny")
          .with(
              s -> s.steps = 20,
              s -> s.engine = EngineKind.FUSED,
              s -> s.checkpoints = CheckpointSchedule.every(4));

  @TempDir Path temp;

  private RunFolder train(RunSpec spec, String name) {
    Path folder = temp.resolve(name);
    Trainer.run(spec, folder, TrainControl.threads(1), TrainListener.NONE);
    return RunFolder.at(folder);
  }

  private static RunSpec from(RunFolder run, int step, List<Part> parts, String... parameters) {
    Parent parent = Inheritance.of(run, step, parts, List.of(parameters), null);
    return TINY.with(s -> s.parent = parent);
  }

  private static Map<String, NamedTensor> model(Checkpoint checkpoint) {
    return checkpoint.model().stream().collect(Collectors.toMap(NamedTensor::name, t -> t));
  }

  private static List<String> rowsAfter(RunFolder run, int step) throws IOException {
    return Files.readAllLines(run.path().resolve("metrics.jsonl")).stream()
        .filter(line -> Json.parse(line, "row").path("step").asInt() > step)
        .toList();
  }

  private static void assertSameCheckpoint(RunFolder a, RunFolder b, int step) {
    for (String file : List.of("model.safetensors", "optimizer.safetensors", "state.json")) {
      assertThat(b.checkpoints().at(step).folder().resolve(file))
          .hasSameBinaryContentAs(a.checkpoints().at(step).folder().resolve(file));
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Test
  void withAllPartsAndTheSameSettingsItHasTheBitsOfTheRunGoingOn() throws IOException {
    RunFolder run = train(TINY, "run");
    RunFolder child = train(from(run, 8, ALL), "child");
    assertThat(rowsAfter(child, 8)).hasSize(12).isEqualTo(rowsAfter(run, 8));
    for (int step : List.of(8, 12, 16, 20)) {
      assertSameCheckpoint(run, child, step);
    }
    MetricsRow first = child.metrics().rows().getFirst();
    assertThat(first.step()).isEqualTo(8);
    assertThat(first.value(Metrics.TOKENS)).isEqualTo(8 * 4 * 16);
    assertThat(first.values()).as("it is probed").containsKey(Metrics.LOSS);
    assertThat(child.info().parent().orElseThrow().name()).isEqualTo(run.path() + "@8");
    assertThat(child.info().parent().orElseThrow().sha256())
        .containsOnlyKeys("model.safetensors", "optimizer.safetensors", "state");
    assertThat(run.info().parent()).isEmpty();
    Trainer.replay(child, 8, 11, 1, state -> assertThat(state.step()).isBetween(8, 11));
    assertThatThrownBy(() -> Trainer.replay(child, 0, 9, 1, _ -> {}))
        .hasMessageContaining("the run has steps 8 to 20");
    try (Subject subject = new Subject(child, null, 1)) {
      assertThat(subject.states()).containsExactly(8, 12, 16, 20);
    }
    try (Subject subject = new Subject(run, null, 1)) {
      assertThat(subject.states()).containsExactly(0, 4, 8, 12, 16, 20);
    }
  }

  /** Step 9 was not saved: it is trained again from the checkpoint of step 8. */
  @Test
  void aStepThatWasNotSavedHasTheBitsOfTheRunToo() throws IOException {
    RunFolder run = train(TINY, "run");
    RunFolder child = train(from(run, 9, ALL), "child");
    assertThat(rowsAfter(child, 9)).hasSize(11).isEqualTo(rowsAfter(run, 9));
    assertSameCheckpoint(run, child, 12);
    assertSameCheckpoint(run, child, 20);
    Parent parent = child.info().parent().orElseThrow();
    assertThat(parent.name()).isEqualTo(run.path() + "@9");
    assertThat(parent.sha256()).as("the run's identity says which state it is").isEmpty();
    assertSameCheckpoint(run, train(from(run, 0, ALL), "from the start"), 20);
  }

  @Test
  void itGoesOnAfterItsParentWasDeleted() throws IOException {
    RunFolder run = train(TINY, "run");
    Intervention zero = Intervention.zero(Site.of(new HeadId(0, 1)));
    RunSpec spec = from(run, 8, ALL).with(s -> s.interventions = List.of(zero));
    RunFolder whole = train(spec, "whole");
    assertThat(rowsAfter(whole, 8)).isNotEqualTo(rowsAfter(run, 8));
    int[] asked = {0};
    TrainControl control = new TrainControl(() -> asked[0]++ == 3, () -> 1);
    Path parts = temp.resolve("parts");
    assertThat(Trainer.run(spec, parts, control, TrainListener.NONE).step()).isEqualTo(11);
    delete(run.path());
    assertThat(run.path()).doesNotExist();
    RunSpec recorded = Trainer.spec(RunFolder.at(parts));
    Trainer.run(recorded, parts, TrainControl.threads(1), TrainListener.NONE);
    TrainerTest.assertSameBytes(whole, RunFolder.at(parts));
    delete(parts.resolve("checkpoints"));
    Files.delete(parts.resolve("outcome.json"));
    assertThatThrownBy(() -> train(recorded, "parts"))
        .hasMessageContaining(
            "begins from " + run.path() + "@8, which it needs until it has saved");
  }

  @Test
  void checkpointsThatAreLostAreNotMadeAgainFromTheParent() throws IOException {
    RunFolder run = train(TINY, "run");
    RunSpec spec =
        from(run, 8, ALL)
            .with(s -> s.checkpoints = CheckpointSchedule.every(100), s -> s.steps = 40);
    int[] asked = {0};
    TrainControl control = new TrainControl(() -> asked[0]++ == 3, () -> 1);
    Path child = temp.resolve("child");
    Trainer.run(spec, child, control, TrainListener.NONE);
    delete(child.resolve("checkpoints"));
    assertThatThrownBy(() -> train(spec, "child"))
        .hasMessageContaining(
            "has metrics up to step 11 and saved the state that it took from " + run.path() + "@8");
  }

  @Test
  void aRunThatWasKilledBeforeItsFirstStateWasSavedBeginsAgain() throws IOException {
    RunFolder run = train(TINY, "run");
    RunFolder whole = train(from(run, 8, ALL), "whole");
    RunFolder killed = train(from(run, 8, ALL), "killed");
    delete(killed.path().resolve("checkpoints"));
    Files.delete(killed.path().resolve("outcome.json"));
    Path metrics = killed.path().resolve("metrics.jsonl");
    Files.write(metrics, Files.readAllLines(metrics).subList(0, 1));
    TrainerTest.assertSameBytes(whole, train(from(run, 8, ALL), "killed"));
  }

  @Test
  void weightsAloneBeginANewRunWithThem() throws IOException {
    RunFolder run = train(TINY, "run");
    RunFolder child = train(from(run, 20, List.of(Part.WEIGHTS)), "child");
    RunFolder fresh = train(TINY.with(s -> s.steps = 4), "fresh");
    assertThat(child.metrics().rows().getFirst().step()).isZero();
    assertThat(child.metrics().rows().get(1).value(Metrics.RATE))
        .as("it warms up")
        .isEqualTo(fresh.metrics().rows().get(1).value(Metrics.RATE));
    Checkpoint first = child.checkpoints().at(0);
    assertThat(model(first)).isEqualTo(model(run.checkpoints().at(20)));
    assertThat(child.checkpoints().at(4).state())
        .as("updates and batches are those of a new run")
        .isEqualTo(fresh.checkpoints().at(4).state());
    assertThat(child.info().parent().orElseThrow().sha256()).containsOnlyKeys("model.safetensors");
    try (Subject subject = new Subject(child, null, 1)) {
      assertThat(subject.parameters(0).arena())
          .isEqualTo(Snapshot.parameters(first, TINY.model()).arena());
    }
  }

  @Test
  void theGeneratorAloneDrawsTheBatchesThatComeNext() {
    RunFolder run = train(TINY, "run");
    RunFolder child = train(from(run, 8, List.of(Part.GENERATOR)), "child");
    assertThat(child.checkpoints().at(4).state().get("dataRng"))
        .isEqualTo(run.checkpoints().at(12).state().get("dataRng"));
    assertThat(child.checkpoints().at(4).state().get("updates").asInt()).isEqualTo(4);
  }

  @Test
  void aPartOfTheParametersIsTakenWithItsMoments() {
    RunFolder run = train(TINY, "run");
    RunSpec spec = from(run, 8, List.of(Part.WEIGHTS, Part.MOMENTS), "blocks.0", "unembed");
    RunFolder child = train(spec.with(s -> s.seeds = new Seeds(5, 0, 0)), "child");
    Checkpoint first = child.checkpoints().at(8);
    Map<String, NamedTensor> parents = model(run.checkpoints().at(8));
    model(first)
        .forEach((name, tensor) -> {
          boolean taken = name.startsWith("blocks.0.") || name.equals("unembed.W_U");
          boolean constant = name.contains("ln") && !taken;
          if (!constant) {
            assertThat(tensor.equals(parents.get(name))).as(name).isEqualTo(taken);
          }
        });
    first
        .optimizer()
        .forEach(moment -> {
          boolean taken = moment.name().contains(".blocks.0.") || moment.name().contains("unembed");
          boolean zero = Arrays.equals(moment.values(), new float[moment.values().length]);
          assertThat(zero).as(moment.name()).isEqualTo(!taken);
        });
  }

  @Test
  void theIdentityHoldsWhatIsTakenAndNotWhereItLay() throws IOException {
    RunFolder run = train(TINY, "run");
    RunSpec child = from(run, 8, ALL);
    Path elsewhere = temp.resolve("elsewhere");
    Files.move(run.path(), elsewhere);
    assertThat(from(RunFolder.at(elsewhere), 8, ALL).id()).isEqualTo(child.id());
    run = RunFolder.at(elsewhere);
    assertThat(
            List.of(
                TINY.id(),
                from(run, 12, ALL).id(),
                from(run, 8, List.of(Part.WEIGHTS)).id(),
                from(run, 8, ALL, "blocks.0").id()))
        .doesNotHaveDuplicates()
        .doesNotContain(child.id());
    String recorded = Json.line(child);
    assertThat(Json.read(Json.parse(recorded, "spec"), RunSpec.class, "spec")).isEqualTo(child);
  }

  @Test
  void whatDoesNotFitIsSaidBeforeAnythingIsWritten() throws IOException {
    RunFolder run = train(TINY, "run");
    RunSpec wide = from(run, 8, ALL).with(s -> s.model = s.model.with(m -> m.dHead = 16));
    assertThatThrownBy(() -> train(wide, "wide"))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining(
            "tensor 'blocks.0.attn.W_Q' has shape [2, 16, 8], expected [2, 16, 16]; keep the settings")
        .hasMessageContaining("--from-parameters");
    assertThat(temp.resolve("wide")).doesNotExist();
    RunSpec deep =
        from(run, 8, ALL, "blocks.0", "blocks.1")
            .with(s -> s.model = s.model.with(m -> m.nLayers = 3));
    assertThat(train(deep, "deep").checkpoints().list()).hasSize(4);
    assertThatThrownBy(() -> from(run, 29, ALL))
        .hasMessage(
            run.path()
                + ": was never at step 29; there are checkpoints, the nearest first, of 20, 16, 12, 8, 4");
    assertThatThrownBy(() -> from(run, 8, ALL, "blocks.2"))
        .hasMessageContaining(
            "@8: no parameter is 'blocks.2' or begins with it; there are embed.W_E,");
    assertThatThrownBy(() -> from(run, 20, ALL))
        .hasMessageContaining("steps is 20, expected more: the run begins at step 20");
    RunSpec child = from(run, 8, ALL);
    train(TINY.with(s -> s.seeds = Seeds.replicate(1)), "other");
    delete(run.path());
    Files.move(temp.resolve("other"), run.path());
    assertThatThrownBy(() -> train(child, "child"))
        .hasMessageContaining("the state there is another by now");
    assertThat(temp.resolve("child")).doesNotExist();
  }
}
