package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import refrain.base.RefrainException;
import refrain.data.Iid;
import refrain.data.MarkovChains;
import refrain.data.RepeatedTokens;
import refrain.data.TextFiles;
import refrain.model.Positions;
import refrain.store.Json;

class OverridesTest {
  private static final RunSpec BASE = Presets.get("tiny");

  @TempDir Path temp;

  @Test
  void laterSettingsStandOverEarlierOnes() throws IOException {
    Path file =
        Files.writeString(
            temp.resolve("run.yaml"), "steps: 70\nmodel: {nLayers: 3}\noptimizer:\n  rate: 0.01\n");
    RunSpec spec =
        Overrides.of(BASE).file(file).set("model.nLayers=1").set("seeds.init=9").resolve("test");
    assertThat(spec.steps()).isEqualTo(70);
    assertThat(spec.model().nLayers()).isEqualTo(1);
    assertThat(spec.optimizer().rate()).isEqualTo(0.01);
    assertThat(spec.seeds().init()).isEqualTo(9);
    assertThat(spec.batch()).isEqualTo(BASE.batch());
  }

  @Test
  void anObjectOfAnotherKindIsReplacedWhole() {
    RunSpec spec =
        Overrides.of(BASE)
            .set("data={kind: repeated-tokens, vocab: 16}")
            .set("model.positions={kind: none}")
            .resolve("test");
    assertThat(spec.data()).isEqualTo(new RepeatedTokens(16));
    assertThat(spec.model().positions()).isEqualTo(new Positions.None());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "model.nLayer=3 | --set model.nLayer=3: unknown name 'model.nLayer'; valid names here:"
            + " activation, biases,",
        "model.nLayer=3 | ; the nearest: nLayers, ",
        "data.words=3 | --set data.words=3: unknown name 'data.words'; valid names here: c,"
            + " languageSeed,",
        "data.kind=text | --set data.kind=text: data.path: is missing",
        "stepz=3 | unknown name 'stepz'; valid names here: batch, checkpoints,",
        "steps.more=3 | --set steps.more=3: steps: expected a whole number, found names with"
            + " values",
        "model.nLayers=many | model.nLayers",
        "model.nLayers=1.5 | model.nLayers",
        "model.nLayers='2' | model.nLayers",
        "model.nLayers=null | model.nLayers",
        "steps=0 | run: steps is 0, expected 1 or more",
        "context=99 | run: context is 99, expected at most model.nCtx = 16",
        "optimizer.rate=-1 | optimizer: rate is -1, expected a finite number above 0",
        "optimizer.rate=.nan | optimizer: rate is NaN",
        "data={kind: nonsense} | nonsense",
        "data.c=1e9 | data bigram-restarts: c must be",
        "probing.every=7 | probing: thoroughEvery is 20, expected a multiple of every = 7",
        "model=3 | model",
        "=3 | expected path=value",
        "steps | expected path=value",
        "steps=[1, 2 | --set steps=[1, 2",
      })
  void settingsThatCannotBeAreRefusedByName(String setting, String message) {
    assertThatThrownBy(() -> Overrides.of(BASE).set(setting).resolve("configuration"))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining(message);
  }

  private static final List<String> TEXT =
      List.of("data.kind=text", "data.path=some/folder", "data.lenient=true");

  /** What is set of a kind of data may stand before the kind, in settings and in files. */
  @Test
  void settingsInEveryOrderMakeTheSameRun() throws IOException {
    TextFiles expected = new TextFiles("some/folder", 512, true);
    for (int[] order :
        new int[][] {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}) {
      Overrides all = Overrides.of(BASE);
      Overrides besideFile = Overrides.of(BASE);
      for (int i : order) {
        all.set(TEXT.get(i));
        if (i == order[0]) {
          String yaml = "data: {" + TEXT.get(i).replace("data.", "").replace("=", ": ") + "}";
          besideFile.file(Files.writeString(temp.resolve("part.yaml"), yaml));
        } else {
          besideFile.set(TEXT.get(i));
        }
      }
      assertThat(all.resolve("test").data()).isEqualTo(expected);
      assertThat(besideFile.resolve("test").data()).isEqualTo(expected);
    }
  }

  /** What a file says of one kind of data means nothing to the kind that a setting asks for. */
  @Test
  void aSettingsKindReplacesTheFilesData() throws IOException {
    Path file = Files.writeString(temp.resolve("run.yaml"), "data: {kind: iid, exponent: 2}\n");
    Overrides both = Overrides.of(BASE).file(file).set("data.kind=markov-chains");
    assertThat(both.resolve("test").data()).isEqualTo(new MarkovChains(3, 1));
    assertThat(Overrides.of(BASE).file(file).set("data.vocab=9").resolve("test").data())
        .isEqualTo(new Iid(9, 2));
    assertThatThrownBy(() ->
            Overrides.of(BASE).set("steps=7").file(file).set("data.exponent=x").resolve("test"))
        .hasMessage(
            "--set data.exponent=x: data.exponent: expected a number, found a text (\"x\")");
  }

  /** Two settings that do not go together are no fault of the later one alone. */
  @Test
  void onlyASettingThatIsToBlameIsNamed() {
    Overrides two = Overrides.of(BASE).set("model.nKvHeads=3").set("model.nLayers=1");
    assertThatThrownBy(() -> two.resolve("configuration"))
        .hasMessage("configuration: model: nKvHeads is 3, expected a divisor of nHeads = 2");
    Overrides one = Overrides.of(BASE).set("model.nKvHeads=3").set("steps=9");
    assertThatThrownBy(() -> one.resolve("configuration"))
        .hasMessageStartingWith("--set model.nKvHeads=3: model: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "steps: 3\nsteps: 4\n",
        "- steps\n- 3\n",
        "just words",
        "steps: &a [*a]",
        "!!java.net.URL [\"http://localhost\"]",
        "model: {nLayers: {{{",
        "\u0000",
      })
  void hostileFilesAreRefusedWithTheirName(String text) throws IOException {
    Path file = Files.writeString(temp.resolve("hostile.yaml"), text);
    assertThatThrownBy(() -> Overrides.of(BASE).file(file).resolve("configuration"))
        .isInstanceOf(RefrainException.class)
        .message()
        .matches(
            m -> m.contains("hostile.yaml") || m.contains("configuration"), "names the source");
  }

  @Test
  void everyPresetIsWrittenAndReadBack() {
    for (String name : Presets.names()) {
      RunSpec spec = Presets.get(name);
      assertThat(Json.read(Json.parseYaml(Json.yaml(spec), name), RunSpec.class, name))
          .isEqualTo(spec);
      assertThat(spec.name()).isEqualTo(name);
    }
  }

  @Test
  void anUnknownPresetListsTheKnownOnes() {
    assertThatThrownBy(() -> Presets.get("r0-9l"))
        .hasMessageStartingWith("no preset 'r0-9l'; there are r0-2l, r0-1l,");
  }

  @Test
  void theIdentifierLeavesOutWhenARunStops() {
    assertThat(BASE.with(s -> s.stop = new StopRule.AtStep(3)).id()).isEqualTo(BASE.id());
    assertThat(BASE.with(s -> s.steps = 41).id()).isNotEqualTo(BASE.id());
    assertThat(BASE.with(s -> s.seeds = Seeds.replicate(1)).id()).isNotEqualTo(BASE.id());
  }
}
