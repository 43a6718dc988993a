package refrain.analysis;

import java.util.List;
import refrain.model.Parameters;
import refrain.probe.Definition;
import refrain.store.MetricsRow;

/** Circuits of the heads that formed, and the order in which they did (Argument 5). */
final class MechanismAnalysis implements Analysis {
  @Override
  public int version() {
    return 7;
  }

  @Override
  public List<Definition> definitions() {
    return MechanismDefinitions.all();
  }

  @Override
  public Findings of(Subject run) {
    run.curves();
    List<MetricsRow> thorough = FormationOrder.thorough(run.metrics());
    MetricsRow last = thorough.getLast();
    CircuitHeads heads = CircuitHeads.of(run.model(), h -> CircuitHeads.of(last, "pm", h), 1, last);
    Findings found = new Findings();
    found.putAll(CircuitScores.of(run.model(), heads, thorough.getFirst(), last));
    if (!heads.matching().isEmpty()) {
      Parameters parameters = run.last();
      EvaluationLosses losses = EvaluationLosses.of(run, parameters);
      found.putAll(CircuitPaths.of(heads, losses));
      found.putAll(CircuitWeights.of(parameters, heads, losses.patterns()));
    }
    return found.putAll(FormationOrder.of(run, heads, thorough));
  }
}
