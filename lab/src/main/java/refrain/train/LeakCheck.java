package refrain.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.data.DataSource;
import refrain.data.Rng;
import refrain.intervene.Donors;
import refrain.intervene.Intervention;
import refrain.intervene.Interventions;
import refrain.intervene.Site;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.Observer;
import refrain.store.AtomicFiles;
import refrain.store.Json;
import refrain.store.RunFolder;

/**
 * What a run's token-dependent interventions tell by their places, as far as two models can learn
 * it that have no circuit of two layers. Each is trained twice on the run's data for the same
 * steps, with the same interventions and without any, and the difference of their losses on other
 * sequences is the gain:
 *
 * <ul>
 *   <li><i>one layer</i>: the run's model with its first block alone;
 *   <li><i>nothing else</i>: one block whose keys are zero, so that a head without an intervention
 *       attends to all positions alike; it has as many heads under the interventions as without, so
 *       that a place that is left out shows as the difference of two mixes.
 * </ul>
 *
 * An intervention on a head of any layer is put on that head of the one block; others than
 * token-dependent ones are left out. A gain above {@link #MOST} means that the run was told: it is
 * an oracle.
 *
 * @param oneLayer gain of one layer in nats per token: of all targets or of the copyable ones,
 *     whichever is more
 * @param nothingElse that of the model that may use nothing else
 * @param steps that each of the four models was trained for
 * @param most the gain up to which nothing is told, as it was when this was found
 */
public record LeakCheck(double oneLayer, double nothingElse, int steps, double most) {
  /** Nats per token. */
  public static final double MOST = .1;

  /** Beside the run. */
  public static final String FILE = "leak.json";

  /** A head that is shown the token copies after a hundred steps; a hole is read after 350. */
  private static final int LONGEST = 600;

  private static final int SEQUENCES = 128;

  /** Whether the places tell nothing worth speaking of. */
  public boolean passes() {
    return oneLayer <= most && nothingElse <= most;
  }

  /** The verdict in a sentence. */
  public String words() {
    return String.format(
        Locale.ROOT,
        "after %d steps the places alone give %.2f nats a token to one layer and %.2f to"
            + " a model that may use nothing else (at most %.1f expected): %s",
        steps,
        oneLayer,
        nothingElse,
        most,
        passes() ? "no oracle" : "an oracle");
  }

  /** Whether a run has anything to check. */
  public static boolean concerns(RunSpec spec) {
    return spec.everyIntervention().stream().anyMatch(Intervention::isOracle);
  }

  /**
   * Trains the four models.
   *
   * @param spec of a run that this {@link #concerns}
   * @param data the run's
   */
  public static LeakCheck of(RunSpec spec, DataSource data, int threads) {
    int steps = Math.min(spec.steps(), LONGEST);
    RunSpec one = alone(spec, steps, spec.model().nHeads());
    RunSpec uniform = alone(spec, steps, 2 * spec.model().nHeads());
    Intervention keyless = new Intervention.Scale(Site.of(HookKind.K, 0), 0, List.of());
    List<Intervention> places = places(spec);
    List<Intervention> placesAlone = new ArrayList<>(places);
    placesAlone.add(keyless);
    return new LeakCheck(
        gain(one, List.of(), places, data, threads),
        gain(uniform, List.of(keyless), placesAlone, data, threads),
        steps,
        MOST);
  }

  private static RunSpec alone(RunSpec spec, int steps, int heads) {
    int keyHeads = heads / spec.model().group();
    return spec.with(
        s ->
            s.model =
                s.model.with(m -> m.nLayers = 1, m -> m.nHeads = heads, m -> m.nKvHeads = keyHeads),
        s -> s.steps = steps,
        s -> s.interventions = List.of(),
        s -> s.lessons = List.of(),
        s -> s.masks = List.of(),
        s -> s.guard = null,
        s -> s.parent = null);
  }

  /**
   * The run's token-dependent interventions on the same heads of the one block, on all the time.
   */
  private static List<Intervention> places(RunSpec spec) {
    return spec.everyIntervention().stream()
        .filter(Intervention::isOracle)
        .map(i ->
            switch (i) {
              case Intervention.ClampPattern c ->
                  new Intervention.ClampPattern(below(c.heads()), c.template(), c.weight());
              case Intervention.AttentionBias b ->
                  new Intervention.AttentionBias(below(b.heads()), b.template(), b.strength());
              default -> throw new IllegalStateException("no places are known of " + i);
            })
        .map(Intervention.class::cast)
        .toList();
  }

  private static List<HeadId> below(List<HeadId> heads) {
    return heads.stream().map(HeadId::head).distinct().map(h -> new HeadId(0, h)).toList();
  }

  private static double gain(
      RunSpec spec,
      List<Intervention> without,
      List<Intervention> with,
      DataSource data,
      int threads) {
    Batch batch =
        data.next(Rng.of(spec.seeds().evaluation()).split("leak"), SEQUENCES, spec.context());
    TargetLosses before = losses(spec.with(s -> s.interventions = without), data, batch, threads);
    TargetLosses after = losses(spec.with(s -> s.interventions = with), data, batch, threads);
    double all = before.all() - after.all();
    double copyable = before.copyable() - after.copyable();
    return Double.isNaN(copyable) ? all : Math.max(all, copyable);
  }

  private static TargetLosses losses(RunSpec spec, DataSource data, Batch batch, int threads) {
    Donors donors = new RunDonors();
    try (TrainingState state = new TrainingState(spec, data, donors, threads)) {
      while (state.step() < spec.steps()) {
        state.update();
      }
      Interventions on = Interventions.of(spec.model(), spec.interventions());
      float[][] losses =
          state
              .engine()
              .forward(
                  state.parameters(),
                  batch,
                  on.plan(state.engine(), state.parameters(), batch, donors),
                  Observer.NONE);
      return TargetLosses.of(losses, batch.tokens());
    }
  }

  /**
   * What was found of a run, or is found now and kept beside it.
   *
   * @throws RefrainException when its text is not there, or when it cannot be written
   */
  public static LeakCheck kept(RunFolder run, RunSpec spec, int threads) {
    Optional<LeakCheck> before = find(run);
    if (before.isPresent()) {
      return before.get();
    }
    LeakCheck found = of(spec, RunText.open(run.path(), spec), threads);
    AtomicFiles.writeString(run.path().resolve(FILE), Json.pretty(found));
    return found;
  }

  /** What was found of a run; empty: it was not checked. */
  public static Optional<LeakCheck> find(RunFolder run) {
    return Json.readIfThere(run.path().resolve(FILE), LeakCheck.class);
  }

  /**
   * The run's token-dependent interventions in few words, where it carries the word oracle: where
   * it has any and no check has cleared it; "" elsewhere.
   */
  public static String oracles(RunSpec spec, @Nullable LeakCheck found) {
    return found != null && found.passes() ? "" : Intervention.oracles(spec.everyIntervention());
  }
}
