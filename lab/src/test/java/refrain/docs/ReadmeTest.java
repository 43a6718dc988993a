package refrain.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static refrain.Repository.ROOT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.JavaCommand;
import refrain.Processes;
import refrain.cli.ReadmeRun;
import refrain.docs.ReadmeSteps.Step;

/** What README tells its readers to type works, in its order. */
class ReadmeTest {
  private static final String PYTHON =
      Objects.requireNonNullElse(System.getenv("REFRAIN_PYTHON"), "");

  /** What README names of the project's own folders. */
  private static final List<String> SHARED = List.of("studies", "docs");

  @TempDir Path temp;

  /** JUnit warns of links that lead out of a folder that it deletes. */
  @AfterEach
  void unlink() throws IOException {
    for (String shared : SHARED) {
      Files.deleteIfExists(temp.resolve(shared));
    }
  }

  @Test
  void everyCommandFileAndSnippetSaysHowTheBuildRunsIt() throws IOException {
    ReadmeSteps readme = ReadmeSteps.of(ROOT.resolve("README.md"));
    assertThat(readme.unmarked()).isEmpty();
    assertThat(readme.steps()).hasSizeGreaterThan(20);
  }

  @Test
  @Tag("python")
  void commandsAndSnippetsRunInTheirOrder() throws Exception {
    for (String shared : SHARED) {
      Files.createSymbolicLink(temp.resolve(shared), ROOT.resolve(shared));
    }
    Files.copy(Path.of("src/test/resources/refrain/docs/small.yaml"), temp.resolve("small.yaml"));
    List<String> commands = new ArrayList<>();
    for (Step step : ReadmeSteps.of(ROOT.resolve("README.md")).steps()) {
      switch (step.kind()) {
        case COMMAND -> commands.add(step.text());
        case NOT_RUN -> System.out.println("README: " + step.text() + ": " + step.word());
        case FILE -> Files.writeString(temp.resolve(step.word()), step.text());
        case PYTHON -> {
          if (PYTHON.isBlank()) {
            System.out.println("README, skipped: REFRAIN_PYTHON names no Python:\n" + step.text());
          } else {
            run(commands);
            process(new ProcessBuilder(PYTHON, "-c", step.text()));
          }
        }
        case OUTPUT -> {}
      }
    }
    run(commands);
  }

  private void run(List<String> commands) throws Exception {
    if (commands.isEmpty()) {
      return;
    }
    List<String> java =
        JavaCommand.of(ReadmeRun.class, JavaCommand.VECTORS, "-Drefrain.corpora=" + corpora());
    java.addAll(commands);
    commands.clear();
    process(new ProcessBuilder(java));
  }

  private static String corpora() {
    return ROOT.resolve("lab/target/corpora").toString();
  }

  private void process(ProcessBuilder builder) throws Exception {
    builder.environment().put("HF_HUB_OFFLINE", "1");
    String said = Processes.said(builder.directory(temp.toFile()).redirectErrorStream(true));
    said.lines().filter(line -> line.startsWith("$ ")).forEach(System.out::println);
  }
}
