package refrain.pretrained.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import refrain.base.RefrainException;
import refrain.data.Sha256Text;
import refrain.pretrained.Golden;
import refrain.pretrained.HostileTexts;
import refrain.pretrained.gguf.GgufFile;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Ten thousand hostile texts, as the original libraries cut them. */
class TokenizersTest {
  private static final Path ROOT = Golden.ROOT.resolve("tokenizers");
  private static final JsonNode EXPECTED = Json.readFile(ROOT.resolve("expected.json"));

  private static ModelTokenizer json(String name) {
    return TokenizerJson.read(name, Json.readFile(ROOT.resolve(name + ".json")), Json.object());
  }

  private static ModelTokenizer gguf(String name) {
    try (GgufFile file = GgufFile.open(ROOT.resolve(name + ".gguf"))) {
      return GgufTokenizer.read(file);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "smollm", "llama3", "qwen2", "llama2"})
  void theIdsOfTheLibrary(String name) {
    same(json(name), EXPECTED.path(name), HostileTexts.all());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "smollm", "llama3"})
  void theSameFromInsideOfGguf(String name) {
    same(gguf(name), EXPECTED.path(name), HostileTexts.all());
  }

  /** GPT-2's older pair of files, with a blank before texts and without. */
  @ParameterizedTest
  @CsvSource({"plain, false", "prefixed, true"})
  void theIdsOfTheLibraryFromVocabularyAndMerges(String name, boolean prefixed) throws IOException {
    Path pair = ROOT.resolve("pair");
    ObjectNode config = Json.object().put("add_prefix_space", prefixed);
    ModelTokenizer tokenizer =
        TokenizerJson.read(
            "merges.txt",
            Json.readFile(pair.resolve("vocab.json")),
            Files.readString(pair.resolve("merges.txt")),
            config);
    same(tokenizer, Json.readFile(pair.resolve("expected.json")).path(name), HostileTexts.all());
    if (!prefixed) {
      for (String text : HostileTexts.all().subList(0, 2000)) {
        assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
      }
    }
  }

  @Test
  void theIdsOfSentencePiece() {
    List<String> plain =
        HostileTexts.all().stream()
            .filter(text ->
                List.of("<unk>", "<s>", "</s>", "\0", "<0x").stream().noneMatch(text::contains))
            .toList();
    assertThat(plain).hasSize(EXPECTED.path("sentencepiece").path("texts").asInt(0));
    same(gguf("sentencepiece"), EXPECTED.path("sentencepiece"), plain);
  }

  private static void same(ModelTokenizer tokenizer, JsonNode expected, List<String> texts) {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      String row = row(tokenizer.encode(texts.get(i)));
      rows.add(row);
      if (i < expected.path("first").size()) {
        List<String> ids = new ArrayList<>();
        expected.path("first").get(i).forEach(id -> ids.add(id.toString()));
        assertThat(row).as(Json.line(texts.get(i))).isEqualTo(String.join(" ", ids));
      }
    }
    assertThat(Sha256Text.of(String.join("\n", rows)))
        .isEqualTo(expected.path("sha256").asString(""));
  }

  static String row(int[] ids) {
    return Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "smollm", "llama3"})
  void textsComeBack(String name) {
    ModelTokenizer tokenizer = json(name);
    for (String text : HostileTexts.all().subList(0, 2000)) {
      assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    }
  }

  /** Llama's tells the blank that it puts before a text from none after a sign only. */
  @Test
  void textsComeBackThroughSentencePiece() {
    ModelTokenizer tokenizer = gguf("sentencepiece");
    for (String text : List.of("a", " a", "  b c", "été 🐱", "1 2", "\n")) {
      assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @CsvSource({"llama3, true", "llama2, true", "gpt2, false"})
  void theStartTokenAsTheFileSays(String name, boolean prepends) {
    ModelTokenizer tokenizer = json(name);
    List<Integer> ids = new ArrayList<>();
    EXPECTED.path(name).path("whole").forEach(id -> ids.add(id.asInt(-1)));
    int[] whole = tokenizer.encodeWhole("Hello  world 12");
    assertThat(whole).containsExactly(ids.stream().mapToInt(Integer::intValue).toArray());
    assertThat(tokenizer.ends().prepends()).isEqualTo(prepends);
    assertThat(tokenizer.decode(tokenizer.encode("Hello  world 12")))
        .isEqualTo(EXPECTED.path(name).path("decoded").asString(""));
  }

  @Test
  void signsAreTheirTokensAndAreShownByName() {
    ModelTokenizer tokenizer = json("smollm");
    int[] ids = tokenizer.encode("<|im_start|>a");
    assertThat(tokenizer.sign(ids[0])).isEqualTo("<|im_start|>");
    assertThat(new String(tokenizer.bytes(ids[1]), StandardCharsets.UTF_8)).isEqualTo("a");
    assertThat(tokenizer.sign(ids[1])).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/model/type                  | \"Unigram\"                  | model.type is \"Unigram\"",
        "/normalizer                  | {\"type\": \"Lowercase\"}    | normalizer is {\"type\":\"Lowercase\"}",
        "/model/dropout               | 0.1                          | model.dropout is 0.1",
        "/model/end_of_word_suffix    | \"</w>\"                     | model.end_of_word_suffix is",
        "/pre_tokenizer               | {\"type\": \"Punctuation\"}  | pre_tokenizer is {\"type\":\"Punctuation\"}",
        "/pre_tokenizer               | {\"type\": \"Split\", \"pattern\": {\"Regex\": \"(a+)+$\"}, \"behavior\": \"Isolated\"} | expected the pattern of",
        "/model/vocab                 | {}                           | has no vocabulary",
        "/model/vocab                 | {\"a\": -2}                  | has the id -2",
        "/model/vocab                 | {\"a\": 900000}              | has 2 tokens and one of the id 900000",
        "/model/merges                | [[\"a\", \"zz~zz\"]]         | needs a token that the vocabulary does not have",
        "/model/merges                | [\"ab\"]                     | a merge is \"ab\""
      })
  void whatIsNotDoneIsRefusedByName(String place, String value, String message) {
    JsonNode tree = Json.readFile(ROOT.resolve("gpt2.json"));
    String parent = place.substring(0, place.lastIndexOf('/'));
    JsonNode inside = parent.isEmpty() ? tree : tree.at(parent);
    ((ObjectNode) inside)
        .set(place.substring(place.lastIndexOf('/') + 1), Json.parse(value, "test"));
    assertThatThrownBy(() -> TokenizerJson.read("tokenizer.json", tree, Json.object()))
        .isInstanceOf(RefrainException.class)
        .hasMessageStartingWith("tokenizer.json: ")
        .hasMessageContaining(message);
  }
}
