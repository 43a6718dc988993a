package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.Python;
import refrain.store.NamedTensor;
import refrain.store.SafeTensors;

class ExportCommandTest extends TypedCommands {
  @TempDir static Path shared;
  private static Path run;

  @TempDir Path temp;

  private int run(Object... args) {
    String[] words = Stream.of(args).map(Object::toString).toArray(String[]::new);
    return run(words);
  }

  /**
   * A run whose metrics hold what JSON has no numbers for, numbers that floats round, and lists.
   */
  @BeforeAll
  static void train() throws IOException {
    run = shared.resolve("mine");
    StringWriter nowhere = new StringWriter();
    PrintWriter to = new PrintWriter(nowhere);
    String[] args = {"train", "--preset", "tiny", "--set", "steps=20", "--out", run.toString()};
    assertThat(Main.run(args, to, to)).isZero();
    Path metrics = run.resolve("metrics.jsonl");
    List<String> lines = Files.readAllLines(metrics);
    lines.set(5, lines.get(5).replaceFirst("\"icl\":[-\\d.E]+", "\"icl\":\"NaN\""));
    lines.set(
        7,
        lines
            .get(7)
            .replaceFirst(
                "\"tokens\":\\d+",
                "\"tokens\":9007199254740991,\"a\":\"-Infinity\",\"b\":1e300,\"c, \\\\\"d\\\\\"\":"
                    + "0.30000000000000004"));
    Files.write(metrics, lines);
  }

  @Test
  @Tag("python")
  void tensorBoardGetsEveryValueInOneFileThatIsReplaced() throws IOException {
    Path log = temp.resolve("my log");
    assertThat(run("export", run, "--tensorboard", log)).isZero();
    assertThat(out.toString())
        .contains("tensorboard --samples_per_plugin scalars=0 --logdir '" + log + "'");
    Path file = onlyFile(log);
    byte[] first = Files.readAllBytes(file);
    assertThat(run("export", run, "--tensorboard", log)).isZero();
    assertThat(onlyFile(log)).isEqualTo(file).hasBinaryContent(first);
    assertThat(Python.run("read_events.py", run.resolve("metrics.jsonl"), log))
        .contains("21 rows, ")
        .contains("text of ---");
  }

  private static Path onlyFile(Path log) throws IOException {
    try (Stream<Path> tree = Files.walk(log)) {
      List<Path> files = tree.filter(Files::isRegularFile).toList();
      assertThat(files).hasSize(1);
      assertThat(files.getFirst().getFileName().toString())
          .matches("events\\.out\\.tfevents\\.\\d{10}\\.refrain");
      assertThat(files.getFirst().getParent().getFileName().toString())
          .matches("tiny-seed0-[0-9a-f]{12}");
      return files.getFirst();
    }
  }

  @Test
  void csvHasEveryNumberExactly() throws IOException {
    Path file = temp.resolve("mine.csv");
    assertThat(run("export", run, "--csv", file)).isZero();
    List<String> lines = Files.readAllLines(file);
    List<String> names = List.of(lines.getFirst().split(",(?! \")"));
    assertThat(out.toString()).contains(file + ": 21 rows of " + names.size() + " columns");
    assertThat(lines).hasSize(22);
    assertThat(names)
        .startsWith("step", "loss", "icl")
        .contains("pm.L1H1", "train.loss", "\"c, \"\"d\"\"\"")
        .doesNotContain("loss.byIndex");
    assertThat(cells(lines, names, 5)[names.indexOf("icl")]).isEqualTo("NaN");
    assertThat(cells(lines, names, 1)[names.indexOf("icl")]).as("not measured").isEmpty();
    String[] seventh = cells(lines, names, 7);
    assertThat(seventh[0]).isEqualTo("7");
    assertThat(seventh[names.indexOf("tokens")]).isEqualTo("9007199254740991");
    assertThat(seventh[names.indexOf("a")]).isEqualTo("-Infinity");
    assertThat(seventh[names.indexOf("b")]).isEqualTo("1.0E300");
    assertThat(seventh[names.indexOf("\"c, \"\"d\"\"\"")]).isEqualTo("0.30000000000000004");
    String loss = cells(lines, names, 0)[names.indexOf("loss")];
    assertThat(Files.readAllLines(run.resolve("metrics.jsonl")).getFirst())
        .contains("\"loss\":" + loss + ",");
  }

  private static String[] cells(List<String> lines, List<String> names, int step) {
    String[] cells = lines.get(1 + step).split(",", -1);
    assertThat(cells).hasSize(names.size());
    return cells;
  }

