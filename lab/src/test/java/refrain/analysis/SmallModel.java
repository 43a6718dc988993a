package refrain.analysis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import refrain.data.TextFiles;
import refrain.export.HuggingFace;
import refrain.model.ModelSpec;
import refrain.model.Positions;
import refrain.probe.MeasureKind;
import refrain.probe.ProbeSpec;
import refrain.store.CheckpointSchedule;
import refrain.store.RunFolder;
import refrain.train.EngineKind;
import refrain.train.Presets;
import refrain.train.Probing;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;

/**
 * A small run on text and the same model as a folder of Hugging Face's: what the one says the other
 * has to say.
 *
 * @param folder holds the model alone
 * @param run the run that it is of
 */
public record SmallModel(Path folder, RunFolder run) {
  public static final int STEPS = 5;
  public static final int CONTEXT = 64;
  private static final int VOCAB = 280;

  /** The folder of the model. */
  public Path model() {
    return folder.resolve("small");
  }

  /** Trains it in a second. */
  public static SmallModel in(Path place) throws IOException {
    Path text = Files.createDirectories(place.resolve("text"));
    for (int d = 0; d < 4; d++) {
      Files.writeString(
          text.resolve(d + ".txt"), "all cats are beautiful, all dogs are brave. ".repeat(20 + d));
    }
    Path run = place.resolve("run");
    Trainer.run(
        Presets.get("tiny")
            .with(
                s -> s.data = new TextFiles(text.toString(), VOCAB, false).pinned(),
                s -> s.model = ModelSpec.attentionOnly(2, 20, 2, CONTEXT, VOCAB),
                s -> s.model = s.model.with(m -> m.positions = new Positions.Learned(0.02)),
                s -> s.context = CONTEXT,
                s -> s.steps = STEPS,
                s -> s.engine = EngineKind.FUSED,
                s ->
                    s.probing =
                        new Probing(
                            STEPS,
                            STEPS,
                            4,
                            ProbeSpec.DEFAULT.withMeasures(MeasureKind.LOSS, MeasureKind.ICL)),
                s -> s.checkpoints = CheckpointSchedule.every(STEPS)),
        run,
        TrainControl.threads(1),
        TrainListener.NONE);
    RunFolder trained = RunFolder.at(run);
    Path folder = Files.createDirectories(place.resolve("models"));
    HuggingFace.write(trained, trained.checkpoints().at(STEPS), folder.resolve("small"));
    return new SmallModel(folder, trained);
  }
}
