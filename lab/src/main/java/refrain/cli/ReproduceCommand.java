package refrain.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import refrain.base.RefrainException;
import refrain.report.FiguresFile;
import refrain.study.Study;

/** {@code refrain reproduce}: the main job, from nothing to a verdict. */
@Command(
    name = "reproduce",
    description = {
      "Show induction heads form, and hold the paper's six arguments against runs: train small"
          + " models side by side, analyse them and judge claims. In minutes, the claims of"
          + " studies/quick.yaml; with --full, in hours, those of studies/olsson.yaml.",
      "Interrupted, the same command goes on where it was."
    })
final class ReproduceCommand extends StudyRun {
  @Option(
      names = "--code",
      description = "Two layers on Java source code, until their heads have formed.")
  private boolean code;

  @Option(names = "--full", description = "The whole study: more seeds and variants, for hours.")
  private boolean full;

  @Override
  public void run() {
    if (code && full) {
      throw RefrainException.badInput("--code and --full are two studies; ask for one of them");
    }
    Study study = Study.named(code ? "code" : full ? "olsson" : "quick");
    String words = code ? " --code" : full ? " --full" : "";
    run(study, study, FiguresFile.named(study), null, words, true);
  }
}
