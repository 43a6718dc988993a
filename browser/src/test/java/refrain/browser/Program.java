package refrain.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The program in a process of its own, from the classes under test. */
final class Program {
  private Program() {}

  /** Not started yet. */
  static ProcessBuilder of(Path folder, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--add-exports=java.base/jdk.internal.module=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-Xlog:disable"));
    String corpora = System.getProperty("refrain.corpora");
    if (corpora != null) {
      command.add("-Drefrain.corpora=" + corpora);
    }
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    command.addAll(List.of("-cp", classPath, "refrain.cli.Main"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).directory(folder.toFile());
  }

  /** Runs it to its end. */
  static void run(Path folder, String... arguments) throws IOException {
    Process process = of(folder, arguments).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.onExit().join().exitValue()).as(said).isZero();
  }
}
