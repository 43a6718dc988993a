package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.SmallModel;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;

/** Commands that take a run take a model on disk. */
class ModelsTest {
  @TempDir static Path temp;
  private static SmallModel small;

  @BeforeAll
  static void train() throws Exception {
    small = SmallModel.in(temp);
  }

  /** What is printed to both streams. */
  private record Said(int code, String out, String err) {
    JsonNode json() {
      return Json.parse(out, "output");
    }
  }

  private static Said run(String... line) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(line, new PrintWriter(out, true), new PrintWriter(err, true));
    return new Said(code, out.toString(), err.toString());
  }

  private static String model() {
    return small.model().toString();
  }

  /** The attention and the losses of the run that the model was written from. */
  @Test
  void aPromptIsReadAsTheRunReadsIt() {
    List<String> asked =
        List.of("--prompt", "all cats are beautiful", "--head", "L1H0", "--json", "--intervene");
    JsonNode expected = measured(small.run().path().toString(), asked);
    JsonNode found = measured(model(), asked);
    assertThat(found.path("tokens")).isEqualTo(expected.path("tokens"));
    for (String losses : List.of("loss", "lossAfter")) {
      assertThat(found.path(losses)).isNotEmpty();
      for (int t = 0; t < found.path(losses).size(); t++) {
        assertThat(found.path(losses).path(t).asDouble())
            .isCloseTo(expected.path(losses).path(t).asDouble(), within(1e-5));
      }
    }
    int last = found.path("tokens").size() - 1;
    assertThat(found.path("attention").path(last).path(1).asDouble())
        .isCloseTo(expected.path("attention").path(last).path(1).asDouble(), within(1e-5));
  }

  private static JsonNode measured(String what, List<String> asked) {
    List<String> line = new ArrayList<>(List.of("measure", what));
    line.addAll(asked);
    line.add("zero L0H1");
    Said said = run(line.toArray(String[]::new));
    assertThat(said.code()).as(said.err()).isZero();
    return said.json().path("prompt");
  }

  @Test
  void aModelIsMeasuredOnEnglishOrOnOnesOwnText() throws Exception {
    Said table = run("measure", model(), "--measure", "prefix-matching,verdict");
    assertThat(table.code()).as(table.err()).isZero();
    assertThat(table.out())
        .startsWith("small, a model on disk\n")
        .contains("on 16 sequences of 64 tokens of State of the Union addresses")
        .contains("L1H1 ")
        .doesNotContain("seed");
    Path text = Files.writeString(temp.resolve("own.txt"), "all cats are beautiful. ".repeat(60));
    Said own =
        run(
            "measure",
            model(),
            "--measure",
            "prefix-matching",
            "--text",
            text.toString(),
            "--json");
    JsonNode measured = own.json().path("measurements").path(0);
    assertThat(measured.path("text").asString("")).endsWith(" windows of 64 tokens of " + text);
    assertThat(measured.path("run").path("seed").isNull()).isTrue();
    assertThat(measured.path("model").path("heads")).hasSize(4);
  }

  @Test
  void aHeadLooksBackAtASentence() {
    Said said =
        run("look", model(), "--head", "L1H0", "--prompt", "all cats are beautiful, all dogs");
    assertThat(said.code()).as(said.err()).isZero();
    assertThat(said.out())
        .startsWith("small, a model on disk: layers 2, heads a layer 2\n")
        .contains("L1H0 at one sentence.")
        .contains("Without L1H0 it predicts");
  }

  @Test
  void whatAModelHasNotIsRefused() {
    assertThat(run("measure", model(), "--at", "3").err())
        .contains(
            "is a model on disk, which has one state and no record of its training; leave out --at 3");
    assertThat(run("measure", model(), "--html", "page.html").err())
        .contains("--compare and --html are for runs");
    assertThat(run("measure", model(), "--head", "L0H0").err())
        .contains("--head is for --prompt; name the head in --intervene");
    assertThat(run("measure", model(), "--intervene", "zero L7H0").code()).isEqualTo(2);
    assertThat(run("look", model(), "--prompt", "x".repeat(200)).err())
        .contains("the text has 200 tokens of small, expected 1 to 64");
  }
}
