package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import refrain.store.Arithmetic;
import refrain.store.HeadPattern;
import refrain.store.Json;
import refrain.store.MetricsRow;
import refrain.store.Outcome;
import refrain.store.RunFolder;
import refrain.train.Engines;
import refrain.train.Presets;
import refrain.train.RunSpec;
import refrain.train.Trainer;

class TrainCommandTest extends TypedCommands {
  @TempDir Path temp;

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
    assertThat(err.toString())
        .contains("--seed: would be ignored beside --resume, which goes on with the configuration");
  }

  /** Probes read 8 sequences; the last line's score is of 256, and the same whatever they read. */
  @Test
  void aRunEndsWithItsResultsAndWhatToDoNext() throws IOException {
    Path folder = temp.resolve("a run");
    String[] train = {"train", "--preset", "tiny", "--out", folder.toString()};
    assertThat(run(train)).isZero();
    String page = folder.resolve("report.html").toString();
    assertThat(out.toString())
        .containsPattern(
            "(?m)^Induction heads did not form; at the end: none \\(nearest: L0H0 \\.14")
        .containsPattern("(?m)^ICL score -0\\.11 \\+- \\.03 nats at step 40 \\(n = 256\\)$")
        .contains("Page: " + page)
        .contains("Next: ./refrain measure '" + folder + "' --intervene \"zero L0H0\"")
        .contains("      ./refrain measure '" + folder + "' --at all");
    assertThat(Files.readString(Path.of(page)))
        .startsWith("<!DOCTYPE html>")
        .contains("Loss by token index", "ICL score -0.11 ± .03 nats (n = 256)")
        .doesNotContain("src=\"http", "href=\"http");
    String rows = Files.readString(folder.resolve("metrics.jsonl"));
    out.getBuffer().setLength(0);
    assertThat(run(train)).as("nothing is left to train").isZero();
    assertThat(out.toString()).contains("ICL score -0.11 +- .03 nats at step 40 (n = 256)");
    assertThat(Files.readString(folder.resolve("metrics.jsonl"))).isEqualTo(rows);
    Files.delete(Path.of(page));
    assertThat(run("report", folder.toString())).isZero();
    assertThat(Path.of(page)).exists();
  }

  /** Whoever asks for probes of more sequences has the last score of as many: the curve's own. */
  @Test
  void theLastScoreIsOfAsManySequencesAsProbesReadWhereThoseAreMore() throws IOException {
    Path folder = temp.resolve("run");
    String[] train = {
      "train", "--preset", "tiny", "--set", "probing.sequences=300", "--out", folder.toString()
    };
    assertThat(run(train)).isZero();
    MetricsRow last = RunFolder.at(folder).metrics().rows().getLast();
    String score = String.format(Locale.ROOT, "ICL score %.2f ", last.value("icl"));
    assertThat(out.toString()).contains(score, "(n = 300)");
  }

  /** n_ctx 64, trained on contexts of 16: positions beyond are never read. */
  @Test
  void probesStayWithinTheContextOfTraining() throws IOException {
    Path folder = temp.resolve("run");
    String[] train = {
      "train",
      "--preset",
      "tiny",
      "--set",
      "model.nCtx=64",
      "--set",
      "steps=10",
      "--out",
      folder.toString()
    };
    assertThat(run(train)).isZero();
    String measures = Files.readString(folder.resolve("measures.json"));
    assertThat(measures)
        .contains("10 sequences of 4 to 8 random tokens repeated up to 16 positions");
    assertThat(HeadPattern.of(RunFolder.at(folder)).orElseThrow().tokens()).hasSize(16);
  }

  /** Its rows stay, and those to come are measured as they were: one curve is of one measure. */
  @ParameterizedTest
  @CsvSource({"15, 61", "3, 13"})
  void aRunOfAnEarlierProgramGoesOnAsItBegan(int block, int positions) throws IOException {
    Path folder = temp.resolve("run");
    List<String> train =
        List.of("train", "--preset", "tiny", "--set", "model.nCtx=64", "--out", folder.toString());
    List<String> half = new ArrayList<>(train);
    half.addAll(List.of("--set", "stop={kind: at-step, step: 20}"));
    assertThat(run(half.toArray(String[]::new))).isZero();
    Path measures = folder.resolve("measures.json");
    String older =
        Files.readString(measures)
            .replace(
                "4 to 8 random tokens repeated up to 16 positions",
                "a start token and " + block + " random tokens repeated 4 times");
    Files.writeString(measures, older);
    assertThat(run(train.toArray(String[]::new))).isZero();
    assertThat(Files.readString(measures))
        .contains("and " + block + " random tokens repeated 4 times");
    assertThat(HeadPattern.of(RunFolder.at(folder)).orElseThrow().tokens()).hasSize(positions);
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
    assertThat(out.toString()).containsPattern("/a +tiny +0 +5 .* done: all steps were taken");
  }

  @Test
  void foldersThatDoNotExistAndEmptySettingsAreNamed() {
    assertThat(run("runs", temp.resolve("none").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("none: no such folder; expected one that holds runs");
    assertThat(run("train", "--preset", "tiny", "--set", "steps=")).isEqualTo(2);
    assertThat(err.toString()).contains("--set steps=: no value after '=', expected path=value");
  }

  private int tiny(Path folder, String... settings) {
    List<String> args = new ArrayList<>(List.of("train", "--preset", "tiny"));
    args.addAll(List.of("--out", folder.toString()));
    for (String setting : settings) {
      args.addAll(List.of("--set", setting));
    }
    return run(args.toArray(String[]::new));
  }

  @Test
  void aNaNOfTheLastUpdateIsNotSaved() {
    Path folder = temp.resolve("nan");
    String[] settings = {
      "steps=1", "optimizer.rate=1e39", "optimizer.weightDecay=0", "optimizer.warmup=0"
    };
    assertThat(tiny(folder, settings)).isEqualTo(21);
    String sentence =
        "refrain: run 'tiny' diverged at step 1 of 1: the update made embed.W_E infinite or NaN; no"
            + " state was saved before it; try a lower optimizer.rate (now 1.0E39)";
    assertThat(err.toString()).contains(sentence).doesNotContain("\tat ");
    RunFolder run = RunFolder.at(folder);
    assertThat(run.outcome().orElseThrow().status()).isEqualTo(Outcome.Status.DIVERGED);
    assertThat(run.checkpoints().list()).isEmpty();
    assertThat(tiny(folder, settings)).as("the same command again").isEqualTo(21);
  }

  @Test
  void aLossFarAboveThatOfTheStartIsNoEnd() {
    Path folder = temp.resolve("high");
    assertThat(tiny(folder, "optimizer.rate=50")).isEqualTo(21);
    assertThat(err.toString())
        .containsPattern(
            "refrain: run 'tiny' diverged: its loss after step 40 of 40 is [0-9.]+ nats, at its"
                + " start it was [0-9.]+, and ln\\(vocabulary\\) is 2.773; its last state is saved in ")
        .contains(folder + "; try a lower optimizer.rate (now 50.0)");
    assertThat(RunFolder.at(folder).outcome().orElseThrow().status())
        .isEqualTo(Outcome.Status.DIVERGED);
    assertThat(tiny(folder, "optimizer.rate=50")).as("the same command again").isEqualTo(21);
    Path unmeasured = temp.resolve("unmeasured");
    String measures = "probing.measures.measures=[ICL, PREFIX_MATCHING]";
    assertThat(tiny(unmeasured, "optimizer.rate=50", measures)).isEqualTo(21);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "optimizer.epsilon=1e-46 | optimizer: epsilon is 1.0E-46, expected at least 1.2E-38:"
            + " training computes in float32",
        "optimizer.epsilon=1e39 | optimizer: epsilon is 1.0E39, expected at most 3.4E38: training"
            + " computes in float32",
        "optimizer.rate=1e-46 | optimizer: rate is 1.0E-46, expected at least 1.2E-38: training"
            + " computes in float32",
        "optimizer.clip=1e-46 | optimizer: clip is 1.0E-46, expected 0 (never) or at least 1.2E-38:"
            + " training computes in float32",
        "optimizer.beta2=0.99999999 | optimizer: beta2 is 0.99999999, expected at most 0.9999999:"
            + " training computes in float32, where it would be 1",
        "model.normEps=1e-46 | model: normEps is 1.0E-46, expected from 1.2E-38 to 3.4E38: the"
            + " engine computes in float32",
        "model={dModel: 65536, dMlp: 65536} | model: has at least 17,190,879,244 parameters,"
            + " expected at most 1,073,741,823; make nLayers, dModel, dMlp, nHeads x dHead or"
            + " dVocab smaller",
        "model.nLayers=2000000000 | model: has at least 2,112,000,000,524 parameters,"
            + " expected at most 1,073,741,823; make nLayers, dModel, dMlp, nHeads x dHead or"
            + " dVocab smaller",
      })
  void numbersThatFloat32OrMemoryDoNotHoldAreRefused(String setting, String message) {
    Path folder = temp.resolve("none");
    assertThat(tiny(folder, setting)).isEqualTo(2);
    assertThat(err.toString()).contains(message + "\n").doesNotContain("\tat ");
    assertThat(folder).doesNotExist();
  }

  @Test
  void aBatchThatCannotFitIsRefusedBeforeAnythingIsWritten() {
    Path folder = temp.resolve("none");
    assertThat(tiny(folder, "batch=2000000000")).isEqualTo(2);
    assertThat(err.toString())
        .contains("refrain: run 'tiny': needs at least 894.1 GiB of memory (parameters and")
        .contains("a batch 894.1 GiB), Java may take ")
        .contains("REFRAIN_JAVA_OPTS=-Xmx1163g");
    assertThat(folder).doesNotExist();
  }

  @Test
  void aTextOverTwoGibibytesIsRefusedByItsSize() throws IOException {
    Path text = temp.resolve("long.txt");
    try (RandomAccessFile sparse = new RandomAccessFile(text.toFile(), "rw")) {
      sparse.setLength(3L << 30);
    }
    Path folder = temp.resolve("none");
    assertThat(tiny(folder, "data={kind: text, path: '" + text + "'}")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "refrain: "
                + text
                + ": has 3221225472 bytes or more, expected at most 2147483639 (2 GiB) in a file;"
                + " cut it into several files\n");
    assertThat(folder).doesNotExist();
  }
}
