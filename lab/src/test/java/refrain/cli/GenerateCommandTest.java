package refrain.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.JavaCommand;
import refrain.Processes;

/** Commands that show what a trained model does: generate, look and tour. */
class GenerateCommandTest extends TypedCommands {
  @TempDir static Path temp;
  private static String tiny = "";
  private static String text = "";

  @BeforeAll
  static void train() throws Exception {
    tiny = temp.resolve("tiny").toString();
    text = temp.resolve("text").toString();
    Path letters = Files.writeString(temp.resolve("letters.txt"), "äöü ÄÖÜ ñandú €\n".repeat(400));
    StringWriter said = new StringWriter();
    PrintWriter writer = new PrintWriter(said);
    String[] train = {"train", "--preset", "tiny", "--out"};
    assertThat(Main.run(with(train, tiny), writer, writer)).as(said.toString()).isZero();
    String data = "data={kind: text, path: " + letters + ", vocab: 260}";
    String[] bytes = with(train, text, "--set", data, "--set", "model.dVocab=260");
    assertThat(Main.run(bytes, writer, writer)).as(said.toString()).isZero();
  }

  private static String[] with(String[] words, String... more) {
    return Stream.concat(Arrays.stream(words), Arrays.stream(more)).toArray(String[]::new);
  }

  private String said(String... args) {
    out.getBuffer().setLength(0);
    int code = run(args);
    assertThat(code).as(err.toString()).isZero();
    return out.toString();
  }

  private String refused(String... args) {
    err.getBuffer().setLength(0);
    assertThat(run(args)).isEqualTo(2);
    return err.toString();
  }

  @Test
  void thePromptIsContinuedInNamesThatCanBeGivenBack() {
    String first = said("generate", tiny, "--prompt", "ba de fi", "--steps", "40");
    assertThat(first).matches("ba de fi \\|( [a-z]+){40}\n");
    assertThat(said("generate", tiny, "--prompt", "ba de fi", "--steps", "40")).isEqualTo(first);
    assertThat(said("generate", tiny, "--prompt", first, "--steps", "1"))
        .startsWith(first.replace(" |", "").strip() + " | ");
    assertThat(said("generate", tiny, "--steps", "40", "--seed", "1")).isNotEqualTo(first);
    assertThat(said("generate", tiny)).matches("[a-z]+ \\|( [a-z]+){64}\n");
  }

  @Test
  void aCheckpointAndTheHeadsThatAreOffAreChosen() {
    String[] generate = {"generate", tiny, "--prompt", "ba de ba", "--steps", "30"};
    String all = said(generate);
    assertThat(said(with(generate, "--off", "L0H0,L0H1,L1H0,L1H1"))).isNotEqualTo(all);
    assertThat(said(with(generate, "--intervene", "zero L0H0 L0H1 L1H0 L1H1")))
        .isEqualTo(said(with(generate, "--off", "L0H0,L0H1,L1H0,L1H1")));
    assertThat(refused(with(generate, "--intervene", "mean L1H0")))
        .contains("takes its values from other sequences or models");
    generate[1] = tiny + "@10";
    assertThat(said(generate)).isNotEqualTo(all);
    generate[1] = tiny + "@0"; // as it was before its first step
    assertThat(said(generate)).isNotEqualTo(all);
    generate[1] = tiny + "@11";
    assertThat(refused(generate)).contains("no checkpoint of step 11; there are [10, 20, 30, 40]");
    assertThat(refused("generate", tiny, "--off", "L7H0")).contains("no head L7H0 in this model");
  }

  @Test
  void greedyAndTheOnlyCandidateAreTheSame() {
    String[] generate = {"generate", tiny, "--prompt", "de fi", "--steps", "20"};
    assertThat(said(with(generate, "--temperature", "0")))
        .isEqualTo(said(with(generate, "--top-k", "1")));
  }

