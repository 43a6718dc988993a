package refrain.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import refrain.base.RefrainException;
import refrain.store.RunFolder;

/** {@code refrain runs}: the runs in a folder. */
@Command(
    name = "runs",
    description = "List the runs in a folder: identifier, name, steps, how each ended.")
final class RunsCommand extends Subcommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "A folder of runs, such as runs/reproduce/runs; by default runs.")
  private Path folder = Path.of("runs");

  @Override
  public void run() {
    if (!Files.isDirectory(folder)) {
      throw RefrainException.badInput(folder + ": no such folder; expected one that holds runs");
    }
    for (RunFolder run : RunFolder.list(folder)) {
      try {
        list(run);
      } catch (RefrainException e) {
        print("%s  cannot be read: %s", run.path().getFileName(), String.valueOf(e.getMessage()));
      }
    }
    RunFolder.remains(folder)
        .forEach(
            place -> print("%s  cannot be read: %s", place.getFileName(), RunFolder.lost(place)));
  }

  private void list(RunFolder run) {
    long step = run.metrics().rows().stream().mapToLong(r -> r.step()).max().orElse(0);
    String state =
        run.outcome()
            .map(o -> o.status().name().toLowerCase(Locale.ROOT) + ": " + o.reason())
            .orElse("not ended; go on with: " + RunFolder.resume(run.path()));
    print(
        "%s  %-20s %7d steps  %s",
        run.path().getFileName(), run.info().spec().path("name").asString("?"), step, state);
  }
}
