package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.intervene.Intervention;
import refrain.intervene.Site;
import refrain.intervene.Source;
import refrain.intervene.Template;
import refrain.model.HeadId;
import refrain.store.Checkpoint;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.store.SafeTensorsWriter;

class ReplayTest {
  private static final RunSpec TINY = Presets.get("tiny").with(s -> s.steps = 30);

  @TempDir Path temp;

  private RunFolder train(RunSpec spec, String name) {
    Path folder = temp.resolve(name);
    Trainer.run(spec, folder, TrainControl.threads(1), TrainListener.NONE);
    return RunFolder.at(folder);
  }

  /** What the store's file of these parameters would have, by the format's own writer. */
  private static String sha256(TrainingState state) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      Map<String, String> metadata = Map.of("format", "pt", "step", "" + state.step());
      SafeTensorsWriter.writeTo(bytes, state.snapshot().model(), metadata);
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray()));
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String stored(Checkpoint checkpoint) {
    return Json.readFile(checkpoint.folder().resolve("state.json"))
        .at("/files/model.safetensors/sha256")
        .asString();
  }

  /** Every file below a folder with its bytes. */
  private static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        all.put(file.toString(), HexFormat.of().formatHex(Files.readAllBytes(file)));
      }
    }
    return all;
  }

  @Test
  void replayedToTheNextCheckpointTheParametersHaveItsSha256() throws IOException {
    String donor = train(TINY.with(s -> s.steps = 5), "donor").path().toString();
    HeadId head = new HeadId(0, 1);
    List<Intervention> edits =
        List.of(
            new Intervention.AttentionBias(List.of(head), Template.PREVIOUS_TOKEN, 2),
            Intervention.resample(Site.of(new HeadId(1, 0)), 3),
            new Intervention.FreezePatterns(List.of(head), new Source.Checkpoint(donor)));
    for (EngineKind engine : EngineKind.values()) {
      for (List<Intervention> own : List.of(List.<Intervention>of(), edits)) {
        RunFolder run =
            train(
                TINY.with(s -> s.engine = engine, s -> s.interventions = own),
                engine + "-" + own.size());
        Map<String, String> before = contents(run.path());
        List<Checkpoint> saved = run.checkpoints().list();
        assertThat(saved).extracting(Checkpoint::step).containsExactly(10L, 20L, 30L);
        for (Checkpoint checkpoint : saved.subList(0, 2)) {
          int step = (int) checkpoint.step();
          List<String> shown = new ArrayList<>();
          Trainer.replay(run, step + 10, step + 10, 3, state -> shown.add(sha256(state)));
          assertThat(shown).containsExactly(stored(run.checkpoints().at(step + 10)));
          // From the checkpoint before, over the one at the step itself.
          Trainer.replay(
              run,
              step - 1,
              step + 1,
              2,
              state -> {
                if (state.step() == step) {
                  assertThat(sha256(state)).isEqualTo(stored(checkpoint));
                }
              });
        }
        assertThat(contents(run.path())).as("nothing is written").isEqualTo(before);
      }
    }
  }

  @Test
  void eachStepOfTheStretchIsShownInOrder() {
    RunFolder run = train(TINY, "run");
    List<Integer> steps = new ArrayList<>();
    Trainer.replay(run, 8, 13, 1, state -> steps.add(state.step()));
    assertThat(steps).containsExactly(8, 9, 10, 11, 12, 13);
    Trainer.replay(
        run,
        0,
        0,
        1,
        state ->
            assertThat(state.parameters().arena())
                .isEqualTo(
                    refrain.model.Parameters.init(TINY.model(), TINY.seeds().init()).arena()));
  }

  @Test
  void aDamagedCheckpointIsPassedOver() throws IOException {
    RunFolder run = train(TINY, "run");
    String wanted = stored(run.checkpoints().at(20));
    Files.writeString(run.checkpoints().at(10).folder().resolve("model.safetensors"), "damaged");
    List<String> shown = new ArrayList<>();
    Trainer.replay(run, 20, 20, 1, state -> shown.add(sha256(state)));
    assertThat(shown).containsExactly(wanted);
  }

  @Test
  void otherArithmeticIsRefusedByName() throws IOException {
    RunFolder run = train(TINY, "run");
    Path file = run.path().resolve("run.json");
    String text = Files.readString(file);
    Files.writeString(file, text.replaceFirst("\"kernels\" : \\d+", "\"kernels\" : 0"));
    assertThatThrownBy(() -> Trainer.replay(run, 15, 15, 1, state -> {}))
        .hasMessageStartingWith(run.path() + ": step 11 was made with ")
        .hasMessageContaining(", kernels 0, here is ")
        .hasMessageEndingWith(
            "it cannot be trained again to the same bits; do it on such a machine, or use a state"
                + " that was saved: steps 10, 20, 30");
    assertThatThrownBy(() -> Trainer.replay(run, 15, 40, 1, state -> {}))
        .hasMessage(run.path() + ": no steps 15 to 40 to train again; the run has steps 0 to 30");
  }

  @Test
  void theSittingThatMadeTheStretchDecides() throws IOException {
    Path folder = temp.resolve("parts");
    RunSpec first = TINY.with(s -> s.stop = new StopRule.AtStep(15));
    Trainer.run(first, folder, TrainControl.threads(1), TrainListener.NONE);
    Path file = folder.resolve("run.json");
    Files.writeString(
        file, Files.readString(file).replaceFirst("\"kernels\" : \\d+", "\"kernels\" : 0"));
    Trainer.run(TINY, folder, new TrainControl(() -> false, () -> 1, true), TrainListener.NONE);
    RunFolder run = RunFolder.at(folder);
    assertThat(run.info().sessions()).hasSize(2);
    List<Integer> shown = new ArrayList<>();
    Trainer.replay(run, 16, 17, 1, state -> shown.add(state.step()));
    assertThat(shown).containsExactly(16, 17);
    assertThatThrownBy(() -> Trainer.replay(run, 14, 17, 1, state -> {}))
        .hasMessageContaining(": step 11 was made with ");
  }

  @Test
  void ofAnOldRunTheProcessorAndTheRowsDecide() throws IOException {
    RunFolder run = train(TINY, "run");
    Path file = run.path().resolve("run.json");
    String text = Files.readString(file);
    String old = text.replaceFirst(",\\s*\"arithmetic\" : \\{[^}]*\\}", "");
    assertThat(old).doesNotContain("arithmetic");
    Files.writeString(file, old);
    List<Integer> shown = new ArrayList<>();
    Trainer.replay(run, 12, 12, 1, state -> shown.add(state.step()));
    assertThat(shown).containsExactly(12);
    Files.writeString(file, old.replaceFirst("\"cpu\" : \"[^\"]*\"", "\"cpu\" : \"Other\""));
    assertThatThrownBy(() -> Trainer.replay(run, 12, 12, 1, state -> {}))
        .hasMessageContaining(
            ": step 11 was made with Other, vectors and kernels not recorded, here is ");
  }

  @Test
  void bitsThatComeOutOtherwiseAreNotShown() throws IOException {
    RunFolder run = train(TINY, "run");
    Path metrics = run.path().resolve("metrics.jsonl");
    String text = Files.readString(metrics);
    Files.writeString(
        metrics, text.replaceFirst("(\"step\":12,.*?\"train.loss\":)[0-9.]+", "$12.5"));
    List<Integer> shown = new ArrayList<>();
    assertThatThrownBy(() -> Trainer.replay(run, 11, 13, 1, state -> shown.add(state.step())))
        .hasMessageContaining(": step 12 trained again has train.loss ")
        .hasMessageContaining(", recorded is 2.5: these are not the bits of the run;");
    assertThat(shown).containsExactly(11);
  }
}
