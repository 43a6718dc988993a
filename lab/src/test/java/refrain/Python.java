package refrain;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A Python with the packages of those who read our files, where the environment variable
 * REFRAIN_PYTHON names one; elsewhere tests that need it are skipped with that sentence.
 */
public final class Python {
  /** What the interpreter has to have. */
  public static final String PACKAGES = "torch transformers transformer-lens tensorboard scipy";

  private static final Path SCRIPTS = Repository.ROOT.resolve("lab/src/test/python");

  private Python() {}

  /** Runs a script of src/test/python and returns what it printed; it has to end with 0. */
  public static String run(String script, Object... arguments) throws IOException {
    String python = System.getenv("REFRAIN_PYTHON");
    assumeTrue(
        python != null && !python.isBlank(),
        "skipped: REFRAIN_PYTHON names no Python with " + PACKAGES);
    List<String> command = new ArrayList<>(List.of(python, SCRIPTS.resolve(script).toString()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.put("HF_HUB_OFFLINE", "1"); // a folder is read: nothing is asked of a server
    environment.put("TOKENIZERS_PARALLELISM", "false");
    environment.put("PYTHONUTF8", "1");
    environment.put("PYTHONDONTWRITEBYTECODE", "1");
    return Processes.said(builder);
  }
}
