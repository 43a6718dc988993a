package refrain.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.TypeConversionException;
import refrain.base.ExitCode;
import refrain.base.Version;
import refrain.train.Engines;

/** The entry point of the command line. Commands register in the list {@code subcommands}. */
@Command(
    name = "refrain",
    description = "A laboratory for in-context learning and induction heads.",
    versionProvider = Main.Versions.class,
    subcommands = {
      TourCommand.class,
      TrainCommand.class,
      ReproduceCommand.class,
      StudyCommand.class,
      ReportCommand.class,
      RunsCommand.class,
      MeasureCommand.class,
      LookCommand.class,
      GenerateCommand.class,
      ExportCommand.class,
      DataCommand.class,
      BenchCommand.class,
      ExplainCommand.class,
      CompletionCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Main extends Subcommand {
  private Main() {}

  public static void main(String[] args) {
    System.exit(run(args, writer(System.out), writer(System.err)));
  }

  /** In the terminal's own character set, which the stream knows. */
  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, stream.charset());
  }

  /** Runs one command line and returns its exit code (see {@link ExitCode}). */
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    try {
      return commandLine().setOut(out).setErr(err).execute(args);
    } catch (Throwable e) { // Errors, which picocli lets through: out of memory, a failed link
      return Failures.report(e, err).code();
    } finally {
      out.flush();
      err.flush();
    }
  }

  /** The parser with every command and with our way of reporting failures. */
  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Path.class, Main::path)
        .setParameterExceptionHandler((e, args) -> Failures.report(e).code())
        .setExecutionExceptionHandler(
            (e, line, parsed) -> Failures.report(e, line.getErr()).code());
  }

  private static Path path(String text) {
    if (text.isEmpty()) {
      throw new TypeConversionException("is empty, expected a path");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("is no path: " + e.getReason());
    }
  }

  /** {@code refrain 0.1.0 (Java 25.0.3+9-LTS)}, then what runs would be trained with here. */
  static final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "refrain " + Version.refrain() + " (Java " + Version.java() + ")",
        "arithmetic: " + Engines.arithmetic().words()
      };
    }
  }
}
