package refrain.train;

import static refrain.base.RefrainException.require;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import refrain.base.Default;
import refrain.base.RefrainException;
import refrain.intervene.Intervention;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.watch.EventKind;

/**
 * What a run does by itself when its watch raises the alarm that induction heads form: from the
 * step after the alarm on it is trained under interventions and masks that it was not trained under
 * before. So a model can be kept from a capability whose coming cannot be dated beforehand, or be
 * made to unlearn it.
 *
 * <p>Moments of its interventions and masks count from the alarm: {@code until: 300} is 300 steps
 * later. When the alarm comes depends on what the run measures and how often, so of a run with a
 * guard its probing is a part of its identity.
 *
 * @param at the alarm; the first one of the run counts
 * @param interventions that come on
 * @param masks that come on
 */
public record Guard(
    @Default("CONFIRMED") Alarm at,
    @Default("[]") List<Intervention> interventions,
    @Default("[]") List<LossMask> masks) {
  /** The events of a watch that count as an alarm. */
  public enum Alarm {
    /** Best prefix matching is above its tangent. */
    SUSPECTED,
    /** It is far above, and in-context learning changed with it. */
    CONFIRMED;

    EventKind event() {
      return this == SUSPECTED ? EventKind.SUSPECTED : EventKind.CONFIRMED;
    }
  }

  /**
   * Beside the run, from its alarm on.
   *
   * @param step of the state that the alarm was raised at
   */
  private record Raised(int step) {}

  static final String FILE = "guard.json";

  public Guard {
    interventions = List.copyOf(interventions);
    masks = List.copyOf(masks);
    require(
        !interventions.isEmpty() || !masks.isEmpty(),
        "guard: it has no interventions and no masks, expected at least one; a run that is only to"
            + " stop is trained with --stop-at-phase-change");
    for (Intervention i : interventions) {
      require(
          i.from().isGiven() && (i.until() == null || i.until().isGiven()),
          "guard: an intervention is on from %s until %s, expected numbers of steps after the alarm",
          i.from(),
          i.until() == null ? "the end" : i.until());
    }
  }

  /** The run as it is trained once the alarm was raised at a step. */
  static RunSpec from(RunSpec spec, int alarm) {
    Guard guard = spec.guard();
    if (guard == null) {
      return spec;
    }
    int begins = alarm + 1; // the state of the alarm was measured as the step from it is taken
    return spec.with(
        s ->
            s.interventions =
                Stream.concat(
                        spec.interventions().stream(),
                        guard.interventions.stream().map(i -> i.later(begins)))
                    .filter(i -> i.from().step() < spec.steps())
                    .toList(),
        s ->
            s.masks =
                Stream.concat(spec.masks().stream(), guard.masks.stream().map(m -> m.later(begins)))
                    .filter(m -> m.from() < spec.steps())
                    .toList());
  }

  /** A run as it was trained: with what its guard put on, from the step on at which it did. */
  public static RunSpec asTrained(RunFolder run, RunSpec spec) {
    return spec.guard() == null
        ? spec
        : raised(run.path()).map(alarm -> from(spec, alarm)).orElse(spec);
  }

  /**
   * The step of the state that a run's alarm was raised at; empty: it was not, or it has no guard.
   */
  public static Optional<Integer> raised(Path run) {
    return RefrainException.reading(
            () -> Json.readIfThere(run.resolve(FILE), Raised.class),
            "delete it: the run's watch tells the step again when training goes on")
        .map(Raised::step);
  }

  /** As it is kept beside the run. */
  static Object kept(int alarm) {
    return new Raised(alarm);
  }
}
