package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
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

  /** A sentence for people beside the output. */
  void warn(String sentence) {
    line().getErr().println("warning: " + Printable.line(sentence));
  }

  /**
   * Refuses options that would be ignored.
   *
   * @param beside the option or value that makes them mean nothing
   * @param because a relative clause, such as {@code which trains nothing}
   * @param options of which none may be given
   */
  void refuseBeside(String beside, String because, String... options) {
    List<String> ignored =
        Arrays.stream(options).filter(o -> line().getParseResult().hasMatchedOption(o)).toList();
    refuse(beside, because, ignored);
  }

  private static void refuse(String beside, String because, List<String> ignored) {
    if (!ignored.isEmpty()) {
      throw RefrainException.badInput(
          "%s: would be ignored beside %s, %s; leave %s out",
          String.join(", ", ignored), beside, because, ignored.size() == 1 ? "it" : "them");
    }
  }

  /** Refuses options that were given before the command's own name, to what it stands in. */
  void refuseParents() {
    List<String> ignored =
        line().getParent().getParseResult().matchedOptions().stream()
            .map(option -> option.longestName())
            .toList();
    refuse(line().getCommandName(), "which has options of its own", ignored);
  }

  static void positive(String option, int value) {
    if (value < 1) {
      throw RefrainException.badInput(option + " is " + value + ", expected 1 or more");
    }
  }
}
