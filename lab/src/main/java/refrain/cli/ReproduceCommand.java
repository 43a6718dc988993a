package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import refrain.report.Figures;
import refrain.report.FiguresFile;
import refrain.study.Study;

/** {@code refrain reproduce}: the main job, from nothing to a verdict. */
@Command(
    name = "reproduce",
    mixinStandardHelpOptions = true,
    description = {
      "Show induction heads form, and hold the paper's six arguments against runs: train small"
          + " models side by side, analyse them and judge the claims in studies/olsson.yaml. The"
          + " same as 'study run olsson'.",
      "Interrupted, the same command goes on where it was."
    })
final class ReproduceCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec command;

  @Option(names = "--seeds", paramLabel = "N", description = "Replicates of each variant.")
  private @Nullable Integer seeds;

  @Option(
      names = "--full",
      description = "All variants over all seeds: the whole study, for hours.")
  private boolean full;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where runs and reports go; by default runs/ and the study's name.")
  private @Nullable Path out;

  @Option(
      names = "--code",
      description = "Two layers on Java source code, until their heads have formed.")
  private boolean code;

  @Option(names = "--threads", description = "Cores to use; results do not depend on it.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Override
  public Integer call() {
    Study study = Study.named(code ? "code" : "olsson");
    Figures figures = FiguresFile.named(study);
    figures.check(study);
    study = full ? study.atFullSize() : study;
    study = seeds == null ? study : study.withSeeds(seeds);
    String words =
        "./refrain reproduce"
            + (code ? " --code" : "")
            + (full ? " --full" : "")
            + (seeds == null ? "" : " --seeds " + seeds);
    return new StudyRun(study, figures, out, threads, words, true)
        .call(requireNonNull(command).commandLine());
  }
}
