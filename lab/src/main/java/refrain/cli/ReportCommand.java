package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.base.Printable;
import refrain.base.RefrainException;
import refrain.base.Shell;
import refrain.report.Figures;
import refrain.report.FiguresFile;
import refrain.store.RunFolder;
import refrain.study.Study;
import refrain.study.StudyFolder;
import refrain.study.StudyResults;

/** {@code refrain report}, {@code study report}: reports of a study, or a run's page, again. */
@Command(
    name = "report",
    description =
        "Draw the reports of a study, or the page of a run, again from its folder; nothing is"
            + " trained.")
final class ReportCommand extends Subcommand {
  @Parameters(
      paramLabel = "NAME",
      description =
          "A study, read from runs/ and its name, or the folder it ran in, such as"
              + " runs/reproduce; or the folder of a run.")
  private @Nullable String name;

  @Option(names = Reports.TABLE, description = Reports.TABLE_MEANS)
  private boolean table;

  @Override
  public void run() {
    if (requireNonNull(name).isEmpty()) {
      throw RefrainException.badInput("NAME is empty, expected a study or the folder it ran in");
    }
    Path folder = Path.of(name);
    if (Study.names().contains(name) && !Files.exists(folder)) {
      folder = Path.of("runs").resolve(name);
    }
    if (RunFolder.isRun(folder)) {
      int threads = Runtime.getRuntime().availableProcessors();
      RunEnding.lines(RunFolder.at(folder), Shell.word(name), threads)
          .forEach(said -> print("%s", said));
      return;
    }
    List<String> damaged = new ArrayList<>();
    StudyFolder study = new StudyFolder(folder);
    StudyResults results = Reports.read(study, out(), damaged::add);
    String command = "./%s %s".formatted(line().getCommandSpec().qualifiedName(), Shell.word(name));
    Figures figures =
        study.isOfEarlierProgram()
            ? FiguresFile.plain(results.study())
            : FiguresFile.in(folder, results.study());
    Path page = Reports.write(folder, results, figures, command, false);
    damaged.forEach(this::warn);
    Reports.ending(results, figures, table).forEach(said -> out().println(Printable.of(said)));
    print("%s", Reports.where(page));
    out().flush();
    Reports.refuse(damaged);
  }
}
