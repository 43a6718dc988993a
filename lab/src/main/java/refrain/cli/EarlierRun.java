package refrain.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import refrain.base.RefrainException;
import refrain.base.Shell;
import refrain.train.RunSpec;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.TrainResult;
import refrain.train.Trainer;

/** Options of {@code train} that take up a run that is there. */
final class EarlierRun {
  @Option(
      names = "--extend",
      paramLabel = "STEPS",
      description =
          "With --resume: train the run to so many steps in all, to the bits of one planned so"
              + " long.")
  private @Nullable Integer extend;

  /** What is trained where a run goes on. */
  RunSpec resumed(Path folder, RunSpec own) {
    if (extend == null) {
      return own;
    }
    Path study = folder.toAbsolutePath().normalize().resolve("../../study.json").normalize();
    if (Files.exists(study) && extend != own.steps()) {
      throw RefrainException.badInput(
          "%s: is a run of the study %s, which would no longer find it; copy the folder and extend the"
              + " copy: cp -r %s runs/longer",
          folder, study, Shell.word(folder.toString()));
    }
    return Trainer.extended(folder, extend);
  }

  /** Refuses what means nothing without a run to go on with. */
  void requireNoExtension() {
    if (extend != null) {
      throw RefrainException.badInput(
          "--extend makes a run longer that is there: say which, with --resume DIR (a new run's length"
              + " is --set steps=%s)",
          extend);
    }
  }

  TrainResult train(RunSpec spec, Path folder, TrainControl control, TrainListener listener) {
    return extend == null
        ? Trainer.run(spec, folder, control, listener)
        : Trainer.extend(folder, extend, control, listener);
  }
}
