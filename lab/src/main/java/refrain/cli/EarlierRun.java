package refrain.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import refrain.base.RefrainException;
import refrain.base.Shell;
import refrain.store.Parent;
import refrain.store.Parent.Part;
import refrain.store.RunFolder;
import refrain.train.Inheritance;
import refrain.train.RunSpec;
import refrain.train.StopRule;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.TrainResult;
import refrain.train.Trainer;

/** Options of {@code train} that take up a run that is there. */
final class EarlierRun {
  private static final Pattern WITH_STEP = Pattern.compile("(.+)@(\\d{1,9})");

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
          "Begin a new run from this checkpoint, under that run's configuration with what is set"
              + " here over it.")
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

  /** What is trained where a run goes on. */
  RunSpec resumed(Path folder, RunSpec own) {
    if (from != null || !parts.isEmpty() || !parameters.isEmpty()) {
      throw RefrainException.badInput(
          "--resume goes on with a run and --from begins a new one; give one of them");
    }
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

  /** The configuration that a new run starts from; null: a preset. */
  @Nullable RunSpec base() {
    if (extend != null) {
      throw RefrainException.badInput(
          "--extend makes a run longer that is there: say which, with --resume DIR (a new run's length"
              + " is --set steps=%s)",
          extend);
    }
    if (from == null) {
      if (!parts.isEmpty() || !parameters.isEmpty()) {
        throw RefrainException.badInput(
            "--from-parts and --from-parameters say what --from RUN@STEP takes; it is missing");
      }
      return null;
    }
    return Trainer.spec(run(from)).with(s -> s.parent = null, s -> s.stop = new StopRule.Never());
  }

  /** The run with the checkpoint that it begins from. */
  RunSpec descended(RunSpec spec) {
    if (from == null) {
      return spec;
    }
    boolean otherData = spec.seeds().data() != Trainer.spec(run(from)).seeds().data();
    if (otherData && parts.contains(Part.GENERATOR)) {
      throw RefrainException.badInput(
          "--from-parts: the generator of %s draws the batches whatever seeds.data is; leave it out for"
              + " those of seeds.data=%s",
          from, spec.seeds().data());
    }
    List<Part> taken = new ArrayList<>(parts.isEmpty() ? List.of(Part.values()) : parts);
    if (parts.isEmpty() && otherData) {
      taken.remove(Part.GENERATOR);
    }
    Parent parent = Inheritance.of(run(from), step(from), taken, parameters);
    return spec.with(s -> s.parent = parent);
  }

  TrainResult train(RunSpec spec, Path folder, TrainControl control, TrainListener listener) {
    return extend == null
        ? Trainer.run(spec, folder, control, listener)
        : Trainer.extend(folder, extend, control, listener);
  }

  /** The run of RUN@STEP: its folder, or its identifier in {@code runs/}. */
  private static RunFolder run(String ref) {
    Path folder = Path.of(parsed(ref).group(1));
    Path known = Path.of("runs").resolve(folder);
    return RunFolder.at(!RunFolder.isRun(folder) && RunFolder.isRun(known) ? known : folder);
  }

  private static long step(String ref) {
    return Long.parseLong(parsed(ref).group(2));
  }

  private static Matcher parsed(String ref) {
    Matcher parsed = WITH_STEP.matcher(ref);
    if (!parsed.matches()) {
      throw RefrainException.badInput(
          "--from %s: expected the folder of a run and a step of which it has a checkpoint, such as"
              + " runs/mine@200",
          ref);
    }
    return parsed;
  }
}
