package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import refrain.report.FiguresFile;
import refrain.study.Study;
import refrain.study.StudyFolder;
import refrain.study.StudyResults;

/** {@code refrain report} and {@code study report}: the reports of a study drawn again. */
@Command(
    name = "report",
    description = "Draw the reports of a study again from its folder; nothing is trained.")
final class ReportCommand extends Subcommand {
  @Parameters(
      paramLabel = "NAME",
      description =
          "A study, read from runs/ and its name, or the folder it ran in, such as"
              + " runs/reproduce.")
  private @Nullable String name;

  @Override
  public void run() {
    Path folder = Path.of(requireNonNull(name));
    if (Study.names().contains(name) && !Files.exists(folder)) {
      folder = Path.of("runs").resolve(name);
    }
    StudyResults results = Reports.read(new StudyFolder(folder), out());
    String command = "./%s %s".formatted(line().getCommandSpec().qualifiedName(), name);
    Path page = Reports.write(folder, results, FiguresFile.in(folder, results.study()), command);
    out().println("Report: " + page);
  }
}
