package refrain.analysis;

import java.util.Arrays;
import java.util.List;
import refrain.base.RefrainException;
import refrain.model.ModelSpec;
import refrain.store.MetricsRow;
import refrain.store.MetricsTable;
import refrain.train.Formation;

/**
 * In which order the parts of an induction circuit form: the memories in the weights, the scores of
 * attention and composition, and the ICL score, each dated by {@link Crossing} on one run.
 */
final class FormationOrder {
  /** Howe 2026. */
  private static final double PREVIOUS_BAR = 0.1;

  /** Standard deviations of the random-matrix null. */
  private static final double COMPOSITION_BAR = 3;

  /** The share of the way at which a change begins. */
  private static final double START = 0.1;

  private static final String COMPOSITION = "comp.k.best.z";

  private FormationOrder() {}

  /** The rows of the thorough probes. */
  static List<MetricsRow> thorough(MetricsTable metrics) {
    List<MetricsRow> rows =
        metrics.rows().stream().filter(r -> r.values().containsKey(COMPOSITION)).toList();
    if (rows.isEmpty()) {
      throw RefrainException.badInput(
          "mechanism: no row of the metrics has "
              + COMPOSITION
              + "; expected a run of two layers or more, with thorough probes");
    }
    return rows;
  }

  /**
   * @param heads those of the circuit in the end
   */
  static Findings of(Subject run, CircuitHeads heads, List<MetricsRow> thorough) {
    Curves curves = run.curves();
    int formed = curves.formation(Formation.DEFAULT);
    double formation = formed == Formation.NONE ? Double.NaN : curves.steps()[formed];
    Findings found = memories(run, heads, formation);
    double[] steps = curves.stepAxis();
    double[] probes = thorough.stream().mapToDouble(MetricsRow::step).toArray();
    double[] z = thorough.stream().mapToDouble(r -> r.value(COMPOSITION)).toArray();
    dates(found, "prev", steps, curves.previousToken());
    dates(found, "pm", steps, curves.prefixMatching());
    dates(found, "icl", steps, curves.icl());
    dates(found, "z", probes, z);
    found
        .put("lead.prev.cross", Crossing.above(steps, curves.previousToken(), PREVIOUS_BAR))
        .put("lead.z.cross", Crossing.above(probes, z, COMPOSITION_BAR))
        .put("mech.steps", steps)
        .put("mech.prev", curves.previousToken())
        .put("mech.pm", curves.prefixMatching())
        .put("mech.z.steps", probes)
        .put("mech.z", z);
    if (!heads.matching().isEmpty()) {
      double[] pair = thorough.stream().mapToDouble(r -> pair(run.model(), heads, r)).toArray();
      dates(found, "z.pair", probes, pair);
      found.put("mech.z.pair", pair);
    }
    if (!Double.isNaN(formation)) {
      found
          .put("mech.aligned", minus(steps, formation))
          .put("mech.z.aligned", minus(probes, formation));
    }
    return found;
  }

  /** K-composition of the pair that is the best one in the end. */
  private static double pair(ModelSpec spec, CircuitHeads heads, MetricsRow row) {
    return CircuitScores.z(
        spec, row, "comp.k", heads.previous().getFirst(), heads.matching().getFirst());
  }

  private static Findings memories(Subject run, CircuitHeads heads, double formation) {
    long[] saved = run.steps();
    double[] steps = new double[saved.length + 1];
    double[] previous = new double[steps.length];
    double[] match = new double[steps.length];
    double[] copy = new double[steps.length];
    double[] set = new double[steps.length];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = i == 0 ? 0 : saved[i - 1];
      WeightMemories memories = new WeightMemories(run.parameters((long) steps[i]));
      previous[i] = memories.bestPrevious();
      match[i] = memories.bestMatch();
      copy[i] = memories.bestCopy();
      set[i] = memories.copyTogether(heads.bestLayer());
    }
    Findings found = new Findings();
    memory(found, "previous", previous);
    memory(found, "match", match);
    memory(found, "copy", copy);
    dates(found, "position", steps, previous);
    dates(found, "match", steps, match);
    dates(found, "copy", steps, copy);
    dates(found, "copy.set", steps, set);
    found.put("mech.memory.copy.set", set).put("mech.memory.steps", steps);
    if (!Double.isNaN(formation)) {
      found.put("mech.memory.aligned", minus(steps, formation));
    }
    return found;
  }

  private static void memory(Findings found, String name, double[] values) {
    found
        .put("mech.memory." + name, values[values.length - 1])
        .put("mech.memory." + name + ".null", values[0])
        .put("mech.memory." + name, values);
  }

  private static void dates(Findings found, String name, double[] steps, double[] values) {
    found
        .put("lead." + name, Crossing.halfWay(steps, values))
        .put("lead." + name + ".start", Crossing.partWay(steps, values, START));
  }

  private static double[] minus(double[] steps, double from) {
    return Arrays.stream(steps).map(s -> s - from).toArray();
  }
}