  @Test
  void torchWritesTheCheckpointThatIsAskedForAndKeepsWhatIsNotItsOwn() throws IOException {
    Path folder = temp.resolve("torch");
    assertThat(run("export", run, "--torch", folder)).isZero();
    assertThat(out.toString())
        .contains(folder + ": step 20; in Python, there: from model import load");
    assertThat(folder.resolve("model.py"))
        .content()
        .startsWith("\"\"\"tiny, seed 0, after step 20 of run ");
    NamedTensor last = weights(folder);
    assertThat(last).isEqualTo(weights(run.resolve("checkpoints/step-00000020")));
    assertThat(run("export", run + "@10", "--torch", folder)).isZero();
    assertThat(weights(folder))
        .isEqualTo(weights(run.resolve("checkpoints/step-00000010")))
        .isNotEqualTo(last);
    assertThat(run("export", run + "@3", "--torch", folder)).isEqualTo(2);
    assertThat(err.toString()).contains("no checkpoint of step 3; there are [10, 20]");
    Files.writeString(folder.resolve("notes.txt"), "mine");
    assertThat(run("export", run, "--torch", folder)).isEqualTo(2);
    assertThat(err.toString())
        .contains(folder + ": holds notes.txt, which is no file of an export");
    assertThat(weights(folder)).isNotEqualTo(last);
  }

  private static NamedTensor weights(Path folder) {
    try (SafeTensors tensors = SafeTensors.open(folder.resolve("model.safetensors"))) {
      return tensors.tensor("blocks.1.attn.W_Q");
    }
  }

  @Test
  void hfIsRefusedWithWhatDiffersAndWhatToDo() {
    assertThat(run("export", run, "--hf", temp.resolve("hf"))).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "refrain: GPT-2, GPT-NeoX and Llama have no shortformer positions; as a PyTorch module"
                + " any model can be had: ./refrain export "
                + run
                + " --torch DIR\n");
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void hfWritesAFolderForTransformers() throws IOException {
    Path rotary = temp.resolve("rotary");
    assertThat(
            run(
                "train",
                "--preset",
                "tiny",
                "--set",
                "steps=1",
                "--set",
                "model={positions: {kind: rotary}, tied: true}",
                "--out",
                rotary))
        .isZero();
    Path folder = temp.resolve("hf");
    assertThat(run("export", rotary, "--hf", folder)).isZero();
    assertThat(out.toString())
        .contains(
            folder
                + ": step 1 as GPT-NeoX; in Python: AutoModelForCausalLM.from_pretrained(\""
                + folder);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json");
    }
    assertThat(folder.resolve("config.json"))
        .content()
        .contains("\"vocab_size\" : 16", "\"tie_word_embeddings\" : true");
    assertThat(folder.resolve("tokenizer.json")).content().contains("WordLevel", "\"ba\" : 0,");
  }

  @Test
  void aRunOnTextTakesItsTokenizerAlong() throws IOException {
    Path text =
        Files.writeString(temp.resolve("text.txt"), "a rose is a rose is a rose. ".repeat(40));
    Path trained = temp.resolve("trained");
    String data = "data={kind: text, path: '" + text + "', vocab: 260}";
    String model = "model={positions: {kind: learned}, dVocab: 260}";
    assertThat(
            run(
                "train",
                "--preset",
                "tiny",
                "--set",
                "steps=1",
                "--set",
                data,
                "--set",
                model,
                "--out",
                trained))
        .as(err.toString())
        .isZero();
    Files.delete(text);
    Path folder = temp.resolve("hf");
    assertThat(run("export", trained, "--hf", folder)).as(err.toString()).isZero();
    assertThat(folder.resolve("tokenizer.json"))
        .hasSameTextualContentAs(trained.resolve("tokenizer.json"));
    assertThat(folder.resolve("tokenizer_config.json")).content().contains("<|endoftext|>");
    assertThat(folder.resolve("config.json")).content().contains("\"eos_token_id\" : 0");
  }

  @Test
  void mistakesEndWithTwoAndASentence() {
    assertThat(run("export", run, "--csv", temp.resolve("a"), "--tensorboard", temp)).isEqualTo(2);
    assertThat(run("export", run)).isEqualTo(2);
    assertThat(err.toString()).contains("--tensorboard");
    assertThat(run("export", run + "@5", "--csv", temp.resolve("a"))).isEqualTo(2);
    assertThat(err.toString())
        .contains("@5: metrics are of a whole run; leave it out, or export weights with --hf");
    assertThat(run("export", temp, "--csv", temp.resolve("a"))).isEqualTo(2);
    assertThat(err.toString()).contains(temp + ": holds no run");
    assertThat(run("export", run, "--csv", temp.resolve("none/a"))).isEqualTo(2);
    assertThat(err.toString()).contains("cannot be written, for there is no folder");
    assertThat(run("export", run, "--csv", temp)).isEqualTo(2);
    assertThat(err.toString()).contains(temp + ": is a folder, expected the name of a file");
    assertThat(temp).isEmptyDirectory();
  }
}
