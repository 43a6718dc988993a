package refrain.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import refrain.report.FiguresFile;
import refrain.study.Study;

/** {@code refrain reproduce}: the main job, from nothing to a verdict. */
@Command(
    name = "reproduce",
    description = {
      "Show induction heads form, and hold the paper's six arguments against runs: train small"
          + " models side by side, analyse them and judge the claims in studies/olsson.yaml. The"
          + " same as 'study run olsson'.",
      "Interrupted, the same command goes on where it was."
    })
final class ReproduceCommand extends StudyRun {
  @Option(
      names = "--code",
      description = "Two layers on Java source code, until their heads have formed.")
  private boolean code;

  @Override
  public void run() {
    Study study = Study.named(code ? "code" : "olsson");
    run(study, FiguresFile.named(study), null, code ? " --code" : "", true);
  }
}
