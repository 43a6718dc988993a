package refrain.analysis.mechanism;

import java.util.List;
import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Findings;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Circuit;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.Losses;
import refrain.analysis.instrument.ModelState;
import refrain.model.ModelSpec;
import refrain.store.MetricsRow;
import refrain.train.Metrics;

/** Circuits of the heads that formed, and the order in which they did (Argument 5). */
public final class MechanismAnalysis extends Analysis {
  public MechanismAnalysis() {
    super(
        AnalysisKind.MECHANISM,
        8,
        CircuitScores.ALL,
        QkShares.ALL,
        CircuitPaths.ALL,
        CircuitWeights.ALL,
        FormationOrder.ALL);
  }

  @Override
  public Findings of(Subject run) {
    run.curves();
    List<MetricsRow> thorough = Circuit.thorough(run.metrics());
    Circuit circuit = circuit(run.model(), thorough.getLast());
    Findings found =
        CircuitScores.of(run.model(), circuit, thorough.getFirst(), thorough.getLast());
    if (!circuit.matching().isEmpty()) {
      ModelState last = run.last();
      Losses losses = run.losses(last);
      found
          .putAll(QkShares.of(last, circuit))
          .putAll(CircuitPaths.of(circuit, losses))
          .putAll(CircuitWeights.of(last, circuit, losses.patterns(), run.repeated(1).shortest()));
    }
    return found.putAll(FormationOrder.of(run, circuit, thorough));
  }

  /** That of the induction heads of layer 1 or later, which have a layer to read from. */
  static Circuit circuit(ModelSpec spec, MetricsRow row) {
    double chance = row.value(Metrics.PREFIX_MATCHING_CHANCE);
    return Circuit.of(Heads.from(1, spec, head -> Heads.score(row, "pm", head), chance), spec, row);
  }
}
