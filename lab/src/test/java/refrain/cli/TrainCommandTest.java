package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.store.Arithmetic;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.train.Engines;
import refrain.train.Presets;
import refrain.train.RunSpec;
import refrain.train.Trainer;

class TrainCommandTest {
  @TempDir Path temp;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Main.run(args, new PrintWriter(out), new PrintWriter(err));
  }

  @Test
  void theWholeConfigurationIsPrintedAsYamlThatCanBeGivenBack() throws Exception {
    assertThat(
            run("train", "--preset", "tiny", "--set", "steps=7", "--seed", "3", "--print-config"))
        .isZero();
    RunSpec spec = Json.read(Json.parseYaml(out.toString(), "out"), RunSpec.class, "out");
    assertThat(spec.steps()).isEqualTo(7);
    assertThat(spec.seeds().init()).isEqualTo(3);

    Path file = Files.writeString(temp.resolve("again.yaml"), out.toString());
    String before = out.toString();
    out.getBuffer().setLength(0);
    assertThat(run("train", "--config", file.toString(), "--print-config")).isZero();
    assertThat(out.toString()).isEqualTo(before);
  }

  @Test
  void aRunIsTrainedIntoItsFolderAndContinuedFromThere() {
    Path folder = temp.resolve("run");
    assertThat(
            run(
                "train",
                "--preset",
                "tiny",
                "--set",
                "steps=6",
                "--set",
                "stop={kind: at-step, step: 3}",
                "--out",
                folder.toString()))
        .isZero();
    assertThat(out.toString()).contains("tiny: 5 steps in").contains(folder.toString());
    assertThat(Trainer.spec(RunFolder.at(folder)).steps()).isEqualTo(6);
    assertThat(run("train", "--resume", folder.toString())).isZero();
    assertThat(run("train", "--resume", folder.toString(), "--seed", "2")).isEqualTo(2);
    assertThat(err.toString()).contains("--resume goes on with the configuration that the folder");
  }

  @Test
  void aRunMadeUnderOtherArithmeticGoesOnOnlyWhenItIsAskedTo() throws Exception {
    Path folder = temp.resolve("run");
    String[] more = {"train", "--preset", "tiny", "--set", "steps=6", "--out", folder.toString()};
    List<String> less = new ArrayList<>(List.of(more));
    less.addAll(List.of("--set", "stop={kind: at-step, step: 3}"));
    assertThat(run(less.toArray(String[]::new))).isZero();
    Path file = folder.resolve("run.json");
    Files.writeString(
        file, Files.readString(file).replaceFirst("\"kernels\" : \\d+", "\"kernels\" : 0"));
    assertThat(run("train", "--resume", folder.toString())).as("it has ended").isZero();
    Arithmetic here = Engines.arithmetic();
    assertThat(run(more)).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "refrain: "
                + folder
                + ": step 5 was made with "
                + here.processor()
                + ", "
                + here.width()
                + ", kernels 0, here is "
                + here.words()
                + ", so it cannot go on to the same bits: use the version of Refrain that made it, or add"
                + " --other-arithmetic to go on all the same, or move the folder away to train it"
                + " from the beginning\n");
    List<String> anyway = new ArrayList<>(List.of(more));
    anyway.add("--other-arithmetic");
    assertThat(run(anyway.toArray(String[]::new))).isZero();
    assertThat(out.toString()).contains("tiny: 6 steps in");
    assertThat(RunFolder.at(folder).info().sessions().getLast().arithmetic()).isEqualTo(here);
  }

  @Test
  void mistakesEndWithTwoAndOneSentence() {
    assertThat(run("train", "--preset", "nothing")).isEqualTo(2);
    assertThat(err.toString()).contains("no preset 'nothing'; there are r0-2l");
    assertThat(run("train", "--set", "model.nLayer=3")).isEqualTo(2);
    assertThat(err.toString()).contains("unknown name 'model.nLayer'; valid names here:");
    assertThat(run("train", "--config", temp.resolve("absent.yaml").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("absent.yaml: no such file");
    assertThat(run("train", "--resume", temp.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("holds no run");
    assertThat(run("reproduce", "--threads", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--threads is 0, expected 1 or more");
    assertThat(run("reproduce", "--seeds", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("study: seeds is 0, expected 1 or more");
    assertThat(run("report", temp.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("holds no study").doesNotContain("\tat ");
  }

  @Test
  void theEngineIsChosenByName() {
    assertThat(run("train", "--preset", "r0-2l", "--engine", "reference", "--print-config"))
        .isZero();
    assertThat(out.toString()).contains("engine: \"REFERENCE\"");
    assertThat(run("train", "--engine", "gpu")).isEqualTo(2);
  }

  @Test
  void helpNamesThePresets() {
    assertThat(run("train", "--help")).isZero();
    assertThat(out.toString()).contains("r0-2l").contains("code-2l");
    assertThat(Presets.names()).contains("r0-1l-smeared-from-2");
  }

  @Test
  void runsAreListed() {
    assertThat(
            run("train", "--preset", "tiny", "--set", "steps=5", "--out", temp.resolve("a") + ""))
        .isZero();
    out.getBuffer().setLength(0);
    assertThat(run("runs", temp.toString())).isZero();
    assertThat(out.toString()).contains("tiny").contains("5 steps").contains("done: all steps");
  }

  @Test
  void foldersThatDoNotExistAndEmptySettingsAreNamed() {
    assertThat(run("runs", temp.resolve("none").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("none: no such folder; expected one that holds runs");
    assertThat(run("train", "--preset", "tiny", "--set", "steps=")).isEqualTo(2);
    assertThat(err.toString()).contains("--set steps=: no value after '=', expected path=value");
  }
}
