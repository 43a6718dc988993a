package refrain.train;

import static refrain.base.RefrainException.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.base.Default;
import refrain.base.RefrainException;
import refrain.data.DataSource;
import refrain.data.DataSpec;
import refrain.intervene.Intervention;
import refrain.intervene.Interventions;
import refrain.model.ModelSpec;
import refrain.store.CheckpointSchedule;
import refrain.store.Json;
import refrain.store.Parent;
import refrain.store.RunFolder;
import tools.jackson.databind.JsonNode;

/**
 * Everything that is asked of a run. What fixes the weights of each step is its identity: equal
 * identities give equal weights to the bit, so a run is known by its hash ({@link #id}) and the
 * same one is never trained twice. Its name, its probing, its checkpoints and its stop rule are no
 * part.
 *
 * @param name for people
 * @param model what is trained
 * @param data what it is trained on
 * @param optimizer how its parameters move
 * @param batch sequences in a step
 * @param context T, positions in a sequence
 * @param steps the last step; also the length of the learning-rate schedule
 * @param seeds where all chance comes from
 * @param interventions what is changed in the forward passes, in training with its gradient, for
 *     all steps or for some
 * @param probing when it is measured
 * @param checkpoints when its parameters are kept
 * @param engine which implementation computes it
 * @param stop when it stops before its last step
 * @param parent the checkpoint of another run that it begins from; null: it begins anew
 * @param lessons other languages that its first steps are taken on, in their order
 * @param masks targets that do not count in the training loss for some steps
 * @param guard what comes on when its watch raises the alarm; null: it has none
 * @param series the states of others that were measured instead of training; null: it is trained
 */
