package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import refrain.base.ExitCode;

/** {@code refrain report}: the reports of a study drawn again. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = "Draw the reports of a study again from its folder; nothing is trained.")
final class ReportCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec command;

  @Parameters(paramLabel = "DIR", description = "Where a study ran, such as runs/reproduce.")
  private @Nullable Path folder;

  @Override
  public Integer call() {
    Reports.redraw(
        requireNonNull(folder),
        "./refrain report " + folder,
        requireNonNull(command).commandLine().getOut());
    return ExitCode.OK.code();
  }
}
