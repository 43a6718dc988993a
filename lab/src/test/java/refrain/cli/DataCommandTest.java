package refrain.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.data.Bpe;
import refrain.data.TokenizerFiles;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;

class DataCommandTest extends TypedCommands {
  @TempDir private Path folder;

  @Test
  void printsTheOracle() {
    assertThat(run("data", "stats", "repeated-tokens", "iid", "--baseline-tokens", "50000"))
        .isZero();
    assertThat(out.toString())
        .contains("repeated-tokens: V 128, 512 sequences of context 64")
        .contains("its latest earlier successor is right 100.0 %")
        .contains("iid: V 128")
        .contains("  trigram ");
  }

  @Test
  void printsTheOracleAsJson() {
    assertThat(run("data", "stats", "bigram-restarts", "--json", "--context", "40")).isZero();
    JsonNode entry = Json.parse(out.toString(), "output").path(0);
    assertThat(entry.path("data").path("kind").asString()).isEqualTo("bigram-restarts");
    JsonNode oracle = entry.path("oracle");
    assertThat(oracle.path("context").asInt()).isEqualTo(40);
    assertThat(oracle.path("occurred").asDouble()).isBetween(.2, .9);
    JsonNode bigram = oracle.path("savings").path(1);
    assertThat(bigram.path("baseline").asString()).isEqualTo("BIGRAM");
    assertThat(bigram.path("saved").asDouble()).isBetween(.5, 3.0);
  }

  @Test
  void trainsATokenizerOnAFile() throws IOException {
    Path text = Files.write(folder.resolve("a.txt"), "aaabdaaabac".getBytes(UTF_8));
    Path tokenizer = folder.resolve("tokenizer.json");
    int code =
        run(
            "data",
            "tokenizer",
            "train",
            text.toString(),
            "--vocab",
            "260",
            "--out",
            tokenizer.toString());
    assertThat(code).isZero();
    Bpe bpe = TokenizerFiles.read(tokenizer);
    assertThat(bpe.encode("aaabdaaabac")).hasSize(5);
    assertThat(out.toString()).contains("tokenizer.json: 260 tokens");
  }

  @Test
  void refusesUnknownDataAndBadBytes() throws IOException {
    assertThat(run("data", "stats", "bigram-restart")).isEqualTo(2);
    assertThat(err.toString())
        .contains("data 'bigram-restart' is unknown; expected bigram-restarts, relabelled-bigrams");
    Path text = Files.write(folder.resolve("b.txt"), new byte[] {'a', (byte) 0xE9});
    assertThat(run("data", "tokenizer", "train", text.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("b.txt: byte 0xE9 at offset 1 is not UTF-8");
    assertThat(run("data", "stats", "iid", "--sequences", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--sequences is 0, expected 1 or more");
    assertThat(run("data", "tokenizer", "train", "iid")).isEqualTo(2);
    assertThat(err.toString()).contains("'iid' is a language of token ids, which has no text");
  }

  @Test
  void optionsThatWouldDoNothingAreRefused() {
    fails(
        "--vocab: would be ignored beside iid, bigram-restarts, whose tokens are no text",
        "data",
        "stats",
        "iid",
        "bigram-restarts",
        "--vocab",
        "300");
    fails(
        "--lenient: would be ignored beside code, which is no text of yours; leave it out",
        "data",
        "stats",
        "code",
        "--lenient");
    fails(
        "--lenient: would be ignored beside english, which is UTF-8",
        "data",
        "tokenizer",
        "train",
        "english",
        "--lenient");
  }

  private void fails(String message, String... args) {
    err.getBuffer().setLength(0);
    assertThat(run(args)).isEqualTo(2);
    assertThat(err.toString()).contains(message).doesNotContain("\tat ");
  }
}