public record RunSpec(
    String name,
    ModelSpec model,
    DataSpec data,
    OptimizerSpec optimizer,
    int batch,
    int context,
    int steps,
    Seeds seeds,
    List<Intervention> interventions,
    Probing probing,
    CheckpointSchedule checkpoints,
    EngineKind engine,
    StopRule stop,
    @Default("null") @Nullable Parent parent,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @Default("[]") List<Lesson> lessons,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @Default("[]") List<LossMask> masks,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Default("null") @Nullable Guard guard,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Default("null") @Nullable Series series) {

  public RunSpec {
    interventions = List.copyOf(interventions);
    lessons = List.copyOf(lessons);
    masks = List.copyOf(masks);
    Interventions.of(model, interventions);
    if (guard != null) {
      Interventions.of(model, guard.interventions());
    }
    require(batch >= 1, "run: batch is %s, expected 1 or more", batch);
    require(context >= 1, "run: context is %s, expected 1 or more", context);
    require(steps >= 1, "run: steps is %s, expected 1 or more", steps);
    int longest = model.nCtx();
    require(
        context <= longest,
        "run: context is %s, expected at most model.nCtx = %s",
        context,
        longest);
    for (Intervention i : interventions) {
      require(
          i.from().step() < steps,
          "run: an intervention is on from step %s, but the run has %s steps, so it would never be on",
          i.from(),
          steps);
    }
    require(
        begins(parent) < steps,
        "run: steps is %s, expected more: the run begins at step %s, where its parent was",
        steps,
        begins(parent));
    if (parent != null && parent.graft() != null) {
      Grafting.check(parent.graft(), model);
    }
    for (int n = 0; n < lessons.size(); n++) {
      int begins = n == 0 ? 0 : lessons.get(n - 1).until();
      int until = lessons.get(n).until();
      require(
          until > begins && until < steps,
          "run: lessons[%s] ends at step %s, expected a step after %s, where it begins, and before"
              + " the run's last, %s",
          n,
          until,
          begins,
          steps);
    }
    for (LossMask mask : masks) {
      require(
          mask.from() < steps,
          "run: a mask is on from step %s, but the run has %s steps, so it would never be on",
          mask.from(),
          steps);
    }
    require(
        series == null || parent == null && interventions.isEmpty(),
        "run: series is of states of others, expected no parent and no interventions beside it");
    require(!name.isBlank(), "run: name is empty, expected a word");
  }

  /** All that may ever be on, its guard's too. */
  public List<Intervention> everyIntervention() {
    return guard == null
        ? interventions
        : Stream.concat(interventions.stream(), guard.interventions().stream()).toList();
  }

  /** Tokens that one step predicts. */
  public long tokensPerStep() {
    return (long) batch * context;
  }

  private static int begins(@Nullable Parent parent) {
    return parent == null ? 0 : parent.begins();
  }

  /** The step that it begins at: 0, or where the run was whose moments it takes. */
  public int begins() {
    return series == null ? begins(parent) : (int) series.states().getFirst().step();
  }

  /** Whether its first state is the initial one of a model, which its seed gives again. */
  public boolean anew() {
    return parent == null && series == null;
  }

  /** Tokens that its weights have been trained to predict at a step. */
  public long tokens(long step) {
    long before = parent != null && begins() > 0 ? parent.tokens() : 0;
    return before + (step - begins()) * tokensPerStep();
  }

  /** What fixes the weights of each step, and with them the run ({@link Identity}). */
  public JsonNode identity() {
    return Identity.FROZEN.of(Json.tree(this));
  }

  /** The run's identifier and the name of a new folder for it, 12 hexadecimal digits. */
  public String id() {
    return RunFolder.nameOf(identity());
  }

  /**
   * The run as it can be recognised: of the user's own text, with the fingerprint of what is there
   * now, where it has none.
   *
   * @throws RefrainException when the text cannot be found or read
   */
  public RunSpec pinned() {
    return with(s -> s.data = s.data.pinned());
  }

  /**
   * The n-th replicate of this run: with a start, batches, a language (or split of a text), an
   * evaluation set and probes of its own. Specifications that share their data and probes share
   * them at each n too.
   */
  public RunSpec replicate(int n) {
    return with(
        s -> s.seeds = Seeds.replicate(n),
        s -> s.data = s.data.replicate(n),
        s ->
            s.lessons =
                s.lessons.stream().map(l -> new Lesson(l.data().replicate(n), l.until())).toList(),
        s -> s.probing = s.probing.replicate(n));
  }

  /**
   * Opens the data and checks that the model fits it.
   *
   * @throws RefrainException when the vocabularies differ
   */
  public DataSource openData() {
    DataSource source = data.open();
    if (source.vocab() != model.dVocab()) {
      throw RefrainException.badInput(
          "run '%s': model.dVocab is %s, but the data has a vocabulary of %s; set "
              + "model.dVocab=%s",
          name, model.dVocab(), source.vocab(), source.vocab());
    }
    return source;
  }

  /**
   * This run with other values: {@code spec.with(s -> s.steps = 900, s -> s.batch = 32)}. Checked
   * once, after all edits.
   */
  @SafeVarargs
  public final RunSpec with(Consumer<Builder>... edits) {
    Builder builder = new Builder(this);
    for (Consumer<Builder> edit : edits) {
      edit.accept(builder);
    }
    return builder.build();
  }

  /** A specification's components, to be changed; {@link RunSpec} documents and checks them. */
  public static final class Builder {
    public String name;
    public ModelSpec model;
    public DataSpec data;
    public OptimizerSpec optimizer;
    public int batch;
    public int context;
    public int steps;
    public Seeds seeds;
    public List<Intervention> interventions;
    public Probing probing;
    public CheckpointSchedule checkpoints;
    public EngineKind engine;
    public StopRule stop;
    public @Nullable Parent parent;
    public List<Lesson> lessons;
    public List<LossMask> masks;
    public @Nullable Guard guard;
    public @Nullable Series series;

    private Builder(RunSpec from) {
      name = from.name;
      model = from.model;
      data = from.data;
      optimizer = from.optimizer;
      batch = from.batch;
      context = from.context;
      steps = from.steps;
      seeds = from.seeds;
      interventions = from.interventions;
      probing = from.probing;
      checkpoints = from.checkpoints;
      engine = from.engine;
      stop = from.stop;
      parent = from.parent;
      lessons = from.lessons;
      masks = from.masks;
      guard = from.guard;
      series = from.series;
    }

    private RunSpec build() {
      return new RunSpec(
          name,
          model,
          data,
          optimizer,
          batch,
          context,
          steps,
          seeds,
          interventions,
          probing,
          checkpoints,
          engine,
          stop,
          parent,
          lessons,
          masks,
          guard,
          series);
    }
  }
}