  @Test
  void whatIsNoTokenIsAnErrorWithTheNearest() {
    assertThat(refused("generate", tiny, "--prompt", "ba xi"))
        .contains("'xi' is no token of this language; the nearest: fi");
    assertThat(refused("generate", tiny, "--steps", "0")).contains("--steps is 0");
    assertThat(refused("generate", tiny, "--temperature", "0", "--top-k", "3"))
        .contains("--top-k: would be ignored beside --temperature 0, which always takes");
    assertThat(refused("generate", tiny, "--top-k", "1", "--prompt", "ba", "--seed", "4"))
        .contains("--seed: would be ignored beside always the likeliest token, where nothing is");
    assertThat(refused("generate", tiny, "--temperature", "-1")).contains("temperature is -1.0");
  }

  @Test
  void textIsStreamedInWholeCharactersAndWithoutControls() throws IOException {
    String said = said("generate", text, "--prompt", "äö", "--steps", "60", "--seed", "3");
    assertThat(said).startsWith("äö").endsWith("\n");
    assertThat(said.strip().chars()).noneMatch(c -> c < ' ' && c != '\n' && c != '\t');
    assertThat(said("generate", text, "--prompt", "\u001b[31mä", "--steps", "1"))
        .startsWith("?[31");
    assertThat(said("generate", text, "--steps", "5")).doesNotContain("endoftext");
    Path letters = temp.resolve("letters.txt");
    Path away = Files.move(letters, temp.resolve("away.txt")); // the run has its tokenizer
    assertThat(said("generate", text, "--prompt", "äö", "--steps", "60", "--seed", "3"))
        .isEqualTo(said);
    Files.move(away, letters);
  }

  @Test
  void anInterruptedGenerationEndsItsLine() throws Exception {
    List<String> command = JavaCommand.of(Main.class, JavaCommand.VECTORS);
    command.addAll(List.of("generate", tiny, "--steps", "100000000"));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (InputStream from = process.getInputStream()) {
      String begun = new String(from.readNBytes(200), UTF_8);
      assertThat(begun).matches("[a-z]+ \\|( [a-z]+)+ ?");
      process.toHandle().destroy(); // which leaves its output open
      String rest = new String(from.readAllBytes(), UTF_8);
      assertThat(rest).endsWith("\n");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aHeadIsShownOnASentenceAndWhatIsLostWithoutIt() {
    assertThat(said("look", tiny, "--head", "L1H0", "--prompt", "ba de fi go ba"))
        .contains("tiny at step 40: layers 2, heads a layer 2")
        .containsPattern("(?m)^  +ba +de +fi +go +\\[ba]$")
        .containsPattern("At 'ba' it looks at ('\\w+'|itself) \\(\\d\\.\\d\\d of its attention\\)")
        .containsPattern("Without L1H0 it predicts '\\w+'")
        .containsPattern("(?m)^  nothing +\\d\\.\\d\\d +\\d\\.\\d\\d$")
        .containsPattern("(?m)^  L1H0 +\\d\\.\\d\\d +\\d\\.\\d\\d +-?\\d\\.\\d\\d$")
        .doesNotContain("\u001b");
    assertThat(said("look", tiny)).contains("tokens drawn at random, then the first of them again");
    assertThat(said("look", text + "@0", "--prompt", "ä ö")).contains("·", "\\xC3");
    assertThat(refused("look", tiny, "--prompt", " ")).contains("--prompt is empty");
    assertThat(refused("look", temp.toString())).contains("holds no run");
  }

  @Test
  void theTourTrainsOnceAndEndsWithCommandsThatCanBeTyped() throws Exception {
    String first = tour();
    assertThat(first)
        .contains("1. A model learns to look back", "No induction head formed in 40 steps.")
        .contains("2. One head, on one sentence", "3. What is lost without it", "4. Go on")
        .doesNotContain("It was trained already", "\u001b");
    assertThat(tour()).contains("It was trained already: runs/");
    assertThat(first.lines().map(String::strip).filter(line -> line.startsWith("./refrain")))
        .hasSize(3)
        .anyMatch(line -> line.matches("\\./refrain generate runs/\\w+ .* --prompt '.*'"));
  }

  private static String tour() throws Exception {
    List<String> command = JavaCommand.of(Main.class, JavaCommand.VECTORS);
    command.addAll(List.of("tour", "--preset", "tiny"));
    return Processes.said(
        new ProcessBuilder(command)
            .directory(temp.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD));
  }
}
