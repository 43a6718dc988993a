package refrain.train;

import static refrain.base.RefrainException.require;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.model.Layout;
import refrain.model.Parameter;
import refrain.store.Checkpoint;
import refrain.store.Graft;
import refrain.store.Parent;
import refrain.store.Parent.Part;
import refrain.store.RunFolder;

/**
 * How a run begins from a checkpoint of another one. It is read once: the state that is made of it
 * is the run's own first checkpoint.
 */
public final class Inheritance {
  private Inheritance() {}

  /**
   * The checkpoint of a run, to begin another one from.
   *
   * @param parts what is taken of it
   * @param parameters names or their beginnings of those that are taken; empty: all
   * @param graft what is made of some of the weights; null: nothing
   * @throws RefrainException of kind BAD_INPUT when the run has no such checkpoint, or when it
   *     lacks a part; the message lists the steps that are there, the nearest first
   */
  public static Parent of(
      RunFolder run, long step, List<Part> parts, List<String> parameters, @Nullable Graft graft) {
    RunSpec spec = Trainer.spec(run);
    Checkpoint checkpoint = at(run, step);
    checkpoint.verify();
    List<String> names = Layout.of(spec.model()).all().stream().map(Parameter::name).toList();
    Parent parent =
        new Parent(
            run.path().toString(),
            spec.id(),
            step,
            spec.tokens(step),
            parts,
            parameters,
            taken(checkpoint, parts),
            graft);
    for (String parameter : parameters) {
      Parent one = new Parent("", "", 0, 0, parts, List.of(parameter), Map.of(), null);
      if (names.stream().noneMatch(one::takes)) {
        throw RefrainException.badInput(
            "%s: no parameter is '%s' or begins with it; there are %s",
            parent.name(), parameter, String.join(", ", names));
      }
    }
    if (!checkpoint.resumable() && parts.contains(Part.MOMENTS)) {
      throw RefrainException.badInput(
          "%s: was kept for measuring, without the moments of the optimizer; leave them out:"
              + " --from-parts weights",
          parent.name());
    }
    return parent;
  }

  /**
   * The weights that a run will have after so many steps, to begin another one from: known by its
   * identity, also before it was trained. Where it lies is said later ({@link Parent#in}).
   */
  public static Parent planned(
      RunSpec run, long step, List<String> parameters, @Nullable Graft graft) {
    return new Parent(
        "", run.id(), step, run.tokens(step), List.of(Part.WEIGHTS), parameters, Map.of(), graft);
  }

  private static Checkpoint at(RunFolder run, long step) {
    List<Checkpoint> all = run.checkpoints().list();
    return all.stream()
        .filter(checkpoint -> checkpoint.step() == step)
        .findFirst()
        .orElseThrow(() ->
            RefrainException.badInput(
                "%s: no checkpoint of step %s; there are, the nearest first, %s",
                run.path(),
                step,
                all.isEmpty()
                    ? "none"
                    : all.stream()
                        .map(Checkpoint::step)
                        .sorted(Comparator.comparingLong((Long s) -> Math.abs(s - step)))
                        .map(s -> Long.toString(s))
                        .collect(Collectors.joining(", "))));
  }

  private static Map<String, String> taken(Checkpoint checkpoint, List<Part> parts) {
    Map<String, String> all = new TreeMap<>(checkpoint.checksums());
    if (!parts.contains(Part.WEIGHTS)) {
      all.remove(Checkpoint.MODEL);
    }
    if (!parts.contains(Part.MOMENTS)) {
      all.remove(Checkpoint.OPTIMIZER);
    }
    if (!parts.contains(Part.MOMENTS) && !parts.contains(Part.GENERATOR)) {
      all.remove("state");
    }
    return all;
  }

  /**
   * Makes the state that a run begins with, where it begins from another run and has no state of
   * its own yet.
   *
   * @throws RefrainException of kind BAD_INPUT when the parent is gone or another, or when a tensor
   *     does not fit
   */
  static void begin(TrainingState state, RunSpec spec, Path folder) {
    Parent parent = spec.parent();
    if (parent == null
        || RunFolder.isRun(folder) && !RunFolder.at(folder).checkpoints().list().isEmpty()) {
      return;
    }
    Checkpoint checkpoint;
    try {
      require(!parent.folder().isEmpty(), "where it lies is not known");
      checkpoint = at(RunFolder.at(Path.of(parent.folder())), parent.step());
      checkpoint.verify();
    } catch (RefrainException e) {
      throw RefrainException.badInput(
          "run '%s' begins from %s, which it needs until it has saved its first state: %s",
          spec.name(), parent.name(), e.getMessage());
    }
    if (!isMeant(checkpoint, parent)) {
      throw RefrainException.badInput(
          "run '%s' begins from %s, but the state there is another by now; put it back, or begin a new"
              + " run from it with --from",
          spec.name(), parent.name());
    }
    try {
      state.inherit(checkpoint, parent);
    } catch (RefrainException e) {
      throw RefrainException.badInput(
          "%s; keep the settings of the model, or take only what fits, by the beginning of its name:"
                  .formatted(e.getMessage())
              + " --from-parameters blocks.0,ln_final");
    }
  }

  /** By its bytes where they were known, else by what the run there is. */
  private static boolean isMeant(Checkpoint checkpoint, Parent parent) {
    return parent.sha256().isEmpty()
        ? Trainer.spec(RunFolder.at(Path.of(parent.folder()))).id().equals(parent.id())
        : taken(checkpoint, parent.parts()).equals(parent.sha256());
  }
}
