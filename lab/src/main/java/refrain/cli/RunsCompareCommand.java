package refrain.cli;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import refrain.catalog.Catalog;
import refrain.catalog.RunComparison;
import refrain.store.RunFolder;

/** {@code refrain runs compare}: two runs side by side. */
@Command(
    name = "compare",
    description = {
      "Two runs side by side: the settings in which they differ, when heads formed, scores, the"
          + " best heads, losses, whether the weights are the same and where the curves part."
    })
final class RunsCompareCommand extends Subcommand {
  @Parameters(index = "0", paramLabel = "A", description = "A run's folder or identifier.")
  private @Nullable String first;

  @Parameters(index = "1", paramLabel = "B", description = "Another's.")
  private @Nullable String second;

  @Override
  public void run() {
    refuseParents();
    RunComparison compared =
        RunComparison.of(
            RunFolder.at(Catalog.named(requireNonNull(first))),
            RunFolder.at(Catalog.named(requireNonNull(second))));
    TextTable table =
        new TextTable("", compared.a().path().toString(), compared.b().path().toString());
    compared.lines().forEach(line -> table.row(line.what(), line.a(), line.b()));
    table.lines().forEach(line -> out().println(line));
    out().println();
    compared.sentences().forEach(sentence -> print("%s", sentence));
  }
}
