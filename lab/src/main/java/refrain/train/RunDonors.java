package refrain.train;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.intervene.Donors;
import refrain.model.Parameters;
import refrain.store.Checkpoint;
import refrain.store.RunFolder;

/**
 * What the interventions of a run refer to: a checkpoint is known by the folder of its run, and is
 * the last undamaged one in it. Loaded once.
 */
public final class RunDonors implements Donors {
  private final Map<String, Parameters> loaded = new HashMap<>();

  @Override
  public Parameters checkpoint(String ref) {
    return loaded.computeIfAbsent(ref, RunDonors::load);
  }

  private static Parameters load(String ref) {
    RunFolder run;
    try {
      run = RunFolder.at(Path.of(ref));
    } catch (InvalidPathException e) {
      throw RefrainException.badInput("intervention: '" + ref + "' is not the path of a run", e);
    }
    Checkpoint last =
        run.checkpoints()
            .latestGood()
            .checkpoint()
            .orElseThrow(() ->
                RefrainException.badInput(
                    "intervention: the run "
                        + ref
                        + " has no undamaged checkpoint to take values from"));
    return Snapshot.parameters(last, Trainer.spec(run).model());
  }

  @Override
  public Batch input(String name) {
    throw RefrainException.badInput(
        "intervention: source input '%s' is a batch that a program supplies; in "
            + "training use clean, mean, zero, resample or checkpoint",
        name);
  }
}
