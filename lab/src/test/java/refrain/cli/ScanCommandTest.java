package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.base.Csv;
import refrain.pretrained.Golden;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;

class ScanCommandTest extends TypedCommands {
  private static final String MODEL = Golden.ROOT.resolve("llama").toString();

  @TempDir Path temp;

  private String scan(String... args) {
    forget();
    String[] line = new String[args.length + 1];
    line[0] = "scan";
    System.arraycopy(args, 0, line, 1, args.length);
    assertThat(run(line)).as(err.toString()).isZero();
    return out.toString();
  }

  private String refused(String... args) {
    forget();
    String[] line = new String[args.length + 1];
    line[0] = "scan";
    System.arraycopy(args, 0, line, 1, args.length);
    assertThat(run(line)).isEqualTo(2);
    return err.toString();
  }

  @Test
  void wordsJsonAndCsvSayTheSame() throws IOException {
    Path page = temp.resolve("page.html");
    Path picture = temp.resolve("heads.svg");
    String words = scan(MODEL, "--html", page.toString(), "--picture", picture.toString());
    JsonNode json = Json.parse(scan(MODEL, "--json"), "output");
    int heads = json.path("heads").size();
    assertThat(heads).isEqualTo(json.path("layers").asInt(0) * json.path("headsPerLayer").asInt(0));
    assertThat(words).contains("llama: Llama, ", "Of " + heads + " heads 0 match prefixes");
    assertThat(Files.readString(page)).contains("Of " + heads + " heads", "Duplicate-token score");
    assertThat(Files.readString(picture)).contains("Prefix matching of llama");
    var rows = Csv.rows(scan(MODEL, "--csv"));
    assertThat(rows).hasSize(heads + 1);
    assertThat(rows.getFirst())
        .containsExactly(
            "model",
            "head",
            "layer",
            "index",
            "verdict",
            "match",
            "match.error",
            "match.p",
            "pm",
            "dup",
            "prev.repeated",
            "start",
            "ov.eig");
    for (int h = 0; h < heads; h++) {
      JsonNode head = json.path("heads").get(h);
      assertThat(rows.get(h + 1).get(1)).isEqualTo(head.path("head").asString(""));
      assertThat(Double.parseDouble(rows.get(h + 1).get(8)))
          .isEqualTo(head.path("scores").path("pm").asDouble(-1));
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThat(refused(MODEL, "--text", "x.txt")).contains("--text is what --effects reads");
    assertThat(refused(MODEL, MODEL)).contains("scan takes one model, found 2");
    assertThat(refused("--audit", MODEL, "--effects")).contains("--effects: would be ignored");
    assertThat(refused(MODEL, "--effects")).contains("has no tokenizer");
    assertThat(refused(MODEL, "--effects", "all")).contains("has no tokenizer");
    assertThat(refused(temp.resolve("none").toString())).contains("no such file or folder");
  }

  /** What a series is made of is tested beside SeriesScan. */
  @Test
  void aSeriesOfOneModelIsAskedForAsSuch() throws IOException {
    assertThat(refused(MODEL, "--keep")).contains("--keep: is of --series; give that too");
    assertThat(refused("--series", MODEL, "--json"))
        .contains("--json: would be ignored beside --series, which makes a run");
    assertThat(refused("--series", MODEL, "--effects")).contains("--effects: would be ignored");
    assertThat(refused("--series", MODEL))
        .contains("'llama' says no step; expected a name such as");
    Path[] steps = {temp.resolve("step1"), temp.resolve("step2")};
    for (Path step : steps) {
      Files.createSymbolicLink(step, Path.of(MODEL).toAbsolutePath());
    }
    assertThat(refused("--series", steps[0].toString(), steps[1].toString()))
        .contains("has no tokenizer, so there is no text to read", "--like RUN");
  }

  @Test
  void anAuditSaysWhichAreTheSame() {
    assertThat(scan("--audit", MODEL, MODEL))
        .contains("1 of 2 models have a fault", ": has the weights of ");
    JsonNode json = Json.parse(scan("--audit", MODEL, MODEL, "--json"), "output");
    assertThat(json.path("models").get(1).path("difference").asDouble(1)).isZero();
    assertThat(scan("--audit", MODEL, "--csv")).startsWith("model,format,sha256,nan,infinite");
  }
}
