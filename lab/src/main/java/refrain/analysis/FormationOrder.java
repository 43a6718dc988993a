package refrain.analysis;

import java.util.Arrays;
import java.util.List;
import refrain.base.RefrainException;
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

  static Findings of(Subject run, List<MetricsRow> thorough) {
    Curves curves = run.curves();
    int formed = curves.formation(Formation.DEFAULT);
    double formation = formed == Formation.NONE ? Double.NaN : curves.steps()[formed];
    Findings found = memories(run, formation);
    double[] steps = doubles(curves.steps());
    double[] probes = thorough.stream().mapToDouble(MetricsRow::step).toArray();
    double[] z = thorough.stream().mapToDouble(r -> r.value(COMPOSITION)).toArray();
    found
        .put("lead.prev", Crossing.halfWay(steps, curves.previousToken()))
        .put("lead.prev.cross", Crossing.above(steps, curves.previousToken(), PREVIOUS_BAR))
        .put("lead.pm", Crossing.halfWay(steps, curves.prefixMatching()))
        .put("lead.icl", Crossing.halfWay(steps, curves.icl()))
        .put("lead.z", Crossing.halfWay(probes, z))
        .put("lead.z.cross", Crossing.above(probes, z, COMPOSITION_BAR))
        .put("mech.steps", steps)
        .put("mech.prev", curves.previousToken())
        .put("mech.pm", curves.prefixMatching())
        .put("mech.z.steps", probes)
        .put("mech.z", z);
    if (!Double.isNaN(formation)) {
      found
          .put("mech.aligned", minus(steps, formation))
          .put("mech.z.aligned", minus(probes, formation));
    }
    return found;
  }

  private static Findings memories(Subject run, double formation) {
    long[] saved = run.steps();
    double[] steps = new double[saved.length + 1];
    double[] previous = new double[steps.length];
    double[] match = new double[steps.length];
    double[] copy = new double[steps.length];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = i == 0 ? 0 : saved[i - 1];
      WeightMemories memories = new WeightMemories(run.parameters((long) steps[i]));
      previous[i] = memories.bestPrevious();
      match[i] = memories.bestMatch();
      copy[i] = memories.bestCopy();
    }
    Findings found = new Findings();
    memory(found, "previous", "position", steps, previous);
    memory(found, "match", "match", steps, match);
    memory(found, "copy", "copy", steps, copy);
    found.put("mech.memory.steps", steps);
    if (!Double.isNaN(formation)) {
      found.put("mech.memory.aligned", minus(steps, formation));
    }
    return found;
  }

  private static void memory(
      Findings found, String name, String date, double[] steps, double[] values) {
    found
        .put("mech.memory." + name, values[values.length - 1])
        .put("mech.memory." + name + ".null", values[0])
        .put("mech.memory." + name, values)
        .put("lead." + date, Crossing.halfWay(steps, values));
  }

  private static double[] minus(double[] steps, double from) {
    return Arrays.stream(steps).map(s -> s - from).toArray();
  }

  private static double[] doubles(long[] x) {
    return Arrays.stream(x).asDoubleStream().toArray();
  }
}
