package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations as people write them, through the command line. */
class ConfigurationTest extends TypedCommands {
  @TempDir Path temp;

  private int printed(String... more) {
    String[] args = new String[more.length + 4];
    args[0] = "train";
    args[1] = "--preset";
    args[2] = "tiny";
    args[3] = "--print-config";
    System.arraycopy(more, 0, args, 4, more.length);
    return run(args);
  }

  private static String resource(String name) throws URISyntaxException {
    return Path.of(
            Objects.requireNonNull(ConfigurationTest.class.getResource("/configurations/" + name))
                .toURI())
        .toString();
  }

  private String file(String name, String text) throws Exception {
    return Files.writeString(temp.resolve(name), text).toString();
  }

  @Test
  void anEmptySectionIsRefusedAndNothingIsWritten() throws Exception {
    String config = resource("empty-section.yaml");
    Path folder = temp.resolve("run");
    assertThat(run("train", "--preset", "tiny", "--config", config, "--out", folder + ""))
        .isEqualTo(2);
    String fault = "optimizer: expected names with values, found nothing";
    assertThat(err.toString())
        .isEqualToNormalizingNewlines("refrain: " + config + ":1: " + fault + "\n");
    assertThat(folder).doesNotExist();
    err.getBuffer().setLength(0);
    assertThat(printed("--config", config, "--set", "optimizer.rate=1e-3")).isEqualTo(2);
    assertThat(err.toString())
        .as("a later setting does not hide it")
        .isEqualToNormalizingNewlines("refrain: " + config + ":1: " + fault + "\n");
    err.getBuffer().setLength(0);
    assertThat(printed("--set", "optimizer=null")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines("refrain: --set optimizer=null: " + fault + "\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"123e4", "0x10", "1_000", "yes", "no", "on", "off", "true", "2026-01-01", "1.50"})
  void aNameIsTheTextThatWasWritten(String name) throws Exception {
    String line = "\nname: \"" + name + "\"\n";
    assertThat(printed("--set", "name=" + name)).isZero();
    assertThat(printed("--config", file("c.yaml", "name: " + name))).isZero();
    assertThat(printed("--config", file("c.json", "{\"name\": \"" + name + "\"}"))).isZero();
    assertThat(out.toString().split(line, -1)).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          optimizer.rate=-1 | optimizer: rate is -1, expected a finite number above 0
          data.vocab=0 | data bigram-restarts: vocab must be an integer from 2 to 4096, found 0
          model.nLayers=0 | model: nLayers is 0, expected 1 or more
          checkpoints={kind: every, steps: 0} | checkpoints: every: steps is 0, expected 1 or more
          model.positions={kind: shortformer, initStd: -1} | model.positions: initStd is -1.0, expected 0 or a number from 1.2E-38 to 3.4E38: training computes in float32
          model.positions={kind: learned, initStd: 1e-60} | model.positions: initStd is 1.0E-60, expected 0 or a number from 1.2E-38 to 3.4E38: training computes in float32
          model.init.std=1e50 | model.init: std is 1.0E50, expected 0 or a number from 1.2E-38 to 3.4E38: training computes in float32
          """)
  void aFaultNamesItsPlaceOnceAndWhatFloat32CannotHoldIsOne(String setting, String said) {
    assertThat(printed("--set", setting)).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines("refrain: --set " + setting + ": " + said + "\n");
  }

  @Test
  void aStrengthThatIsZeroInFloat32IsRefused() {
    String bias =
        "interventions=[{kind: attention-bias, heads: [L0H0], template: PREVIOUS_TOKEN,"
            + " strength: 1e-60}]";
    assertThat(printed("--set", bias)).isEqualTo(2);
    assertThat(err.toString())
        .contains("strength is 1.0E-60, expected 0 or a size from 1.2E-38 to 3.4E38");
  }

  @Test
  void numbersAreReadHoweverTheyAreWrittenAndJsonNamesToo() throws Exception {
    assertThat(printed("--config", file("c.json", "{\"name\": 123e4,\n\t\"steps\": 1200}")))
        .isZero();
    assertThat(out.toString()).contains("name: \"123e4\"", "steps: 1200\n");
    assertThat(printed("--config", resource("number-like-name.yaml"))).isZero();
    assertThat(printed("--set", "optimizer.rate=4e-3", "--set", "steps=1000")).isZero();
    assertThat(out.toString()).contains("rate: 0.004\n", "steps: 1000\n");
  }

  @Test
  void marksAndEndingsOfFilesDoNotMatterAndStandardInputIsRead() throws Exception {
    Path wide = temp.resolve("wide.txt");
    Files.write(wide, "steps: 12\n".getBytes(StandardCharsets.UTF_16));
    String[] files = {resource("bom.json"), resource("no-extension"), wide.toString()};
    for (String file : files) {
      out.getBuffer().setLength(0);
      assertThat(printed("--config", file)).isZero();
      assertThat(out.toString()).contains("\nsteps: 12\n");
    }
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream("steps: 13\n".getBytes(StandardCharsets.UTF_8)));
      assertThat(printed("--config", "-")).isZero();
      System.setIn(new ByteArrayInputStream("\nsteps:\n".getBytes(StandardCharsets.UTF_8)));
      assertThat(printed("--config", "-")).isEqualTo(2);
    } finally {
      System.setIn(before);
    }
    assertThat(out.toString()).contains("\nsteps: 13\n");
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "refrain: standard input:2: steps: expected a whole number, found nothing\n");
  }

  @Test
  void anchorsAliasesAndMergeKeysAreReadAndOnesThatAreNotThereNamed() throws Exception {
    String config = file("c.yaml", "optimizer: {<<: &o {rate: 1e-2}, weightDecay: 0.2}\n");
    assertThat(printed("--config", config)).isZero();
    assertThat(out.toString()).contains("rate: 0.01\n", "weightDecay: 0.2\n");
    String single =
        file(
            "s.yaml",
            "name: &n \"\u00e9\ud83d\ude00\"\nbatch: &x 3\nsteps: *x\nseeds: {init: &s 7, data: *s}\n"
                + "optimizer: {rate: &r !!float 2e-3, weightDecay: *r}\n");
    out.getBuffer().setLength(0);
    assertThat(printed("--config", single)).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("batch: 3\n", "steps: 3\n", "init: 7\n", "data: 7\n", "weightDecay: 0.002\n");
    String bad = file("bad.yaml", "name: a\nsteps: *none\n");
    assertThat(printed("--config", bad)).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "refrain: " + bad + ":2: no anchor '&none' stands before '*'\n");
  }

  @Test
  void allFaultsOfAFileAreSaidAtOnceWithTheirLines() throws Exception {
    String config =
        file("c.yaml", "batch: many\nseeds: {init: 1, dat: 2}\ndata: {kind: iid, vocab: null}\n");
    assertThat(printed("--config", config)).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "refrain: "
                + config
                + ":1: batch: expected a whole number, found a text (\"many\")\n"
                + config
                + ":2: unknown name 'seeds.dat'; valid names here: data, evaluation, init\n"
                + config
                + ":3: data.vocab: expected a whole number, found nothing\n");
  }

  @Test
  void aStudyFileIsReadTheSameWay() throws Exception {
    String study = resource("many-faults-study.yaml");
    assertThat(run("study", "show", study)).isEqualTo(2);
    assertThat(err.toString().lines().map(line -> line.replace("refrain: ", "")).toList())
        .filteredOn(line -> !line.contains("unknown name"))
        .containsExactlyInAnyOrder(
            study + ":2: title: expected a text, found nothing",
            study + ":9: variants[0].set.optimizer: expected names with values, found nothing",
            study + ":9: variants[1].set.optimizer: expected names with values, found nothing",
            study + ":13: claims[0].why: expected a text, found nothing",
            study + ":13: claims[0].test.bar.at: expected a number, found a text (\"many\")");
    assertThat(err.toString())
        .contains(study + ":10: unknown name 'variants[1].quik'; valid names here: ")
        .contains(study + ":10: unknown name 'variants[1].set.model.nLayerz'; valid names here: ");
  }
}
