package refrain.intervene;

import java.util.List;
import refrain.model.ModelSpec;

/**
 * The interventions of a run over its steps: compiled anew where one comes on or goes off, and the
 * same object between, with the plans that it keeps. Not thread-safe.
 */
public final class Timetable {
  private final ModelSpec spec;
  private final List<Intervention> all;
  private Interventions on;

  public Timetable(ModelSpec spec, List<Intervention> all) {
    this.spec = spec;
    this.all = List.copyOf(all);
    this.on = Interventions.of(spec, List.of());
  }

  /** Those that are on for the step from a state that has had so many, and for a probe of it. */
  public Interventions at(int step) {
    List<Intervention> now = Intervention.at(step, all);
    if (!now.equals(on.list())) {
      on = Interventions.of(spec, now);
    }
    return on;
  }

  /** Whether some are on for a part of the steps only. */
  public boolean changes() {
    return !all.stream().allMatch(Intervention::always);
  }
}
