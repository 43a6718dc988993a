package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import refrain.base.Printable;
import refrain.base.RefrainException;

/** What all commands have: --help and where they print. One that only groups others is done. */
@Command(mixinStandardHelpOptions = true)
abstract class Subcommand implements Runnable {
  /** An option of all that trains. */
  static final String OTHER_ARITHMETIC = "--other-arithmetic";

  static final String OTHER_ARITHMETIC_MEANS =
      "Go on also with a run that was made under other arithmetic: another processor, other vectors"
          + " or another version of the kernels (--version prints those here). The run records it;"
          + " no machine repeats its bits from the beginning.";

  @Spec private @Nullable CommandSpec command;

  CommandLine line() {
    return requireNonNull(command).commandLine();
  }

  PrintWriter out() {
    return line().getOut();
  }

  /** A line, in no language's own numbers; what is put in is shown without control characters. */
  void print(String format, Object... values) {
    Object[] shown =
        Arrays.stream(values)
            .map(v -> v instanceof Number ? v : Printable.line(String.valueOf(v)))
            .toArray();
    out().println(String.format(Locale.ROOT, format, shown));
  }

  /** Without a command of its group: the usage, as with --help. */
  @Override
  public void run() {
    line().usage(out());
  }

  static void positive(String option, int value) {
    if (value < 1) {
      throw RefrainException.badInput(option + " is " + value + ", expected 1 or more");
    }
  }
}
