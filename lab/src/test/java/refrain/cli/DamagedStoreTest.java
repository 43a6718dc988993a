package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every file of a finished run and of a finished study, damaged in every way, under every command
 * that reads it. The undamaged folder is the oracle: a command names the file, or its results are
 * the same to the bit. The study is {@code study/small.yaml} of the cases that came with issue 12.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DamagedStoreTest extends TypedCommands {
  /** What can become of a file. */
  private enum Damage {
    EMPTY,
    ZEROS,
    HALF,
    GARBAGE,
    MISSING;

    void to(Path file) throws IOException {
      byte[] bytes = Files.readAllBytes(file);
      switch (this) {
        case EMPTY -> Files.write(file, new byte[0]);
        case ZEROS -> Files.write(file, new byte[bytes.length]);
        case HALF -> Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        case GARBAGE ->
            Files.writeString(file, "\u00ff{]\u0001 no such thing\n", StandardCharsets.ISO_8859_1);
        case MISSING -> Files.delete(file);
      }
    }
  }

  @TempDir static Path temp;

  private Path whole = Path.of("");
  private Path studyFile = Path.of("");

  @BeforeAll
  void makeOneOfEach() throws IOException {
    studyFile = temp.resolve("small.yaml");
    try (InputStream in = DamagedStoreTest.class.getResourceAsStream("/cases/small-study.yaml")) {
      Files.write(studyFile, in.readAllBytes());
    }
    whole = temp.resolve("whole");
    assertThat(run("study", "run", studyFile.toString(), "--out", whole.toString())).isZero();
    String alone = whole.resolve("alone").resolve("one").toString();
    assertThat(
            run(
                "train",
                "--preset",
                "tiny",
                "--set",
                "steps=12",
                "--set",
                "checkpoints={kind: every, steps: 6}",
                "--out",
                alone))
        .as(err.toString())
        .isZero();
  }

  @Override
  int run(String... args) {
    return runHearingTheDisplay(out, args);
  }

  Stream<String> filesOfTheRun() throws IOException {
    return files(whole.resolve("alone"), f -> true);
  }

  /** Of two runs alike, the files of the first. */
  Stream<String> filesOfTheStudy() throws IOException {
    Path first;
    try (Stream<Path> runs = Files.list(whole.resolve("runs"))) {
      first = runs.sorted().findFirst().orElseThrow();
    }
    return files(whole, f -> f.startsWith(first) || f.getParent().equals(whole));
  }

  /** Each file under each damage: {@code runs/ID/run.json HALF}. */
  private Stream<String> files(Path folder, Predicate<Path> which) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      List<String> all = new ArrayList<>();
      for (Path file : tree.filter(Files::isRegularFile).filter(which).sorted().toList()) {
        for (Damage damage : Damage.values()) {
          all.add(whole.relativize(file) + " " + damage);
        }
      }
      return all.stream();
    }
  }

  private Path damagedCopy(String what) throws IOException {
    Path copy = Files.createTempDirectory(temp, "copy");
    try (Stream<Path> tree = Files.walk(whole)) {
      for (Path place : tree.toList()) {
        Path to = copy.resolve(whole.relativize(place).toString());
        if (Files.isDirectory(place)) {
          Files.createDirectories(to);
        } else {
          Files.copy(place, to);
        }
      }
    }
    int blank = what.lastIndexOf(' ');
    Damage.valueOf(what.substring(blank + 1)).to(copy.resolve(what.substring(0, blank)));
    return copy;
  }

  /** A word that says which file: its name, or that of its checkpoint or run. */
  private boolean named(String what) {
    Path file = Path.of(what.substring(0, what.lastIndexOf(' ')));
    String said = out + " " + err;
    String checkpoint = file.getParent() == null ? "" : file.getParent().getFileName().toString();
    return said.contains(file.getFileName().toString())
        || (checkpoint.startsWith("step-") && said.contains(checkpoint));
  }

  private int quietly(String what, String... args) {
    forget();
    int code = run(args);
    assertThat(err.toString()).as(what).doesNotContain("\tat ").doesNotContain("defect of refrain");
    assertThat(code).as(what + ": " + err).isIn(0, 2);
    if (code != 0) {
      assertThat(named(what)).as(what + ": " + err).isTrue();
    }
    return code;
  }

  @ParameterizedTest
  @MethodSource("filesOfTheRun")
  void aRunIsListedResumedToTheSameBitsOrRefused(String what) throws IOException {
    Path copy = damagedCopy(what);
    Path one = copy.resolve("alone").resolve("one");
    quietly(what, "runs", one.getParent().toString());
    assertThat(named(what) || out.toString().matches("(?s).*tiny +0 +12 .*"))
        .as(what + out)
        .isTrue();

    if (quietly(what, "train", "--resume", one.toString()) == 0) {
      Path good = whole.resolve("alone").resolve("one");
      assertThat(one.resolve("metrics.jsonl"))
          .as(what)
          .hasSameBinaryContentAs(good.resolve("metrics.jsonl"));
      String last = "checkpoints/step-00000012/model.safetensors";
      if (!what.contains("step-") || named(what)) {
        assertThat(one.resolve(last)).as(what).hasSameBinaryContentAs(good.resolve(last));
      }
      quietly(what, "runs", one.getParent().toString());
      assertThat(out.toString()).as(what).containsPattern("tiny +0 +12 .* done: ");
    }
  }

  @ParameterizedTest
  @MethodSource("filesOfTheStudy")
  void aStudyIsReportedAndGoesOnWithTheSameNumbersOrNamesTheFile(String what) throws IOException {
    Path copy = damagedCopy(what);
    quietly(what, "runs", copy.resolve("runs").toString());
    JsonNode before = numbers(whole);
    byte[] kept = before.toString().getBytes(StandardCharsets.UTF_8);
    int code = quietly(what, "report", copy.toString());
    boolean damagedReport = what.startsWith("report.json");
    if (code == 0 && !named(what)) {
      assertThat(numbers(copy)).as(what + out).isEqualTo(before);
    } else if (!damagedReport) {
      assertThat(numbers(copy).toString().getBytes(StandardCharsets.UTF_8))
          .as(what + ": a full report is kept")
          .isEqualTo(kept);
    }
    code = quietly(what, "study", "run", studyFile.toString(), "--out", copy.toString());
    if (code == 0) {
      assertThat(numbers(copy)).as(what + out).isEqualTo(before);
    } else {
      assertThat(out.toString()).as(what).contains("Report: ");
    }
  }

  /** A report but for the time that runs took. */
  private static JsonNode numbers(Path study) {
    JsonNode report = Json.readFile(study.resolve("report.json"));
    report.path("runs").forEach(run -> ((ObjectNode) run).remove("seconds"));
    return report;
  }
}
