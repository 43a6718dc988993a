package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.train.Metrics;
import tools.jackson.databind.JsonNode;

class MeasureCommandTest extends TypedCommands {
  @TempDir static Path all;
  private static Path folder;

  @TempDir Path temp;

  private String run = "";

  /** Two layers of two heads that form none, probed on as many sequences as scores are of. */
  @BeforeAll
  static void train() {
    folder = all.resolve("run");
    String[] args = {
      "train", "--preset", "tiny", "--set", "probing.sequences=256", "--out", folder.toString()
    };
    assertThat(
            Main.run(
                args, new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter())))
        .isZero();
  }

  @BeforeEach
  void name() {
    run = folder.toString();
  }

  private int code(String... args) {
    String[] line = new String[args.length + 1];
    line[0] = "measure";
    System.arraycopy(args, 0, line, 1, args.length);
    return run(line);
  }

  private String measure(String... args) {
    forget();
    int code = code(args);
    assertThat(code).as(err.toString()).isZero();
    return out.toString();
  }

  private JsonNode json(String... args) {
    return Json.parse(measure(args), "out").get("measurements").get(0);
  }

  private void fails(String message, String... args) {
    err.getBuffer().setLength(0);
    assertThat(code(args)).isEqualTo(2);
    assertThat(err.toString()).contains(message).doesNotContain("\tat ");
  }

  @Test
  void theHeadTableHasARowAHeadAndSaysWhatItsNumbersAre() {
    assertThat(measure(run))
        .contains("tiny, seed 0, step 40 of 40; no heads formed")
        .containsPattern(
            "ICL score -0\\.11 \\+- \\.03 nats \\(n = 256\\), loss 2\\.73 nats per token")
        .contains("on 256 sequences of the evaluation set, seed 0")
        .containsPattern(
            "(?m)^head +verdict +pm +prev +copy +copy\\.z +match +loss without +ICL without$")
        .containsPattern("(?m)^L0H0 +none +0\\.14 ")
        .contains("prefix-matching score (probability)")
        .containsPattern("(?m)^token index +0 +1 +2 +4 +8 +15$");
  }

  /** The probe of the last step read the same sequences, so its numbers are these to the bit. */
  @Test
  void numbersAreThoseOfTheProbes() {
    JsonNode model = json(run, "--json").get("model");
    var last = RunFolder.at(folder).metrics().rows().getLast();
    assertThat(model.get("icl").get("score").asDouble()).isEqualTo(last.value(Metrics.ICL));
    assertThat(model.get("icl").get("n").asInt()).isEqualTo(256);
    assertThat(model.get("loss").asDouble()).isCloseTo(last.value(Metrics.LOSS), within(1e-12));
    assertThat(model.get("lossByIndex")).hasSize(16);
    JsonNode heads = model.get("heads");
    assertThat(heads).hasSize(4);
    for (JsonNode head : heads) {
      for (String key : new String[] {"pm", "prev", "copy"}) {
        assertThat(head.get("scores").get(key).asDouble())
            .isEqualTo(last.value(key + "." + head.get("head").asString("")));
      }
      assertThat(head.get("verdict").asString("")).isEqualTo("none");
    }
  }

  @Test
  void everyKeyHasTitleUnitFormulaAndSource() {
    JsonNode measured = json(run, "--json");
    assertThat(measured.get("definitions"))
        .extracting(d -> d.get("key").asString(""))
        .containsExactly(
            "loss", "icl", "pm", "prev", "copy", "copy.z", "match", "without.loss", "without.icl");
    for (JsonNode definition : measured.get("definitions")) {
      for (String field : new String[] {"title", "unit", "formula", "source"}) {
        assertThat(definition.get(field).asString("")).isNotBlank();
      }
    }
  }

  @Test
  void everyProbedMeasureCanBeHadLater() {
    JsonNode model =
        json(run, "--measure", "entropy,composition,qk-trace,per-token-losses", "--json")
            .get("model");
    assertThat(model.get("heads").get(0).get("scores").propertyNames()).contains("entropy", "prev");
    assertThat(model.get("heads").get(0).get("verdict").isNull()).isTrue();
    assertThat(model.get("numbers").propertyNames()).anyMatch(name -> name.contains("L1H0"));
    assertThat(model.get("series").size()).isPositive();
    fails("no measure 'pm'; there are loss, icl, prefix-matching,", run, "--measure", "entropy,pm");
  }

  @Test
  void anyCheckpointIsMeasuredByStepByNameAndByFolder() {
    String ten = measure(run, "--at", "10");
    assertThat(ten).contains("step 10 of 40");
    assertThat(measure(run + "@10")).isEqualTo(ten);
    assertThat(measure(run + "/checkpoints/step-00000010")).isEqualTo(ten);
    assertThat(measure(run, "--at", "0")).contains("step 0 of 40");
    assertThat(measure(run, "--at", "all"))
        .containsPattern("(?m)^run +seed +step +formed +ICL score +loss +heads")
        .containsPattern("(?m)^tiny +0 +10 +none ")
        .containsPattern("(?m)^tiny +0 +40 +none +-0\\.11 \\+- \\.03 ");
  }

  @Test
  void whatCannotBeHadIsRefusedWithWhatCan() {
    fails(
        "has no checkpoint of step 7; there are those of steps [0, 10, 20, 30, 40]",
        run,
        "--at",
        "7");
    fails(
        "induction heads did not form, so there is no state at formation; its checkpoints are of"
            + " steps [10, 20, 30, 40]",
        run,
        "--at",
        "formed");
    fails("--at soon: expected a step, all or formed", run, "--at", "soon");
    fails(": is no run, no checkpoint of one and no study", temp.toString());
    fails("no such checkpoint; the run has those of steps [10", run + "/checkpoints/step-00000007");
    fails("says which checkpoint is measured; leave out --at 20", run + "@10", "--at", "20");
    fails("no head L2H0 in this model; it has L0H0", run, "--intervene", "zero L2H0");
    fails("--intervene 'L1H0': expected zero, mean or resample", run, "--intervene", "L1H0");
    fails("--head is for --prompt", run, "--head", "L0H0");
    fails("no head L0H9 in this model", run, "--prompt", "ba de", "--head", "L0H9");
    fails(
        "this run reads a language of token ids and has no tokenizer",
        run,
        "--text",
        run + "/run.json");
    fails("--prompt: has 17 tokens, expected 2 to 16", run, "--prompt", "ba ".repeat(17));
    fails("'nowhere' is no token of this language", run, "--prompt", "ba nowhere");
    fails("--prompt: no token 16; the vocabulary has 0 to 15", run, "--prompt", "1 16");
    fails(
        "cannot be written, for there is no folder",
        run,
        "--html",
        temp.resolve("no/page.html").toString());
  }

  /** Removing a head is one of its columns and the plainest intervention: to the bit the same. */
  @Test
  void anInterventionIsMeasuredBeforeAndAfterBesideOtherHeadsOfTheLayer() throws IOException {
    JsonNode measured = json(run, "--intervene", "zero L1H1", "--json");
    JsonNode change = measured.get("intervened").get("change");
    JsonNode without = measured.get("model").get("heads").get(3).get("without");
    assertThat(change).isEqualTo(without);
    double before = measured.get("model").get("icl").get("score").asDouble();
    double after = measured.get("intervened").get("model").get("icl").get("score").asDouble();
    assertThat(change.get("icl").get("mean").asDouble()).isCloseTo(after - before, within(1e-6));
    JsonNode placebo = measured.get("intervened").get("placebo");
    assertThat(placebo.get("all").asBoolean(false)).isTrue();
    assertThat(placebo.get("sets")).hasSize(1);
    assertThat(placebo.get("sets").get(0).get("change"))
        .isEqualTo(measured.get("model").get("heads").get(2).get("without"));

    Path file =
        Files.writeString(
            temp.resolve("list.yaml"), "- {kind: replace, site: \"1.1\", source: {kind: zero}}\n");
    String shown = measure(run, "--intervene", file.toString());
    assertThat(shown)
        .isEqualTo(measure(run, "--intervene", "zero L1H1"))
        .contains("under zero L1H1:", "  placebo    the same on 1 other head of the same layers")
        .containsPattern("    all 1 sets +median [+-]\\d\\.\\d\\d, .*; this one ranks [12] of 2")
        .containsPattern("(?m)^  after +\\d");
    assertThat(measure(run, "--intervene", "zero L1H0 L1H1"))
        .contains("  placebo    none: the layer has too few other heads");
    assertThat(measure(run, "--intervene", "mean blocks.0.hook_resid_pre"))
        .contains("  placebo    none: the intervention is on no single heads");
    Files.writeString(file, "- {kind: replace, sight: \"1.1\", source: {kind: zero}}\n");
    fails("list.yaml:1: unknown name", run, "--intervene", file.toString());
  }

  @Test
  void aPromptShowsOneHeadLookingBack() {
    String names = measure(run, "--prompt", "ba de fi ba", "--head", "L1H0");
    assertThat(names)
        .contains("head L1H0, from each token to the one that it looks at most:")
        .containsPattern("(?m)^ +0 +ba +1\\.00  0 ba$")
        .containsPattern("(?m)^ +3 +ba +\\d\\.\\d\\d +\\d\\.\\d\\d  \\d \\w\\w$");
    assertThat(measure(run, "--prompt", "0 1 2 0", "--head", "L1H0")).isEqualTo(names);
    JsonNode prompt =
        Json.parse(
                measure(run, "--prompt", "ba de fi ba", "--intervene", "zero L0H0", "--json"),
                "out")
            .get("prompt");
    assertThat(prompt.get("loss")).hasSize(3);
    assertThat(prompt.get("lossAfter")).hasSize(3);
    for (JsonNode row : prompt.get("attention")) {
      double sum = 0;
      for (JsonNode key : row) {
        sum += key.asDouble();
      }
      assertThat(sum).isCloseTo(1, within(1e-5));
    }
    assertThat(measure(run, "--prompt", "ba de", "--csv"))
        .startsWith("index,token,loss (nats),loss after (nats),head,");
  }

  @Test
  void twoModelsOnTheSameTokensAreComparedWithinSequences() {
    assertThat(measure(run, "--compare", run + "@10"))
        .contains("compared with:", "step 10 of 40")
        .containsPattern(
            "minus that one: ICL score [+-].* nats, loss -.* nats \\(within sequences\\)");
  }

  @Test
  void theTableForProgramsHasANumberARowWithItsUnit() {
    String csv = measure(run, "--csv", "--intervene", "zero L0H0");
    assertThat(csv)
        .startsWith(
            "run,name,variant,seed,step,intervention,head,index,measure,value,error,n,verdict,unit,"
                + "formula")
        .contains(",tiny,,0,40,,,,icl,", ",tiny,,0,40,,L1H1,,match,", ",zero L0H0,,,change.icl,")
        .contains(",placebo L0H1,,,change.icl,");
    assertThat(csv.lines().filter(row -> row.contains(",loss.byIndex,"))).hasSize(32);
    assertThat(csv.lines().skip(1))
        .allMatch(
            row -> row.contains(",nats,") || row.contains(",probability,") || row.contains(",1,"));
  }

  @Test
  void aPageIsWrittenThatOpensOffline() throws IOException {
    Path page = temp.resolve("page.html");
    assertThat(
            measure(
                run,
                "--prompt",
                "ba de ba",
                "--intervene",
                "zero L1H1",
                "--measure",
                "prefix-matching,verdict,effect",
                "--compare",
                run + "@10",
                "--html",
                page.toString()))
        .contains("Page: " + page);
    assertThat(Files.readString(page))
        .contains(
            "One prompt",
            "Under the intervention",
            "The same on other heads",
            "Over training",
            "Loss by token index",
            "Difference in loss by token index",
            "What the numbers mean")
        .contains("./refrain measure " + run + " --measure prefix-matching,verdict,effect")
        .doesNotContain("src=\"http", "href=\"http", "NaN");
    measure(run, "--at", "all", "--html", page.toString());
    assertThat(Files.readString(page)).contains("ICL score at each checkpoint");
  }

  @Test
  void aStudyIsOneTableOverItsRuns() throws IOException {
    Path file =
        Files.writeString(
            temp.resolve("pair.yaml"),
            """
            name: pair
            title: Two runs
            seeds: 1
            plateauSteps: 0
            plateauShare: 0.0
            arguments: []
            variants:
              - {name: one, preset: tiny, control: null, settled: AT_END, set: {}, analyses: []}
              - {name: other, preset: tiny, control: null, settled: AT_END, set: {model: {nLayers: 1}}, analyses: []}
            explanations: {}
            claims: []
            """);
    Path study = temp.resolve("pair");
    String[] train = {"study", "run", file.toString(), "--out", study.toString()};
    assertThat(run(train)).as(err.toString()).isZero();
    assertThat(measure(study.toString()))
        .containsPattern(
            "(?m)^one +0 +40 +none +-0\\.11 \\+- \\.03 +2\\.\\d\\d  none \\(nearest: L0H0")
        .containsPattern("(?m)^other +0 +40 +none ");
    fails(
        "is a study; --text, --prompt and --compare are for one of its runs",
        study.toString(),
        "--prompt",
        "ba de");
    fails("no run has a checkpoint for --at formed", study.toString(), "--at", "formed");
    assertThat(err.toString()).contains("left out: ");
  }
}
