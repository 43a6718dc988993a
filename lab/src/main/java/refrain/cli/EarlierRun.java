package refrain.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import refrain.base.RefrainException;
import refrain.base.Shell;
import refrain.catalog.StudyUse;
import refrain.store.Graft;
import refrain.store.Parent;
import refrain.store.Parent.Part;
import refrain.store.RunFolder;
import refrain.train.Inheritance;
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

  @Option(
      names = "--from",
      paramLabel = "RUN@STEP",
      description =
          "Begin a new run from this step of another one, under that run's configuration with what is"
              + " set here over it. A state that was not saved is trained again, to the same bits.")
  private @Nullable String from;

  @Option(
      names = "--from-parts",
      split = ",",
      paramLabel = "PART",
      description =
          "What --from takes: ${COMPLETION-CANDIDATES}; by default all, without the generator"
              + " where seeds.data is another. With the moments the count of steps goes on from"
              + " STEP, without them it begins at 0.")
  private List<Part> parts = new ArrayList<>();

  @Option(
      names = "--from-parameters",
      split = ",",
      paramLabel = "NAME",
      description =
          "The parameters that --from takes, by name or its beginning, such as blocks.0; by"
              + " default all.")
  private List<String> parameters = new ArrayList<>();

  @Option(
      names = "--from-mixed",
      split = ",",
      paramLabel = "NAME",
      description =
          "Parameters that begin as (1 - s) of the run that --from names plus s of fresh ones, with"
              + " the s of --from-fresh; weights only.")
  private List<String> mixed = new ArrayList<>();

  @Option(
      names = "--from-rotated",
      split = ",",
      paramLabel = "NAME",
      description =
          "The same of parameters that are turned first, each head's matrix by random orthogonal"
              + " ones: a placebo with the same singular values.")
  private List<String> rotated = new ArrayList<>();

  @Option(
      names = "--from-fresh",
      paramLabel = "S",
      description = "s of --from-mixed and --from-rotated, 0 to 1; 0 by default.")
  private double fresh;

  /** Read and checked once for the parts that are taken, however many runs begin from it. */
  private final Map<List<Part>, Parent> parents = new HashMap<>();

  /** What is trained where a run goes on. */
  RunSpec resumed(Path folder, RunSpec own) {
    if (from != null || narrowed()) {
      throw RefrainException.badInput(
          "--resume goes on with a run and --from begins a new one; give one of them");
    }
    if (extend == null) {
      return own;
    }
    StudyUse.refuseExtension(RunFolder.at(folder), own, extend);
    return Trainer.extended(folder, extend);
  }

  /** The configuration that a new run starts from; null: a preset. */
  @Nullable RunSpec base() {
    if (extend != null) {
      throw RefrainException.badInput(
          "--extend makes a run longer that is there: say which, with --resume DIR (a new run's length"
              + " is --set steps=%s)",
          extend);
    }
    if (from == null) {
      if (narrowed()) {
        throw RefrainException.badInput(
            "--from-parts, --from-parameters, --from-mixed, --from-rotated and --from-fresh say what"
                + " --from RUN@STEP takes; it is missing");
      }
      return null;
    }
    return Inheritance.base(at(from).run());
  }

  /** The run with the checkpoint that it begins from. */
  RunSpec descended(RunSpec spec) {
    if (from == null) {
      return spec;
    }
    RunAtStep begun = at(from);
    if (parts.contains(Part.GENERATOR) && !Inheritance.drawsAlike(begun.run(), spec)) {
      throw RefrainException.badInput(
          "--from-parts: the generator of %s draws the batches whatever seeds.data is; leave it out for"
              + " those of seeds.data=%s",
          from, spec.seeds().data());
    }
    Graft graft = graft();
    List<Part> taken =
        !parts.isEmpty()
            ? List.copyOf(parts)
            : graft != null ? List.of(Part.WEIGHTS) : Inheritance.parts(begun.run(), spec);
    Parent parent =
        parents.computeIfAbsent(
            taken,
            any -> Inheritance.of(begun.run(), begun.step().getAsLong(), any, parameters, graft));
    return spec.with(s -> s.parent = parent);
  }

  private boolean narrowed() {
    return !parts.isEmpty() || !parameters.isEmpty() || grafting();
  }

  private boolean grafting() {
    return !mixed.isEmpty() || !rotated.isEmpty() || fresh != 0;
  }

  private @Nullable Graft graft() {
    return grafting() ? new Graft(fresh, mixed, rotated) : null;
  }

  TrainResult train(RunSpec spec, Path folder, TrainControl control, TrainListener listener) {
    return extend == null
        ? Trainer.run(spec, folder, control, listener)
        : Trainer.extend(folder, extend, control, listener);
  }

  private static RunAtStep at(String from) {
    RunAtStep at = RunAtStep.parse(from);
    if (at.step().isEmpty()) {
      throw RefrainException.badInput(
          "--from %s: expected a step after the run too, such as %s",
          from, Shell.word(from + "@" + at.checkpoint().step()));
    }
    return at;
  }
}
