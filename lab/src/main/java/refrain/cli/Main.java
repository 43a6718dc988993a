package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.TypeConversionException;
import refrain.base.ExitCode;
import refrain.base.Version;
import refrain.train.Engines;

/** The entry point of the command line. Commands register in the list {@code COMMANDS}. */
@Command(
    name = "refrain",
    description = "A laboratory for in-context learning and induction heads.",
    versionProvider = Main.Versions.class)
public final class Main extends Subcommand {
  private static final List<Class<?>> COMMANDS =
      List.of(
          TourCommand.class,
          TrainCommand.class,
          ReproduceCommand.class,
          StudyCommand.class,
          ReportCommand.class,
          RunsCommand.class,
          ServeCommand.class,
          MeasureCommand.class,
          LookCommand.class,
          InspectCommand.class,
          ScanCommand.class,
          GenerateCommand.class,
          ExportCommand.class,
          DataCommand.class,
          BenchCommand.class,
          ExplainCommand.class,
          CompletionCommand.class,
          CommandLine.HelpCommand.class);

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
      return commandLine(args).setOut(out).setErr(err).execute(args);
    } catch (Throwable e) { // Errors, which picocli lets through: out of memory, a failed link
      return Failures.report(e, err).code();
    } finally {
      out.flush();
      err.flush();
    }
  }

  /**
   * The parser, with our way of reporting failures. A command that is not named in the arguments is
   * a name and a description: reading the options of all of them would be a fifth of the start.
   */
  public static CommandLine commandLine(String... args) {
    Set<String> named = Set.copyOf(Arrays.asList(args));
    boolean whole = named.contains("help") || named.contains("completion");
    CommandLine line = new CommandLine(new Main());
    for (Class<?> each : COMMANDS) {
      Command words = requireNonNull(each.getAnnotation(Command.class));
      CommandSpec outline = CommandSpec.create();
      outline.usageMessage().header(words.header()).description(words.description());
      line.addSubcommand(words.name(), whole || named.contains(words.name()) ? each : outline);
    }
    return line.setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Path.class, Main::path)
        .setParameterExceptionHandler((e, asked) -> Failures.report(e).code())
        .setExecutionExceptionHandler(
            (e, failed, parsed) -> Failures.report(e, failed.getErr()).code());
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
