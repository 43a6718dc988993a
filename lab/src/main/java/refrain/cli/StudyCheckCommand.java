package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.base.RefrainException;
import refrain.report.Figures;
import refrain.report.FiguresFile;
import refrain.store.Written;
import refrain.study.Study;
import refrain.study.StudyFolder;

/** {@code study check NAME}: all faults of a study's file, or what it would run. */
@Command(
    name = "check",
    description = {
      "Look through a study's file and its figures, and say all faults at once; without any: what it"
          + " would run, and about how long and in how much memory. Nothing is trained."
    })
final class StudyCheckCommand extends Subcommand {
  @Parameters(
      paramLabel = "NAME",
      description = "A study, such as olsson, or a file laid out like one.")
  private @Nullable String name;

  @Option(names = "--seeds", paramLabel = "N", description = "Replicates of each variant.")
  private @Nullable Integer seeds;

  @Option(names = "--block", paramLabel = "N", description = "The first seed.")
  private @Nullable Integer block;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where its runs lie, or would lie; by default runs/ and the study's name.")
  private @Nullable Path out;

  @Option(names = "--threads", description = "Cores that it would use.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Override
  public void run() {
    positive("--threads", threads);
    Study whole = readable(requireNonNull(name));
    Study placed = block == null ? whole : whole.withBlock(block);
    Study study = seeds == null ? placed : placed.withSeeds(seeds);
    Path path = out == null ? StudyRun.folder(whole, study.block()) : out;
    print("%s: no faults. %s", name, study.title());
    print("");
    StudyPlan.lines(study, new StudyFolder(path), threads).forEach(this::show);
  }

  private void show(String line) {
    out().println(line);
  }

  /**
   * The study, if nothing is wrong with it.
   *
   * @throws RefrainException of kind BAD_INPUT with all faults, a line each
   */
  private static Study readable(String name) {
    if (!StudyCommand.own(name)) {
      return Study.named(name);
    }
    Path file = Path.of(name);
    Study study = Study.check(Written.file(file));
    Figures figures = FiguresFile.beside(file, study);
    figures.check(study);
    return study;
  }
}
