package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import refrain.base.ExitCode;
import refrain.base.RefrainException;
import refrain.report.Figures;
import refrain.report.FiguresFile;
import refrain.store.Json;
import refrain.study.Claim;
import refrain.study.Study;
import refrain.study.Variant;

/** {@code refrain study}: what studies there are, what they claim, and running them. */
@Command(
    name = "study",
    mixinStandardHelpOptions = true,
    description = "Studies: runs over seeds, and claims with bars that were set before the runs.",
    subcommands = {
      StudyCommand.ListCommand.class,
      StudyCommand.ShowCommand.class,
      StudyCommand.RunCommand.class,
      StudyCommand.ReportCommand.class,
      CommandLine.HelpCommand.class
    })
final class StudyCommand implements Runnable {
  @Spec private @Nullable CommandSpec command;

  /** Without a command: the usage. */
  @Override
  public void run() {
    CommandLine line = requireNonNull(command).commandLine();
    line.usage(line.getOut());
  }

  /** A study of the program, or one that somebody wrote. */
  private static Study read(String name) {
    return own(name) ? Study.of(Json.readFile(Path.of(name)), name) : Study.named(name);
  }

  private static boolean own(String name) {
    return !Study.names().contains(name) && Files.isRegularFile(Path.of(name));
  }

  /** What its page draws, with every name checked before anything runs. */
  private static Figures figures(String name, Study whole) {
    Figures figures =
        own(name) ? FiguresFile.beside(Path.of(name), whole) : FiguresFile.named(whole);
    figures.check(whole);
    return figures;
  }

  /** The claims of some arguments, and what they need. */
  private static Study only(Study study, @Nullable String arguments) {
    if (arguments == null) {
      return study;
    }
    Study left =
        study.only(
            Arrays.stream(arguments.split(",")).map(word -> study.argument(word.strip())).toList());
    if (left.cells().isEmpty()) {
      throw RefrainException.badInput(
          "--only %s: the study '%s' has no runs for it%s"
              .formatted(arguments, study.name(), study.full() ? "" : "; perhaps with --full"));
    }
    return left;
  }

  private static Study sized(Study study, boolean full, @Nullable Integer seeds) {
    Study sized = full ? study.atFullSize() : study;
    return seeds == null ? sized : sized.withSeeds(seeds);
  }

  /** {@code study list}. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "The studies that come with the program.")
  static final class ListCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec command;

    @Override
    public Integer call() {
      PrintWriter out = requireNonNull(command).commandLine().getOut();
      for (String name : Study.names()) {
        Study study = Study.named(name);
        Study full = study.atFullSize();
        out.printf(
            Locale.ROOT,
            "%-10s %s%n           %d claims; %d runs of %d variants, with --full %d runs of %d%n",
            name,
            study.title(),
            study.claims().size(),
            study.cells().size(),
            variants(study),
            full.cells().size(),
            variants(full));
      }
      return ExitCode.OK.code();
    }

    private static long variants(Study study) {
      return study.variants().stream().filter(v -> study.replicates(v) > 0).count();
    }
  }

  /** {@code study show NAME}. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "A study's variants and its claims with their bars.")
  static final class ShowCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec command;

    @Parameters(
        paramLabel = "NAME",
        description = "A study, such as olsson, or a file laid out like one.")
    private @Nullable String name;

    @Override
    public Integer call() {
      PrintWriter out = requireNonNull(command).commandLine().getOut();
      Study study = read(requireNonNull(name));
      out.println(study.title());
      out.println();
      out.printf(
          Locale.ROOT, "%-24s %5s %5s  %-16s %s%n", "variant", "quick", "full", "control", "");
      for (Variant v : study.variants()) {
        out.printf(
            Locale.ROOT,
            "%-24s %5d %5d  %-16s %s %s%n",
            v.name(),
            study.replicates(v),
            study.atFullSize().replicates(v),
            v.control() == null ? "-" : v.control(),
            v.preset(),
            v.set().isEmpty() ? "" : Json.line(v.set()));
      }
      String last = "";
      for (Claim c : study.claims()) {
        if (!c.argument().equals(last)) {
          last = c.argument();
          out.printf(Locale.ROOT, "%n%s%n", study.argument(last).heading());
        }
        out.printf(
            Locale.ROOT,
            "  %s: %s [%s]%n      %s; %s; bar %s; n >= %d%n",
            c.id(),
            c.sentence(),
            c.data(),
            c.test().words(),
            c.test().statistic().words(),
            c.test().bar().words(),
            c.seeds());
        if (c.control() != null) {
          out.printf(
              Locale.ROOT,
              "      control: %s; bar %s%n",
              c.control().words(),
              c.control().bar().words());
        }
        out.printf(Locale.ROOT, "      %s%n", c.why());
      }
      return ExitCode.OK.code();
    }
  }

  /** {@code study run NAME}. */
  @Command(
      name = "run",
      mixinStandardHelpOptions = true,
      description = {
        "Train, analyse and judge a study.",
        "Interrupted, the same command goes on where it was; what exists is not made again."
      })
  static final class RunCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec command;

    @Parameters(
        paramLabel = "NAME",
        description = "A study, such as olsson, or a file laid out like one.")
    private @Nullable String name;

    @Option(names = "--seeds", paramLabel = "N", description = "Replicates of each variant.")
    private @Nullable Integer seeds;

    @Option(names = "--full", description = "All variants over all seeds.")
    private boolean full;

    @Option(
        names = "--only",
        paramLabel = "ARG",
        description = "Only the claims of these arguments: 1 to 6 or n-grams, joined by commas.")
    private @Nullable String only;

    @Option(
        names = "--analyse-only",
        description = "Train nothing: analyse and judge the runs that have ended.")
    private boolean analyseOnly;

    @Option(
        names = "--out",
        paramLabel = "DIR",
        description = "Where runs and reports go; by default runs/ and the study's name.")
    private @Nullable Path out;

    @Option(names = "--threads", description = "Cores to use; results do not depend on it.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Override
    public Integer call() {
      Study whole = read(requireNonNull(name));
      Figures figures = figures(name, whole);
      Study study = only(sized(whole, full, seeds), only);
      String words =
          "./refrain study run %s%s%s%s"
              .formatted(
                  name,
                  full ? " --full" : "",
                  only == null ? "" : " --only " + only,
                  seeds == null ? "" : " --seeds " + seeds);
      return new StudyRun(study, figures, out, threads, words, !analyseOnly)
          .call(requireNonNull(command).commandLine());
    }
  }

  /** {@code study report DIR}. */
  @Command(
      name = "report",
      mixinStandardHelpOptions = true,
      description = "Draw the reports of a study again from its folder; nothing is trained.")
  static final class ReportCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec command;

    @Parameters(
        paramLabel = "NAME",
        description = "A study, read from runs/ and its name, or the folder it ran in.")
    private @Nullable String name;

    @Override
    public Integer call() {
      Path folder = Path.of("runs").resolve(requireNonNull(name));
      if (!Study.names().contains(name) || Files.exists(Path.of(name))) {
        folder = Path.of(name);
      }
      Reports.redraw(
          folder, "./refrain study report " + name, requireNonNull(command).commandLine().getOut());
      return ExitCode.OK.code();
    }
  }
}
