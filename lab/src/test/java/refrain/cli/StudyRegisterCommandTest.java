package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.base.GitClone;
import refrain.store.Json;
import refrain.store.RunInfo;
import refrain.study.Registration;
import refrain.study.Study;

class StudyRegisterCommandTest extends TypedCommands {
  @TempDir Path temp;

  @AfterEach
  void noHome() {
    System.clearProperty(GitClone.HOME_PROPERTY);
  }

  private void fails(String message, String... args) {
    forget();
    assertThat(run(args)).isEqualTo(2);
    assertThat(err.toString()).contains(message).doesNotContain("\tat ");
  }

  private String[] register(int block, String... more) {
    String out = temp.resolve("out").toString();
    List<String> words =
        new ArrayList<>(List.of("study", "register", "quick", "--block", block + "", "--out", out));
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  @Test
  void aBlockIsWrittenOnceBeforeItsRuns() throws IOException {
    fails("start it with ./refrain there", register(9_800));
    System.setProperty(GitClone.HOME_PROPERTY, temp.toString());
    fails("study 'quick': seeds 0 to 2 are no block", register(0));
    fails("study 'quick': seeds 150 to 152 are no block", register(150));
    assertThat(run(register(9_800))).as(err.toString()).isZero();
    Path file = temp.resolve("studies/registered/quick-9800.json");
    assertThat(out.toString()).contains("Written: " + file + ". Commit it, and then run the block");
    String text = Files.readString(file);
    Registration written = Json.read(Json.parse(text, "x"), Registration.class, "x");
    Study study = Study.named("quick").withBlock(9_800);
    assertThat(written).isEqualTo(Registration.of(study));
    assertThat(written.differing(study)).isEmpty();
    assertThat(written.differing(study.withSeeds(2))).containsExactly("arms");
    assertThat(written.seeds()).containsEntry("2L", 3).containsEntry("code-1L", 2);
    fails(file + ": is there; what was registered stays as it is", register(9_800));
    assertThat(Files.readString(file)).isEqualTo(text);
  }

  @Test
  void aBlockThatHasARunIsNotRegisteredAnyMore() throws IOException {
    System.setProperty(GitClone.HOME_PROPERTY, temp.toString());
    Study.Cell cell = Study.named("quick").withBlock(9_800).cells().getLast();
    Path run = Files.createDirectories(temp.resolve("out/runs/a"));
    RunInfo info = new RunInfo(1, cell.spec().id(), Json.tree(cell.spec()), Map.of(), List.of());
    Files.writeString(run.resolve("run.json"), Json.pretty(info));
    fails(run + ": is a run of this block already", register(9_800));
    assertThat(temp.resolve("studies")).doesNotExist();
    assertThat(run(register(9_700))).as("another block").isZero();
  }

  @Test
  void verdictsAreThoseOfTheBlock() {
    System.setProperty(GitClone.HOME_PROPERTY, temp.toString());
    fails("holds no study: there is no study.json", register(9_800, "--verdicts"));
  }

  @Test
  void seedsThatAreKeptAreNotRun() {
    fails(
        "there is no studies/registered/quick-9900.json; explore with --block 0",
        "study",
        "run",
        "quick",
        "--block",
        "9900");
    fails("study 'quick': seeds 98 to 100 are no block", "study", "run", "quick", "--block", "98");
    fails("study: block is -1, expected a first seed", "study", "run", "quick", "--block", "-1");
    fails("--code and --full are two studies", "reproduce", "--code", "--full");
    fails("--minutes is 0, expected 1 or more", "study", "run", "quick", "--minutes", "0");
  }

  @Test
  void aDryRunSaysThePlanAndWritesNothing() throws IOException {
    String study =
        """
        name: small
        title: Two small variants
        seeds: 2
        variants: [{name: a, preset: tiny}, {name: b, preset: tiny, seeds: 1, set: {steps: 20}}]
        """;
    Path file = Files.writeString(temp.resolve("s.yaml"), study);
    Path to = temp.resolve("out");
    assertThat(run("study", "run", file + "", "--dry-run", "--out", to + "")).isZero();
    assertThat(out.toString())
        .startsWith("Two small variants")
        .containsPattern("(?m)^a +tiny +2 +0 +40 +2,924 ")
        .containsPattern("(?m)^b +tiny +1 +0 +20 +2,924 ")
        .contains("3 runs, 3 to train: about ");
    assertThat(to).doesNotExist();
  }

  @Test
  void whenTheTimeIsUpRunsAreToStop() {
    try (StopSignal signal = StopSignal.install(0)) {
      assertThat(signal.requested()).isTrue();
      assertThat(signal.why()).isEqualTo("Stopped after 0 minutes");
    }
    try (StopSignal signal = StopSignal.install()) {
      assertThat(signal.requested()).isFalse();
    }
  }
}
