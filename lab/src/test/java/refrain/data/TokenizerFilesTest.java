package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import refrain.base.RefrainException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Goldens by src/test/python/golden_tokenizer.py with Hugging Face's tokenizers 0.23.2. */
class TokenizerFilesTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path folder;

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private static Bpe trained(int vocab) {
    BpeTrainer trainer = new BpeTrainer();
    trainer.add(BpeTest.golden("bpe-corpus.txt"));
    return trainer.train(vocab);
  }

  @Test
  void trainsTheTokenizerThatHuggingFaceTrains() {
    JsonNode theirs = JSON.readTree(BpeTest.golden("tokenizer.json")).path("model");
    JsonNode ours = JSON.readTree(TokenizerFiles.toJson(trained(600))).path("model");
    assertThat(ours.path("merges")).isEqualTo(theirs.path("merges"));
    assertThat(ours.path("vocab")).isEqualTo(theirs.path("vocab"));
  }

  @Test
  void encodesAsHuggingFaceDoes() throws IOException {
    Bpe bpe = TokenizerFiles.read(file("tokenizer.json", BpeTest.golden("tokenizer.json")));
    for (JsonNode golden : JSON.readTree(BpeTest.golden("tokenizer-cases.json"))) {
      String text = golden.path("text").asString();
      int[] ids = JSON.treeToValue(golden.path("ids"), int[].class);
      assertThat(bpe.encode(text)).as(text).isEqualTo(ids);
      assertThat(bpe.decode(ids)).isEqualTo(text);
    }
  }

  @Test
  void readsWhatItWrites() throws IOException {
    Bpe bpe = trained(333);
    Path path = file("tokenizer.json", TokenizerFiles.toJson(bpe).getBytes(UTF_8));
    Bpe again = TokenizerFiles.read(path);
    assertThat(again.merges()).isEqualTo(bpe.merges());
    assertThat(again.vocab()).isEqualTo(bpe.vocab());
    assertThat(again.endOfText()).isEqualTo(bpe.endOfText());
    assertThat(again.fingerprint()).isEqualTo(bpe.fingerprint());
  }

  @Test
  void readsVocabAndMerges() throws IOException {
    Bpe bpe = trained(300);
    JsonNode model = JSON.readTree(TokenizerFiles.toJson(bpe)).path("model");
    StringBuilder merges = new StringBuilder("#version: 0.2\n");
    for (JsonNode merge : model.path("merges")) {
      merges.append(merge.path(0).asString()).append(' ').append(merge.path(1).asString());
      merges.append('\n');
    }
    Path vocab = file("vocab.json", model.path("vocab").toString().getBytes(UTF_8));
    Path mergesFile = file("merges.txt", merges.toString().getBytes(UTF_8));
    String text = new String(BpeTest.golden("bpe-corpus.txt"), UTF_8);
    assertThat(TokenizerFiles.read(vocab, mergesFile).encode(text)).isEqualTo(bpe.encode(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "normalizer" : null | "normalizer" : {"type":"NFC"} | normalizer is not supported: expected none, found {"type":"NFC"}
          "use_regex" : true | "use_regex" : false | pre_tokenizer is not supported: expected ByteLevel
          "type" : "BPE" | "type" : "Unigram" | model.type is not supported: expected BPE, found "Unigram"
          "dropout" : null | "dropout" : 0.1 | model.dropout is not supported
          "byte_fallback" : false | "byte_fallback" : true | model.byte_fallback is not supported
          "content" : "< | "content" : "x< | added_tokens is not supported: expected only
          "!" : 1, | "!" : 2, | has id 2, expected ids 0 to
          "!" : 1, | "\u4e2d" : 1, | expected GPT-2's byte alphabet
          "vocab" : { | "words" : { | expected a vocabulary
          """)
  void refusesWhatItCannotDo(String from, String to, String message) throws IOException {
    String json = TokenizerFiles.toJson(trained(280));
    String changed = json.replaceFirst(java.util.regex.Pattern.quote(from), to);
    assertThat(changed).isNotEqualTo(json);
    Path path = file("tokenizer.json", changed.getBytes(UTF_8));
    assertThatThrownBy(() -> TokenizerFiles.read(path))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining(message);
  }

  @Test
  void refusesFilesThatAreNoTokenizer() throws IOException {
    assertThatThrownBy(() -> TokenizerFiles.read(folder.resolve("none.json")))
        .hasMessageContaining("none.json: no such file");
    Path broken = file("broken.json", "{\"a\":".getBytes(UTF_8));
    assertThatThrownBy(() -> TokenizerFiles.read(broken)).hasMessageContaining("not JSON");
    Path vocab = file("vocab.json", "{\"a\":0}".getBytes(UTF_8));
    Path merges = file("merges.txt", new byte[0]);
    assertThatThrownBy(() -> TokenizerFiles.read(vocab, merges))
        .hasMessageContaining("no token '<|endoftext|>'");
  }
}
