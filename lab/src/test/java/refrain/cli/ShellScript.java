package refrain.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.util.Map;
import refrain.Repository;

/** The functions of a shell script of {@code .mvn}, in an environment that a test makes. */
final class ShellScript {
  private static final Path SHELL = Path.of("/bin/sh");

  private ShellScript() {}

  /** What was printed and the exit code. */
  record Answer(int code, String text) {}

  /** Skips tests elsewhere. */
  static void onUnixOnly() {
    assumeThat(SHELL).exists();
  }

  /** Runs commands that call the script's functions, with no variables but these. */
  static Answer run(String script, String commands, Map<String, String> environment)
      throws Exception {
    ProcessBuilder shell =
        new ProcessBuilder(
            SHELL.toString(),
            "-euc",
            ". \"$0\"; " + commands,
            Repository.ROOT.resolve(script).toString());
    shell.environment().clear();
    shell.environment().putAll(environment);
    Process process = shell.redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Answer(process.waitFor(), text);
  }
}
