package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import refrain.base.RefrainException;
import refrain.base.Version;
import refrain.store.Machine;
import refrain.tensor.KernelChoice;

class MainTest extends TypedCommands {
  /** A command that ends as the test asks, its exit code raised by --steps. */
  @Command(name = "end")
  private static final class End implements Callable<Integer> {
    private final Callable<Integer> action;

    @Option(names = "--steps")
    int steps;

    End(Callable<Integer> action) {
      this.action = action;
    }

    @Override
    public Integer call() throws Exception {
      return action.call() + steps;
    }
  }

  private int runEnding(Callable<Integer> action, String... args) {
    CommandLine line = Main.commandLine().addSubcommand(new End(action));
    // Handlers reach subcommands added before them, so set them again as commandLine() did.
    line.setParameterExceptionHandler(line.getParameterExceptionHandler());
    line.setExecutionExceptionHandler(line.getExecutionExceptionHandler());
    return line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(args);
  }

  @Test
  void helpNamesTheProgramAndItsCommands() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("Usage: refrain", "in-context learning", "help");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void noArgumentsPrintTheUsage() {
    assertThat(run()).isZero();
    assertThat(out.toString()).startsWith("Usage: refrain");
  }

  @Test
  void versionComesFromTheBuildAndTheArithmeticFromHere() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString())
        .isEqualToNormalizingNewlines(
            """
            refrain %s (Java %s)
            arithmetic: %s, %s, kernels %d
            """
                .formatted(
                    Version.refrain(),
                    Runtime.version(),
                    Machine.processor(),
                    KernelChoice.vectors().equals("plain")
                        ? "plain kernels"
                        : "vectors of " + KernelChoice.vectors() + " bits",
                    KernelChoice.VERSION));
    assertThat(Version.refrain()).matches("\\d+\\.\\d+\\.\\d+.*");
  }

  @Test
  void anUnknownCommandIsBadInputWithASuggestion() {
    assertThat(run("hepl")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            """
            refrain: Unmatched argument at index 0: 'hepl'
            Did you mean help or report or explain?
            See 'refrain --help'.
            """);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void anUnknownOptionIsBadInput() {
    assertThat(run("--nope")).isEqualTo(2);
    assertThat(err.toString()).startsWith("refrain: Unknown option: '--nope'");
  }

  @Test
  void aValueThatDoesNotParseNamesTheCommandToAsk() {
    assertThat(runEnding(() -> 0, "end", "--steps", "many")).isEqualTo(2);
    assertThat(err.toString())
        .contains("refrain: Invalid value for option '--steps': 'many' is not an int")
        .contains("See 'refrain end --help'.");
  }

  @Test
  void ownFailuresAreOneLineWithTheirKindsCode() {
    int code =
        runEnding(
            () -> {
              throw RefrainException.diverged("step 7: loss is NaN");
            },
            "end");
    assertThat(code).isEqualTo(21);
    assertThat(err.toString()).isEqualToNormalizingNewlines("refrain: step 7: loss is NaN\n");
  }

  @Test
  void ownFailuresAreFoundBelowWhatAPoolWrapsAroundThem() {
    RefrainException full = RefrainException.disk("disk full", new IOException("no space"));
    int code =
        runEnding(
            () -> {
              throw new CompletionException(full);
            },
            "end");
    assertThat(code).isEqualTo(3);
    assertThat(err.toString()).isEqualToNormalizingNewlines("refrain: disk full\n");
  }

  @Test
  void memoryThatIsShortIsOneSentenceAndNoDefect() {
    int code =
        runEnding(
            () -> {
              throw new CompletionException(new OutOfMemoryError("Java heap space"));
            },
            "end");
    long heap = Runtime.getRuntime().maxMemory() >> 20;
    assertThat(code).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "refrain: memory ran out: Java may take "
                + heap
                + " MiB; give it more, as in REFRAIN_JAVA_OPTS=-Xmx"
                + 2 * heap
                + "m, or make the batch, the context, the model or the text smaller; what was"
                + " written before is whole\n");
  }

  @Test
  void anythingElseShowsTheStackAndAsksForAReport() {
    int code =
        runEnding(
            () -> {
              throw new IllegalStateException("seven");
            },
            "end");
    assertThat(code).isEqualTo(1);
    assertThat(err.toString())
        .contains("java.lang.IllegalStateException: seven", "at refrain.cli.MainTest")
        .contains("please report it");
  }
}
