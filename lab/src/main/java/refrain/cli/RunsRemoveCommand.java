package refrain.cli;

import java.io.Console;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.base.RefrainException;
import refrain.catalog.Catalog;
import refrain.catalog.Removal;

/** {@code refrain runs rm}: removes runs, for good. */
@Command(
    name = "rm",
    description = {
      "Remove runs with all that they hold; asks first.",
      "A run that is being written is refused, and one that a study uses. Of a link to a run the"
          + " link is removed and not the run."
    })
final class RunsRemoveCommand extends Subcommand {
  @Parameters(
      arity = "1..*",
      paramLabel = "RUN",
      description = "Folders of runs, or in runs/ the first characters of their identifiers.")
  private List<String> runs = new ArrayList<>();

  @Option(names = "--yes", description = "Do not ask; for scripts.")
  private boolean yes;

  @Override
  public void run() {
    refuseParents();
    Set<Path> places = new LinkedHashSet<>();
    runs.forEach(word -> places.add(Catalog.named(word)));
    List<Removal> removals = Removal.of(places);
    if (yes) {
      remove(removals);
      return;
    }
    // Null without a terminal, or one that is none: Java's versions and settings differ.
    @Nullable Console console = System.console();
    if (console == null || !console.isTerminal()) {
      throw RefrainException.badInput(
          "nothing is removed: there is no terminal to ask on; add --yes to remove %s for good",
          removals.size() == 1
              ? removals.getFirst().words()
              : "these " + removals.size() + " runs");
    }
    if (agreed(console, removals)) {
      remove(removals);
    } else {
      print("nothing was removed");
    }
  }

  private void remove(List<Removal> removals) {
    for (Removal removal : removals) {
      removal.carryOut();
      print("removed %s", removal.words());
    }
  }

  /** Whether somebody says yes; the end of the input is a no. */
  private boolean agreed(Console console, List<Removal> removals) {
    removals.forEach(removal -> print("%s", removal.words()));
    out()
        .print(
            removals.size() == 1 ? "Remove it for good? [y/N] " : "Remove them for good? [y/N] ");
    out().flush();
    String answer = console.readLine();
    return answer != null && List.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT));
  }
}
