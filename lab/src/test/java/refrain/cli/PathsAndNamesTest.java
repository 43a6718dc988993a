package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.base.Shell;
import refrain.store.AtomicFiles;
import refrain.store.Json;
import refrain.train.Presets;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;

/** What others named: studies, runs, files. The files are cases that came with issue 12. */
class PathsAndNamesTest extends TypedCommands {
  @TempDir Path temp;

  private Path given(String name) throws IOException {
    Path file = temp.resolve(name);
    try (InputStream in = PathsAndNamesTest.class.getResourceAsStream("/cases/" + name)) {
      Files.write(file, Objects.requireNonNull(in).readAllBytes());
    }
    return file;
  }

  @Test
  void aStudysNameLeavesItsFolderNowhere() throws IOException {
    String file = given("path-in-name-study.yaml").toString();
    assertThat(run("study", "run", file)).isEqualTo(2);
    assertThat(err.toString())
        .contains(
            "study: name is '../../outside', expected a word without / or control characters: it"
                + " names a folder")
        .doesNotContain("\tat ");
  }

  @Test
  void aTerminalObeysNoName() throws IOException {
    String name = Json.readFile(given("control-characters.json")).get("name").asString();
    Trainer.run(
        Presets.get("tiny").with(s -> s.name = name, s -> s.steps = 1),
        temp.resolve("runs").resolve("a"),
        TrainControl.threads(1),
        TrainListener.NONE);
    assertThat(run("runs", temp.resolve("runs").toString())).isZero();
    assertThat(out.toString()).hasLineCount(3).contains("?[31mred?[0m second line");
    assertThat(run("runs", temp.resolve("\u001b[31m").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("?[31m: no such folder").doesNotContain("\u001b");
  }

  @Test
  void aFileIsWrittenToWhatALinkPointsTo() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "old");
    Path link = Files.createSymbolicLink(temp.resolve("link"), Path.of("file"));
    AtomicFiles.writeString(link, "new");
    assertThat(link).isSymbolicLink().hasContent("new");
    assertThat(file).hasContent("new");
  }

  @Test
  void placesWhereNothingCanBePutAreRefusedBeforeTheWork() throws IOException {
    Path text = Files.writeString(temp.resolve("text.txt"), "a text that is short");
    assertThat(run("train", "--preset", "tiny", "--out", "")).isEqualTo(2);
    assertThat(err.toString()).contains("--out").contains("is empty, expected a path");
    assertThat(run("data", "tokenizer", "train", text.toString(), "--out", temp.toString()))
        .isEqualTo(2);
    assertThat(err.toString()).contains(temp + ": is a folder, expected the name of a file");
    String lost = temp.resolve("no").resolve("t.json").toString();
    assertThat(run("data", "tokenizer", "train", text.toString(), "--out", lost)).isEqualTo(2);
    assertThat(err.toString()).contains("for there is no folder " + temp.resolve("no"));
    assertThat(run("train", "--preset", "tiny", "--out", text.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("is a file, expected a folder");
    try (var left = Files.list(temp)) {
      assertThat(left).containsExactly(text);
    }
  }

  @Test
  void aLinkedFolderOfTextIsRead() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("folder"));
    Files.writeString(folder.resolve("a.txt"), "a text that is short");
    Path link = Files.createSymbolicLink(temp.resolve("link"), folder);
    String tokenizer = temp.resolve("t.json").toString();
    assertThat(
            run(
                "data",
                "tokenizer",
                "train",
                link.toString(),
                "--vocab",
                "257",
                "--out",
                tokenizer))
        .as(err.toString())
        .isZero();
    Files.createSymbolicLink(folder.resolve("round"), folder);
    assertThat(run("data", "tokenizer", "train", folder.toString(), "--out", tokenizer))
        .isEqualTo(2);
    assertThat(err.toString()).contains("round: is a link to a folder that it lies in");
  }

  @Test
  void hintsCanBePasted() {
    assertThat(Shell.word("runs/a-1.b")).isEqualTo("runs/a-1.b");
    assertThat(Shell.word("my runs/it's")).isEqualTo("'my runs/it'\\''s'");
    assertThat(Shell.word("")).isEqualTo("''");
  }

  /** Part of a study changes neither what the folder records nor its report for less. */
  @Test
  void aFullReportIsNotReplacedByAPartialOne() throws IOException {
    String file = given("small-study.yaml").toString();
    String folder = temp.resolve("o").toString();
    assertThat(run("study", "run", file, "--out", folder)).as(err.toString()).isZero();
    String full = Files.readString(temp.resolve("o").resolve("report.json"));
    String recorded = Files.readString(temp.resolve("o").resolve("study.json"));
    assertThat(run("study", "run", file, "--seeds", "1", "--out", folder)).isZero();
    assertThat(temp.resolve("o").resolve("study.json")).hasContent(recorded);
    assertThat(temp.resolve("o").resolve("report.json")).hasContent(full);
    Files.move(temp.resolve("o").resolve("runs"), temp.resolve("o").resolve("elsewhere"));
    assertThat(run("study", "run", file, "--analyse-only", "--out", folder)).isZero();
    assertThat(out.toString()).contains("has more runs or values, and is kept)");
    assertThat(temp.resolve("o").resolve("report.json")).hasContent(full);
    assertThat(temp.resolve("o").resolve("partial").resolve("report.html")).exists();
  }
}
