package refrain.train;

import static refrain.base.RefrainException.require;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
 * How a run begins from a step of another one: from its checkpoint, or where none was saved from
 * the state that is trained again to the same bits. It is made once: it becomes the run's own first
 * checkpoint.
 */
public final class Inheritance {
  private Inheritance() {}

  /** What a run that begins from another one is configured as before anything is set over it. */
  public static RunSpec base(RunFolder run) {
    return Trainer.spec(run).with(s -> s.parent = null, s -> s.stop = new StopRule.Never());
  }

  /**
   * A run that goes on from a step of another one with all that it had there; see {@link #parts}.
   *
   * @param spec what is asked of it
   */
  public static RunSpec fork(RunFolder run, long step, RunSpec spec) {
    Parent parent = of(run, step, parts(run, spec), List.of(), null);
    return spec.with(s -> s.parent = parent);
  }

  /**
   * What a run takes of another one that nobody says: all, but of one that draws batches by another
   * seed not the generator.
   */
  public static List<Part> parts(RunFolder run, RunSpec spec) {
    return Stream.of(Part.values())
        .filter(part -> part != Part.GENERATOR || drawsAlike(run, spec))
        .toList();
  }

  /** Whether a run draws its batches by the seed of another one. */
  public static boolean drawsAlike(RunFolder run, RunSpec spec) {
    return spec.seeds().data() == Trainer.spec(run).seeds().data();
  }

  /**
   * The state of a run after a step, to begin another one from.
   *
   * @param parts what is taken of it
   * @param parameters names or their beginnings of those that are taken; empty: all
   * @param graft what is made of some of the weights; null: nothing
   * @throws RefrainException of kind BAD_INPUT when the run never was at that step, or when its
   *     checkpoint lacks a part; the message lists the checkpoints, the nearest first
   */
  public static Parent of(
      RunFolder run, long step, List<Part> parts, List<String> parameters, @Nullable Graft graft) {
    RunSpec spec = Trainer.spec(run);
    Checkpoint checkpoint = saved(run, step).orElse(null);
    if (checkpoint != null) {
      checkpoint.verify();
    } else if (step < spec.begins() || step > run.rowsThrough()) {
      throw none(run, step);
    }
    List<String> names = Layout.of(spec.model()).all().stream().map(Parameter::name).toList();
    Parent parent =
        new Parent(
            run.path().toString(),
            spec.id(),
            step,
            spec.tokens(step),
            parts,
            parameters,
            checkpoint == null ? Map.of() : taken(checkpoint, parts),
            graft);
    for (String parameter : parameters) {
      Parent one = new Parent("", "", 0, 0, parts, List.of(parameter), Map.of(), null);
      if (names.stream().noneMatch(one::takes)) {
        throw RefrainException.badInput(
            "%s: no parameter is '%s' or begins with it; there are %s",
            parent.name(), parameter, String.join(", ", names));
      }
    }
    if (checkpoint != null && !checkpoint.resumable() && parts.contains(Part.MOMENTS)) {
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

  private static Optional<Checkpoint> saved(RunFolder run, long step) {
    return run.checkpoints().list().stream().filter(each -> each.step() == step).findFirst();
  }

  private static RefrainException none(RunFolder run, long step) {
    List<Checkpoint> all = run.checkpoints().list();
    return RefrainException.badInput(
        "%s: was never at step %s; there are checkpoints, the nearest first, of %s",
        run.path(),
        step,
        all.isEmpty()
            ? "none"
            : all.stream()
                .map(Checkpoint::step)
                .sorted(Comparator.comparingLong((Long s) -> Math.abs(s - step)))
                .map(s -> Long.toString(s))
                .collect(Collectors.joining(", ")));
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
   * @param threads that train a state again which was not saved
   * @throws RefrainException of kind BAD_INPUT when the parent is gone or another, or when a tensor
   *     does not fit
   */
  static void begin(TrainingState state, RunSpec spec, Path folder, int threads) {
    Parent parent = spec.parent();
    if (parent == null
        || RunFolder.isRun(folder) && !RunFolder.at(folder).checkpoints().list().isEmpty()) {
      return;
    }
    Checkpoint.Contents begun;
    try {
      require(!parent.folder().isEmpty(), "where it lies is not known");
      begun = contents(RunFolder.at(Path.of(parent.folder())), parent, threads);
    } catch (RefrainException e) {
      throw RefrainException.badInput(
          "run '%s' begins from %s, which it needs until it has saved its first state: %s",
          spec.name(), parent.name(), e.getMessage());
    }
    try {
      state.inherit(begun, parent);
    } catch (RefrainException e) {
      throw RefrainException.badInput(
          "%s; keep the settings of the model, or take only what fits, by the beginning of its name:"
                  .formatted(e.getMessage())
              + " --from-parameters blocks.0,ln_final");
    }
  }

  private static Checkpoint.Contents contents(RunFolder run, Parent parent, int threads) {
    Checkpoint checkpoint = saved(run, parent.step()).orElse(null);
    if (checkpoint != null) {
      checkpoint.verify();
    }
    require(
        isMeant(run, checkpoint, parent),
        "the state there is another by now; put it back, or begin a new run from it with --from");
    return checkpoint == null
        ? again(run, (int) parent.step(), threads)
        : new Checkpoint.Contents(
            checkpoint.step(), checkpoint.model(), checkpoint.optimizer(), checkpoint.state());
  }

  /**
   * A state that was not saved. The step after it is taken too where the run took it: its loss says
   * that the weights before it are those of the run.
   */
  private static Checkpoint.Contents again(RunFolder run, int step, int threads) {
    List<Checkpoint.Contents> states = new ArrayList<>();
    int until = (int) Math.min(run.rowsThrough(), step + 1L);
    Trainer.replay(
        run,
        step,
        Math.max(step, until),
        threads,
        state -> {
          if (state.step() == step) {
            states.add(state.snapshot());
          }
        });
    return states.getFirst();
  }

  /** By its bytes where they were known, else by what the run there is. */
  private static boolean isMeant(RunFolder run, @Nullable Checkpoint checkpoint, Parent parent) {
    return parent.sha256().isEmpty()
        ? Trainer.spec(run).id().equals(parent.id())
        : checkpoint != null && taken(checkpoint, parent.parts()).equals(parent.sha256());
  }
}
