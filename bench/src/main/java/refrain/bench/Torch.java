package refrain.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** PyTorch's products in a process of their own, {@code products.py}. */
final class Torch implements AutoCloseable {
  private final Process process;
  private final BufferedReader from;
  private final BufferedWriter to;
  private final String description;

  private Torch(Process process, BufferedReader from, String description) {
    this.process = process;
    this.from = from;
    this.to = process.outputWriter(StandardCharsets.UTF_8);
    this.description = description;
  }

  /**
   * Starts it; null where there is no Python with PyTorch, with a word about it on standard error.
   *
   * @param script products.py
   */
  static @Nullable Torch find(Path script) {
    String named = System.getenv("REFRAIN_PYTHON");
    String python = named == null ? "python3" : named;
    try {
      Process process =
          new ProcessBuilder(python, script.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      BufferedReader from = process.inputReader(StandardCharsets.UTF_8);
      String line = from.readLine();
      if (line != null) {
        return new Torch(process, from, line.replaceFirst("^ready ", ""));
      }
    } catch (IOException e) {
      // no such program: said below
    }
    System.err.printf(
        "bench: '%s' has no PyTorch, so MKL is left out; name a Python that has it in"
            + " REFRAIN_PYTHON%n",
        python);
    return null;
  }

  String describe() {
    return description;
  }

  /** 1e9 operations a second. */
  double gflops(Case.Product of, double seconds) {
    int transposed = of.role() == Case.Role.WEIGHTS ? 1 : 0;
    try {
      to.write(
          String.format(
              Locale.ROOT, "%d %d %d %d %s%n", of.m(), of.n(), of.k(), transposed, seconds));
      to.flush();
      String answer = from.readLine();
      if (answer == null) {
        throw new IOException("it ended");
      }
      return Double.parseDouble(answer);
    } catch (IOException e) {
      throw new IllegalStateException("products.py: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
