package refrain.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import refrain.base.Default;
import refrain.base.RefrainException;
import tools.jackson.databind.JsonNode;

class JsonTest {
  @TempDir Path folder;

  enum Norm {
    NONE,
    LAYER
  }

  record Inner(double rate, int steps, @Nullable Norm norm) {
    Inner {
      if (steps < 1) {
        throw new IllegalArgumentException("steps is " + steps + ", expected at least 1");
      }
    }
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "kind")
  sealed interface Language {
    record Iid(int vocabulary) implements Language {}

    record Bigram(int vocabulary, double restarts) implements Language {}
  }

  record Outer(String name, Inner inner, List<Integer> sizes, Language language) {}

  private static final Outer OUTER =
      new Outer("a", new Inner(1e-3, 5, null), List.of(1, 2), new Language.Bigram(64, .5));

  @Test
  void recordsSurviveJsonAndYaml() {
    assertThat(Json.read(Json.parse(Json.line(OUTER), "x"), Outer.class, "x")).isEqualTo(OUTER);
    assertThat(Json.read(Json.parseYaml(Json.yaml(OUTER), "x"), Outer.class, "x")).isEqualTo(OUTER);
    assertThat(Json.line(OUTER))
        .startsWith("{\"name\":\"a\",\"inner\":{\"rate\":0.001,\"steps\":5");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          inner: {stepz: 3}        | c.yaml: unknown name 'inner.stepz'; valid names here: norm, rate, steps
          inner: {steps: 0}        | c.yaml: inner: steps is 0, expected at least 1
          inner: {steps: 1.5}      | c.yaml: inner.steps: expected a whole number, found '1.5'
          inner: {steps: many}     | c.yaml: inner.steps: expected a whole number, found a text ("many")
          inner: {norm: BATCH}     | c.yaml: inner.norm: expected one of NONE, LAYER, found 'BATCH'
          inner: {rate: null}      | c.yaml: inner.rate: expected a number, found nothing
          inner: {steps: [1]}      | c.yaml: inner.steps: expected a whole number, found a list
          inner: {rate: true}      | c.yaml: inner.rate: expected a number, found true
          inner: {rate: "3"}       | c.yaml: inner.rate: expected a number, found a text ("3")
          inner: {steps: 99999999999} | c.yaml: Numeric value (99999999999) out of range of int (-2147483648 - 2147483647)
          inner: 3                 | c.yaml: inner: expected names with values, found a number
          sizes: [1, x]            | c.yaml: sizes[1]:
          language: {kind: Trigram} | c.yaml: language: unknown kind 'Trigram'; there are Bigram, Iid
          nam: b                   | c.yaml: unknown name 'nam'; valid names here: inner, language, name, sizes
          """)
  void refusesWithThePlaceAndTheValidNames(String yaml, String message) {
    JsonNode merged = Json.merge(Json.tree(OUTER), Json.parseYaml(yaml, "c.yaml"));
    assertThatThrownBy(() -> Json.read(merged, Outer.class, "c.yaml"))
        .isInstanceOfSatisfying(
            RefrainException.class,
            e -> assertThat(e.kind()).isEqualTo(RefrainException.Kind.BAD_INPUT))
        .hasMessageStartingWith(message);
  }

  @Test
  void aFolderInPlaceOfAFileAndYamlWithTabsAreNamedInOneLine() {
    assertThatThrownBy(() -> Json.readFile(folder))
        .hasMessage(folder + ": is a folder, expected a file");
    assertThatThrownBy(() -> Json.parseYaml("a:\n\tb: 1\n", "c.yaml"))
        .hasMessageStartingWith("c.yaml:")
        .hasMessageContaining("TAB")
        .hasMessageNotContaining("\n");
  }

  @Test
  void aMissingNameIsAnError() {
    assertThatThrownBy(
            () -> Json.read(Json.parse("{\"rate\":1.0,\"norm\":null}", "x"), Inner.class, "x"))
        .hasMessage("x: steps: is missing");
  }

  record Mostly(int needed, @Default("0.5") double c, @Default("[1, 2]") List<Integer> sizes) {}

  record Everything(
      @Default("LAYER") Norm norm,
      @Default("null") @Nullable String word,
      @Default("{needed: 7}") Mostly mostly) {}

  @Test
  void whatIsLeftOutHasItsDefault() {
    assertThat(Json.read(Json.parse("{\"needed\":3}", "x"), Mostly.class, "x"))
        .isEqualTo(new Mostly(3, 0.5, List.of(1, 2)));
    assertThat(Json.read(Json.parse("{\"needed\":3,\"sizes\":[]}", "x"), Mostly.class, "x"))
        .isEqualTo(new Mostly(3, 0.5, List.of()));
    assertThat(Json.defaults(Everything.class))
        .isEqualTo(new Everything(Norm.LAYER, null, new Mostly(7, 0.5, List.of(1, 2))));
    assertThatThrownBy(() -> Json.read(Json.parse("{\"c\":1}", "x"), Mostly.class, "x"))
        .hasMessage("x: needed: is missing");
    assertThatThrownBy(() -> Json.read(Json.parse("{\"mostly\":{}}", "x"), Everything.class, "x"))
        .hasMessage("x: mostly.needed: is missing");
    assertThatThrownBy(
            () -> Json.read(Json.parse("{\"needed\":3,\"c\":null}", "x"), Mostly.class, "x"))
        .hasMessage("x: c: expected a number, found nothing");
    assertThatThrownBy(
            () -> Json.read(Json.parse("{\"needed\":3,\"siz\":[]}", "x"), Mostly.class, "x"))
        .hasMessage("x: unknown name 'siz'; valid names here: c, needed, sizes");
  }

  @ParameterizedTest
  @CsvSource({"4e-3, 0.004", "1e-3, 0.001", "0.5, 0.5", "3, 3", "1E5, 100000", "-1.5, -1.5"})
  void yamlNumbersAreNumbersHoweverTheyAreWritten(String text, double value) {
    JsonNode merged =
        Json.merge(Json.tree(OUTER), Json.parseYaml("inner: {rate: " + text + "}", "c.yaml"));
    assertThat(Json.read(merged, Outer.class, "c.yaml").inner().rate()).isEqualTo(value);
  }

  @Test
  void aDoubledNameIsAnErrorInBothLanguages() {
    assertThatThrownBy(() -> Json.parse("{\"a\":1,\n\"a\":2}", "run.json"))
        .hasMessageStartingWith("run.json:2:")
        .hasMessageContaining("\"a\"");
    assertThatThrownBy(() -> Json.parseYaml("a: 1\na: 2\n", "c.yaml"))
        .hasMessageStartingWith("c.yaml:2:");
    assertThatThrownBy(() -> Json.parse("{} {}", "run.json")).hasMessageStartingWith("run.json:1:");
  }

  @Test
  void mergingReplacesLevelByLevelAndAnotherKindWhole() {
    JsonNode base = Json.tree(OUTER);
    JsonNode merged =
        Json.merge(
            base, Json.parseYaml("inner: {steps: 9}\nlanguage: {kind: Iid, vocabulary: 8}", "y"));
    Outer expected = new Outer("a", new Inner(1e-3, 9, null), List.of(1, 2), new Language.Iid(8));
    assertThat(Json.read(merged, Outer.class, "y")).isEqualTo(expected);
    assertThat(Json.tree(OUTER)).isEqualTo(base);
    assertThat(Json.merge(base, Json.parseYaml("", "y"))).isEqualTo(base);
  }

  @Test
  void theHashIgnoresTheOrderOfNamesAndNothingElse() {
    JsonNode a = Json.parse("{\"b\":{\"y\":1,\"x\":[2,1]},\"a\":0.001}", "x");
    JsonNode b = Json.parse("{\"a\":1e-3,\"b\":{\"x\":[2,1],\"y\":1}}", "x");
    JsonNode c = Json.parse("{\"a\":1e-3,\"b\":{\"x\":[1,2],\"y\":1}}", "x");
    assertThat(Json.canonical(a)).isEqualTo("{\"a\":0.001,\"b\":{\"x\":[2,1],\"y\":1}}");
    assertThat(Json.hash(a)).isEqualTo(Json.hash(b)).hasSize(64).isNotEqualTo(Json.hash(c));
    // SHA-256 of "{}", from the standard's test tools.
    assertThat(Json.hash(Map.of()))
        .isEqualTo("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
  }

  @Test
  void differencesNameThePaths() {
    JsonNode now = Json.merge(Json.tree(OUTER), Json.parseYaml("inner: {steps: 9}\nname: b", "y"));
    assertThat(Json.differences(Json.tree(OUTER), now))
        .containsExactly("inner.steps: 5, now 9", "name: \"a\", now \"b\"");
  }

  @Test
  void filesAreReadByTheirEnding() throws Exception {
    Path yaml = Files.writeString(folder.resolve("c.yml"), "a: 1 # rate\n");
    Path json = Files.writeString(folder.resolve("c.json"), "{\"a\":1}");
    assertThat(Json.readFile(yaml)).isEqualTo(Json.readFile(json));
    assertThatThrownBy(() -> Json.readFile(folder.resolve("no.yaml")))
        .hasMessageEndingWith("no.yaml: no such file");
    Files.write(json, new byte[] {'"', (byte) 0xff, '"'});
    assertThatThrownBy(() -> Json.readFile(json)).hasMessageEndingWith("c.json: is not UTF-8 text");
  }
}
