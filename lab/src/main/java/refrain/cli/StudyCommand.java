package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.base.RefrainException;
import refrain.base.Shell;
import refrain.report.Figures;
import refrain.report.FiguresFile;
import refrain.store.Json;
import refrain.store.Written;
import refrain.study.Claim;
import refrain.study.Rates;
import refrain.study.Study;
import refrain.study.Variant;

/** {@code refrain study}: what studies there are, what they claim, and running them. */
@Command(
    name = "study",
    description = "Studies: runs over seeds, and claims with bars that were set before the runs.",
    subcommands = {
      StudyCommand.ListCommand.class,
      StudyCommand.ShowCommand.class,
      StudyCheckCommand.class,
      StudyCommand.RunCommand.class,
      StudyRegisterCommand.class,
      StudyEvidenceCommand.class,
      ReportCommand.class,
      CommandLine.HelpCommand.class
    })
final class StudyCommand extends Subcommand {
  /** A study of the program, or one that somebody wrote. */
  private static Study read(String name) {
    return own(name) ? Study.of(Written.file(Path.of(name))) : Study.named(name);
  }

  /** Whether a name is that of a file that somebody wrote. */
  static boolean own(String name) {
    return !Study.names().contains(name) && Files.isRegularFile(Path.of(name));
  }

  /** {@code study list}. */
  @Command(name = "list", description = "The studies that come with the program.")
  static final class ListCommand extends Subcommand {
    @Override
    public void run() {
      for (String name : Study.names()) {
        Study study = Study.named(name);
        print(
            study.onDisk()
                ? "%-10s %s%n           %d claims; nothing is trained; %d arms of %d variants, block %d"
                : "%-10s %s%n           %d claims; %d runs of %d variants, seeds from %d on",
            name,
            study.title(),
            study.claims().size(),
            study.cells().size() + study.arms().size(),
            variants(study),
            study.block());
      }
    }

    private static long variants(Study study) {
      return study.variants().stream().filter(v -> study.replicates(v) > 0).count();
    }
  }

  /** {@code study show NAME}. */
  @Command(name = "show", description = "A study's variants and its claims with their bars.")
  static final class ShowCommand extends Subcommand {
    @Parameters(
        paramLabel = "NAME",
        description = "A study, such as olsson, or a file laid out like one.")
    private @Nullable String name;

    @Override
    public void run() {
      Study study = read(requireNonNull(name));
      print("%s", study.title());
      out().println();
      print("seeds %d to %d", study.block(), study.block() + study.seeds() - 1);
      out().println();
      print("%-24s %5s  %-16s %s", "variant", "seeds", "control", "");
      for (Variant v : study.variants()) {
        print(
            "%-24s %5d  %-16s %s %s",
            v.name(),
            study.replicates(v),
            v.control() == null ? "-" : v.control(),
            v.preset(),
            v.set().isEmpty() ? "" : Json.line(v.set()));
      }
      Rates rates = Rates.of(study);
      String last = "";
      for (Claim c : study.claims()) {
        if (!c.argument().equals(last)) {
          last = c.argument();
          print("%n%s", study.argument(last).heading());
        }
        print(
            "  %s: %s [%s]%n      %s; %s; bar %s; n >= %d",
            c.id(),
            c.sentence(),
            c.data(),
            c.test().words(),
            c.test().statistic().words(),
            c.test().bar().words(),
            c.seeds());
        if (c.control() != null) {
          print("      control: %s; bar %s", c.control().words(), c.control().bar().words());
        }
        if (c.paper() != null) {
          print(
              "      the paper, %s: %s; bar %s",
              c.paper().where(), c.paper().says(), c.paper().region(c.test()).words());
        }
        if (c.otherwise() != null) {
          print(
              "      otherwise: %s%s",
              c.otherwise().world(), rates.of(c).map(r -> " " + r.words()).orElse(""));
        }
        print(
            "      %s; seen before: %s%s",
            c.kind().words(),
            c.seen().words(),
            c.supersedes().isEmpty() ? "" : "; for " + String.join(", ", c.supersedes()));
        print("      %s", c.why());
      }
    }
  }

  /** {@code study run NAME}. */
  @Command(
      name = "run",
      description = {
        "Train, analyse and judge a study.",
        "Interrupted, the same command goes on where it was; what exists is not made again."
      })
  static final class RunCommand extends StudyRun {
    private static final String MODEL = "model";

    @Parameters(
        paramLabel = "NAME",
        description = "A study, such as olsson, or a file laid out like one.")
    private @Nullable String name;

    @Option(
        names = "--only",
        paramLabel = "ARG",
        description = "Only the claims of these arguments: 1 to 6 or n-grams, joined by commas.")
    private @Nullable String only;

    @Option(
        names = "--full",
        description =
            "In place of the study the studies that ask the same in full, one after the other; with"
                + " --minutes a part of them at a time.")
    private boolean full;

    @Option(
        names = "--block",
        paramLabel = "N",
        description =
            "The first seed, in place of the study's own: 0 to 99 to explore, from 100 on a block"
                + " that was registered; its runs go to runs/NAME-N.")
    private @Nullable Integer block;

    @Option(
        names = "--set",
        paramLabel = "model=FILE",
        description =
            "Where the model lies that a study of a model on disk is of: a GGUF file, a folder of"
                + " Hugging Face's, or a run.")
    private Map<String, Path> set = Map.of();

    @Option(
        names = "--analyse-only",
        description = "Train nothing: analyse and judge the runs that have ended.")
    private boolean analyseOnly;

    @Override
    public void run() {
      if (analyseOnly) {
        refuseBeside(
            "--analyse-only", "which trains nothing", OTHER_ARITHMETIC, "--minutes", "--dry-run");
      }
      Study study = read(requireNonNull(name));
      if (full) {
        full(study);
        return;
      }
      if (!set.isEmpty() && !(study.onDisk() && set.keySet().equals(Set.of(MODEL)))) {
        throw RefrainException.badInput(
            "--set %s: expected %s",
            String.join(", ", set.keySet()),
            study.onDisk()
                ? "model=FILE"
                : "a study of a model on disk, and '" + study.name() + "' trains its own");
      }
      Figures figures =
          own(name) ? FiguresFile.beside(Path.of(name), study) : FiguresFile.named(study);
      Path model = model();
      String words =
          " "
              + Shell.word(name)
              + (model == null ? "" : " --set model=" + Shell.word(model.toString()))
              + (block == null ? "" : " --block " + block);
      run(
          study,
          block == null ? study : study.withBlock(block),
          figures,
          only,
          words,
          !analyseOnly);
    }

    private void full(Study study) {
      refuseBeside(
          "--full",
          "which runs other studies as they are",
          "--only",
          "--block",
          "--set",
          "--seeds",
          "--out",
          "--analyse-only");
      if (study.parts().isEmpty()) {
        throw RefrainException.badInput(
            "--full: the study '%s' has no parts; it is the whole", study.name());
      }
      all(
          study.parts().stream().map(Study::named).toList(),
          "./refrain study run " + study.name() + " --full");
    }

    @Override
    @Nullable Path model() {
      return set.get(MODEL);
    }
  }
}
