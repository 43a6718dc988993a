package refrain.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import refrain.JavaCommand;
import refrain.Processes;
import refrain.data.Bpe;
import refrain.data.DataSpec;
import refrain.data.TextSource;
import refrain.data.TokenizerFiles;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.train.Presets;
import refrain.train.RunSpec;
import refrain.train.RunText;
import refrain.train.Runs;
import refrain.train.Trainer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Runs on the user's own text know which text it is. */
class OwnTextTest extends TypedCommands {
  @TempDir Path temp;

  private Path text;
  private Path run;

  @Override
  int run(String... args) {
    forget();
    return runHearingTheDisplay(err, args);
  }

  /** A text of its own for each test, so that none is served from what another left in a cache. */
  @BeforeEach
  void write() throws IOException {
    text = Files.createDirectories(temp.resolve("text"));
    run = temp.resolve("run");
    for (int i = 0; i < 12; i++) {
      Files.writeString(text.resolve("f" + (char) ('a' + i)), words(i));
    }
  }

  private String words(int document) {
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      words
          .append((1 + Math.floorMod(temp.hashCode(), 996)) * (document + 3) * i % 1009)
          .append(' ');
    }
    return words.toString();
  }

  private String[] train(Path text, Path out, String... more) {
    List<String> all = new ArrayList<>(List.of("train", "--preset", "tiny", "--out", "" + out));
    all.addAll(
        List.of(
            "--set",
            "data={kind: text, path: '" + text + "', vocab: 260}",
            "--set",
            "model.dVocab=260",
            "--set",
            "steps=8",
            "--set",
            "probing.every=2",
            "--set",
            "checkpoints={kind: every, steps: 2}",
            "--threads",
            "1"));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private void trainHalf() throws IOException {
    assertThat(run(train(text, run, "--set", "stop={kind: at-step, step: 3}"))).isZero();
    assertThat(RunFolder.at(run).outcome().orElseThrow().step()).isEqualTo(4);
    Files.delete(run.resolve("stop.json")); // as if it had been interrupted
    Files.delete(run.resolve("outcome.json"));
  }

  @Test
  void aRunDoesNotGoOnOverAnotherText() throws IOException {
    trainHalf();
    String rows = Files.readString(run.resolve("metrics.jsonl"));
    String before = Files.readString(text.resolve("fb"));
    Files.writeString(text.resolve("fb"), "other");
    Files.writeString(text.resolve("g"), "more");
    Files.delete(text.resolve("fc"));
    for (String[] again :
        List.of(new String[] {"train", "--resume", run.toString()}, train(text, run))) {
      assertThat(run(again)).isEqualTo(2);
      assertThat(err.toString())
          .contains(
              run
                  + ": cannot go on, for the text "
                  + text
                  + " has changed since it began (changed fb; added g; removed fc); put the text"
                  + " back as it was, or train a new run in another folder");
    }
    Files.move(text, temp.resolve("gone"));
    assertThat(run("train", "--resume", run.toString())).isEqualTo(2);
    assertThat(err.toString())
        .contains(run + ": cannot go on without its text: " + text + ": no such file or folder");
    assertThat(Files.readString(run.resolve("metrics.jsonl"))).isEqualTo(rows);

    // Under another path the same text is the same run.
    Path moved = temp.resolve("gone");
    Files.writeString(moved.resolve("fb"), before);
    Files.writeString(moved.resolve("fc"), words(2));
    Files.delete(moved.resolve("g"));
    Path whole = temp.resolve("whole");
    assertThat(run(train(moved, whole))).isZero();
    assertThat(run(train(moved, run))).isZero();
    assertThat(RunFolder.at(run).outcome().orElseThrow().step()).isEqualTo(8);
    assertThat(Files.readString(run.resolve("metrics.jsonl")))
        .isEqualTo(Files.readString(whole.resolve("metrics.jsonl")));
  }

  @Test
  void anEndedRunIsReadWithoutItsText() throws IOException {
    assertThat(run(train(text, run))).isZero();
    RunFolder folder = RunFolder.at(run);
    RunSpec spec = Trainer.spec(folder);
    int[][] evaluation = RunText.open(run, spec).evaluation(0, 3, 16).tokens();
    Files.move(text, temp.resolve("gone"));
    assertThat(run("train", "--resume", run.toString())).isZero();
    assertThat(run("runs", temp.toString())).isZero();
    assertThat(out.toString()).contains("done");
    assertThat(RunText.open(run, spec).evaluation(0, 3, 16).tokens()).isDeepEqualTo(evaluation);
    RunSpec asked =
        spec.with(s ->
            s.data =
                Json.read(
                    Json.object()
                        .put("kind", "text")
                        .put("path", text.toString())
                        .put("vocab", 260),
                    DataSpec.class,
                    "asked"));
    assertThat(new Runs(temp).find(asked).orElseThrow().path()).isEqualTo(run);
  }

  @Test
  void aRunWithoutAFingerprintGoesOnWithAWarning() throws IOException {
    Path file = Files.writeString(temp.resolve("one.txt"), words(1) + words(2));
    assertThat(run(train(file, run, "--set", "stop={kind: at-step, step: 3}"))).isZero();
    ObjectNode info = (ObjectNode) Json.readFile(run.resolve("run.json"));
    ObjectNode data = (ObjectNode) info.at("/spec/data");
    data.remove(List.of("tokenizer", "split", "fingerprint"));
    Files.writeString(run.resolve("run.json"), info.toString());
    Files.delete(run.resolve("data.json"));
    String warning = run + ": did not record its text when it began; that the text is still the";
    assertThat(run(train(file, run, "--set", "stop={kind: at-step, step: 6}"))).isZero();
    assertThat(err.toString()).contains(warning);
    assertThat(new Runs(temp).find(Trainer.spec(RunFolder.at(run)).pinned()).orElseThrow().path())
        .isEqualTo(run);
    // From here on the text is known.
    Files.writeString(file, "other " + words(1));
    assertThat(run(train(file, run))).isEqualTo(2);
    assertThat(err.toString()).contains("has changed since it began (changed one.txt); put the");
  }

  @Test
  void theSameCommandAfterAnEditIsANewRun() throws Exception {
    String[] words = train(text, run);
    List<String> command = JavaCommand.of(Main.class, "--add-modules", "jdk.incubator.vector");
    for (String word : words) {
      if (!word.equals("--out") && !word.equals(run.toString())) {
        command.add(word);
      }
    }
    assertThat(start(command)).contains("tiny: 8 steps in").doesNotContain("new run");
    Files.writeString(text.resolve("fb"), "other");
    assertThat(start(command))
        .containsPattern(
            "the text has changed since runs/[0-9a-f]{12} \\(changed fb\\): this is a new run,"
                + " runs/[0-9a-f]{12}")
        .contains("tiny: 8 steps in");
    assertThat(RunFolder.list(temp.resolve("runs"))).hasSize(2);
  }

  private String start(List<String> command) throws Exception {
    return Processes.said(
        new ProcessBuilder(command).directory(temp.toFile()).redirectErrorStream(true));
  }

  @Test
  void theTokenizerLiesInTheRunAndIsTheOneThatDataTokenizerTrains() throws IOException {
    assertThat(run(train(text, run))).isZero();
    Path alone = temp.resolve("alone.json");
    assertThat(run("data", "tokenizer", "train", "" + text, "--vocab", "260", "--out", "" + alone))
        .isZero();
    assertThat(Files.readString(alone)).isEqualTo(Files.readString(run.resolve("tokenizer.json")));
    Bpe bpe = TokenizerFiles.read(alone);
    TextSource source = (TextSource) RunText.open(run, Trainer.spec(RunFolder.at(run)));
    assertThat(bpe.encode(words(3))).isEqualTo(source.tokenizer().encode(words(3)));
  }

  @Test
  void aTokenizerCanBeGivenAndARunKeepsIt() throws IOException {
    Path other = Files.writeString(temp.resolve("other.txt"), "abc abd abc abe ".repeat(20));
    Path given = temp.resolve("given.json");
    assertThat(run("data", "tokenizer", "train", "" + other, "--vocab", "259", "--out", "" + given))
        .isZero();
    String data = "data={kind: text, path: '" + text + "', vocab: 512, tokenizer: '" + given + "'}";
    assertThat(run(train(text, run, "--set", data))).isEqualTo(2);
    assertThat(err.toString()).contains("vocabulary of 259; set model.dVocab=259");
    assertThat(run).doesNotExist();
    assertThat(run(train(text, run, "--set", data.replace("512", "300")))).isEqualTo(2);
    assertThat(err.toString())
        .contains("vocab is 300, but the tokenizer " + given + " has 259 tokens; leave data.vocab");
    String[] fits = {"--set", data, "--set", "model.dVocab=259"};
    String[] half = {fits[0], fits[1], fits[2], fits[3], "--set", "stop={kind: at-step, step: 3}"};
    assertThat(run(train(text, run, half))).isZero();
    assertThat(Files.readString(run.resolve("tokenizer.json"))).isEqualTo(Files.readString(given));
    Files.delete(given);
    Files.delete(run.resolve("stop.json"));
    assertThat(run("train", "--resume", run.toString())).isZero();
    assertThat(RunFolder.at(run).outcome().orElseThrow().step()).isEqualTo(8);
    assertThat(run(train(text, temp.resolve("new"), fits))).isEqualTo(2);
    assertThat(err.toString()).contains("given.json: no such file; expected a tokenizer");
  }

  @Test
  void copiesAreKeptTogetherAndCounted() throws Exception {
    Path copies = Path.of(getClass().getResource("/cases/copies").toURI());
    assertThat(run("data", "stats", "" + copies, "--vocab", "300", "--context", "24")).isZero();
    assertThat(out.toString())
        .contains(
            "of 512 evaluation windows 0 stand in the training part too (0 %)",
            "2 documents have copies or near-copies, in 1 group",
            "2 documents (a.txt, a_copy.txt) are copies or near-copies of one another and 50 % of"
                + " the text");
    assertThat(run("data", "stats", "" + copies, "--vocab", "300", "--context", "24", "--json"))
        .isZero();
    JsonNode known = Json.parse(out.toString(), "out").path(0).path("text");
    assertThat(known.path("windows").intValue()).isEqualTo(512);
    assertThat(known.path("windowsInTraining").intValue()).isZero();
    assertThat(known.path("cut").size()).isEqualTo(1);
    Path from = temp.resolve("from");
    assertThat(run(train(copies, from))).isZero();
    assertThat(err.toString()).contains("50 % of the text, too much for one side");
  }

  @Test
  void standardInputIsReadOnceAndKnown() throws IOException {
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream((words(1) + words(2)).getBytes(UTF_8)));
      Path stdin = Path.of("-");
      assertThat(run(train(stdin, run, "--set", "stop={kind: at-step, step: 3}"))).isZero();
      Files.delete(run.resolve("stop.json"));
      System.setIn(new ByteArrayInputStream(words(3).getBytes(UTF_8)));
      assertThat(run("train", "--resume", run.toString())).isEqualTo(2);
      assertThat(err.toString()).contains("the text - has changed since it began");
      System.setIn(new ByteArrayInputStream((words(1) + words(2)).getBytes(UTF_8)));
      assertThat(run("train", "--resume", run.toString())).isZero();
    } finally {
      System.setIn(before);
    }
  }

  /** Random words, of which the same number always makes the same text. */
  private static String prose(int bytes, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder text = new StringBuilder();
    while (text.length() < bytes) {
      text.append(Integer.toString(random.nextInt(3000) * 7919 % 46656, 36)).append(' ');
    }
    return text.toString();
  }

  private Path folderOfTexts() throws IOException {
    Path folder = Files.createDirectories(temp.resolve("notes/sub"));
    for (int i = 0; i < 30; i++) {
      Files.writeString(folder.resolve("a" + i + ".md"), prose(600, i));
      Files.writeString(folder.resolve("b" + i + ".TXT"), prose(600, 100 + i));
    }
    Files.writeString(
        folder.resolve("c.jsonl"),
        "{\"text\": \"%s\"}\n\n{\"id\": 3, \"text\": \"%s\"}\n"
            .formatted(prose(600, 200), prose(600, 201)));
    Files.writeString(folder.resolve("d.png"), "x");
    Files.writeString(folder.resolve("e.png"), "x");
    Files.writeString(folder.resolve("Makefile"), "x");
    Files.writeString(folder.resolve("f.txt"), "");
    Files.writeString(folder.resolve("g.txt"), "a\0b");
    return temp.resolve("notes");
  }

  @Test
  void aFolderOfTextsIsTrainedOnAndWhatIsToBeExpectedIsSaidBefore() throws IOException {
    Path notes = folderOfTexts();
    String[] small = {
      "train",
      "--text",
      "" + notes,
      "--out",
      "" + run,
      "--threads",
      "1",
      "--set",
      "steps=2",
      "--set",
      "probing={sequences: 4, every: 2, thoroughEvery: 0}",
      "--set",
      "model={dModel: 16, nHeads: 2, nKvHeads: 2, dHead: 8}",
    };
    assertThat(run(small)).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains(
            "text: 62 documents, ",
            "; files skipped: 2 .png, 1 binary, 1 empty, 1 without an ending\n",
            " for evaluation, vocabulary 320\n",
            "run: 2 steps of 8 x 256 tokens are 0.0 M tokens, 0.2 passes over the text\n",
            "model: 2 layers, d_model 16, 2 heads, 16,492 parameters; about ",
            "copying: the current token came before in ",
            "expected: little is to be gained by copying, so perhaps no induction head forms",
            "notes: 2 steps in ");
    RunSpec spec = Trainer.spec(RunFolder.at(run));
    assertThat(spec.name()).isEqualTo("notes");
    assertThat(RunFolder.at(run).path().resolve("data.json")).content().contains("sub/c.jsonl");
    // The names of the files are no part of it, and what was skipped is none of the text.
    Files.delete(notes.resolve("sub/d.png"));
    assertThat(run(small)).isZero();
    assertThat(out.toString()).contains("already there").doesNotContain("expected:");
    Files.writeString(notes.resolve("sub/c.jsonl"), "{\"text\": \"x\"}\n");
    assertThat(run(small)).isEqualTo(2);
    assertThat(err.toString())
        .contains("holds a run of another configuration (data.fingerprint.documents");
  }

  @ParameterizedTest
  @CsvSource({"9000, 32, 320, 40", "60000, 256, 384, 250", "400000, 256, 512, 1500"})
  void theSizeOfATextChoosesTheRun(int bytes, int context, int vocab, int steps)
      throws IOException {
    Path file = Files.writeString(temp.resolve("my book.txt"), prose(bytes, 1));
    assertThat(run("train", "--text", file.toString(), "--print-config")).isZero();
    RunSpec spec = Json.read(Json.parseYaml(out.toString(), "out"), RunSpec.class, "out");
    assertThat(spec.name()).isEqualTo("my book");
    assertThat(spec.context()).isEqualTo(context).isEqualTo(spec.model().nCtx());
    assertThat(spec.model().dVocab()).isEqualTo(vocab);
    assertThat(spec.tokensPerStep()).isEqualTo(2048);
    assertThat(spec.steps()).isBetween(steps, 2 * steps);
    assertThat(spec.optimizer().rate()).isEqualTo(Presets.get("code-2l").optimizer().rate());
    assertThat(run("train", "--text", "" + file, "--preset", "code-1l-smeared", "--print-config"))
        .isZero();
    assertThat(out.toString()).contains("nLayers: 1", "from: \"PREVIOUS\"");
  }

  @Test
  void whatIsNoTextOrTooLittleIsSaid() throws IOException {
    Path none = Files.createDirectories(temp.resolve("none"));
    assertThat(run("train", "--text", "" + none)).isEqualTo(2);
    assertThat(err.toString())
        .contains(
            none + ": holds no text; expected files that end in .txt, .md or .jsonl, found none");
    Files.writeString(none.resolve("a.pdf"), "x");
    assertThat(run("train", "--text", "" + none)).isEqualTo(2);
    assertThat(err.toString()).contains("or .jsonl, found only 1 .pdf");
    Files.writeString(none.resolve("a.txt"), "a few words");
    assertThat(run("train", "--text", "" + none)).isEqualTo(2);
    assertThat(err.toString())
        .contains(
            "has too little text to train on and to evaluate with: 11 bytes in 1 document are ",
            "at least 264 of those are needed; give about 12 kB of text");
    Files.writeString(none.resolve("b.jsonl"), "{\"text\": \"good\"}\n{\"txt\": \"bad\"}\n");
    assertThat(run("train", "--text", "" + none)).isEqualTo(2);
    assertThat(err.toString())
        .contains(
            none.resolve("b.jsonl")
                + ":2: expected an object with the document in its field text, such as {\"text\":"
                + " \"...\"}; found {\"txt\": \"bad\"}");
    Files.writeString(none.resolve("b.jsonl"), "{\"text\": \n");
    assertThat(run("train", "--text", "" + none)).isEqualTo(2);
    assertThat(err.toString()).contains(none.resolve("b.jsonl") + ":1: not JSON: ");
    assertThat(run("train", "--text", "" + text, "--resume", "" + run)).isEqualTo(2);
    assertThat(err.toString()).contains("--text: would be ignored beside --resume");
    Path notes = folderOfTexts();
    Files.write(notes.resolve("latin.txt"), new byte[] {'a', (byte) 0xE9});
    assertThat(run("train", "--text", "" + notes, "--print-config")).isEqualTo(2);
    assertThat(err.toString())
        .contains("latin.txt: byte 0xE9 at offset 1 is not UTF-8")
        .contains("in a run with --set data.lenient=true");
    String[] lenient = {"--set", "data.lenient=true", "--print-config"};
    assertThat(run("train", "--text", "" + notes, lenient[0], lenient[1], lenient[2])).isZero();
    Files.delete(notes.resolve("latin.txt"));
    assertThat(run("train", "--text", "" + notes, "--set", "data.kind=iid", "--out", "" + run))
        .isEqualTo(2);
    assertThat(run).doesNotExist();
  }

  @Test
  void aStudyKnowsItsTextToo() throws IOException {
    Path study = temp.resolve("small.yaml");
    Files.writeString(
        study,
        """
        name: small
        title: On a text
        seeds: 1
        variants:
          - name: a
            preset: tiny
            set:
              data: {kind: text, path: '%s', vocab: 260}
              model: {dVocab: 260}
              steps: 4
        """
            .formatted(text));
    Path place = temp.resolve("studied");
    String[] again = {"study", "run", "" + study, "--out", "" + place, "--threads", "1"};
    assertThat(run(again)).as(err.toString()).isZero();
    assertThat(Files.readString(place.resolve("study.json"))).contains("fingerprint");
    List<RunFolder> before = RunFolder.list(place.resolve("runs"));
    Files.writeString(text.resolve("fb"), "other");
    assertThat(run("study", "report", "" + place)).isZero();
    assertThat(run(again)).isZero();
    assertThat(RunFolder.list(place.resolve("runs"))).hasSize(before.size() + 1);
    Files.move(text, temp.resolve("gone"));
    assertThat(run("study", "report", "" + place)).isZero();
    assertThat(run(again)).as(err.toString()).isZero();
    assertThat(RunFolder.list(place.resolve("runs"))).hasSize(before.size() + 1);
  }
}
