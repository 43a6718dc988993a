package refrain.analysis;

import java.util.Comparator;
import java.util.List;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.probe.Composition;
import refrain.store.MetricsRow;
import refrain.train.Formation;
import refrain.train.Metrics;

/**
 * A run as a row of the model analysis table (Olsson et al. 2022, Argument 6): its shape, and its
 * best heads as its last probe measured them.
 */
final class ModelRow {
  /** How long after the formation step models are compared, steps: the plateau of the study. */
  static final int AFTER = 300;

  private final Subject run;
  private final ModelSpec spec;

  ModelRow(Subject run) {
    this.run = run;
    this.spec = run.model();
  }

  Findings findings() {
    Findings findings =
        new Findings()
            .put("depth.layers", spec.nLayers())
            .put("depth.mlp", spec.hasMlp() ? 1.0 : 0.0)
            .put("depth.width", spec.dModel())
            .put("depth.parameters", run.last().arena().length)
            .put("depth.icl", iclAfter(run.curves()));
    InductionSet set = InductionSet.of(run.metrics(), spec);
    findings.put("depth.set.size", set.heads().size());
    return set.isEmpty() ? findings.putAll(withoutHeads()) : findings.putAll(heads(set));
  }

  /** The ICL score {@link #AFTER} steps after the formation step, or at the end. */
  static double iclAfter(Curves curves) {
    int formed = curves.formation(Formation.DEFAULT);
    return formed == Formation.NONE
        ? curves.icl()[curves.last()]
        : curves.icl()[curves.at(curves.steps()[formed] + (double) AFTER)];
  }

  private Findings withoutHeads() {
    MetricsRow row = lastWith(Metrics.PREVIOUS_TOKEN);
    HeadId previous = best(row, "prev", HeadId.all(spec));
    return new Findings()
        .put("depth.previous", InductionSet.score(row, "prev", previous))
        .put("depth.previous.layer", previous.layer());
  }

  private Findings heads(InductionSet set) {
    HeadId induction = set.heads().getFirst();
    Findings findings =
        new Findings()
            .put(
                "depth.induction",
                InductionSet.score(lastWith(Metrics.PREFIX_MATCHING), "pm", induction))
            .put("depth.induction.layer", induction.layer())
            .put(
                "depth.induction.relative",
                spec.nLayers() == 1 ? Double.NaN : induction.layer() / (spec.nLayers() - 1.0))
            .put("depth.copying", InductionSet.score(lastWith("copy.best"), "copy", induction))
            .put("depth.ov", InductionSet.score(lastWith("ov.eig.best"), "ov.eig", induction));
    List<HeadId> before =
        HeadId.all(spec).stream().filter(head -> head.layer() < induction.layer()).toList();
    if (before.isEmpty()) {
      return findings;
    }
    MetricsRow row = lastWith(Metrics.PREVIOUS_TOKEN);
    HeadId previous = best(row, "prev", before);
    return findings
        .put("depth.previous", InductionSet.score(row, "prev", previous))
        .put("depth.previous.layer", previous.layer())
        .put("depth.behind", induction.layer() == previous.layer() + 1 ? 1.0 : 0.0)
        .putAll(composition(induction, previous));
  }

  /** The strongest K-composition into the best induction head, from the recorded series. */
  private Findings composition(HeadId induction, HeadId previous) {
    MetricsRow row = lastWith("comp.null.mean");
    double[] scores = row.list("comp.k");
    if (scores == null) {
      return new Findings();
    }
    List<Composition.Pair> pairs = Composition.pairs(spec);
    int best = -1;
    for (int i = 0; i < scores.length; i++) {
      boolean into = pairs.get(i).receiver().equals(induction);
      best = into && (best < 0 || scores[i] > scores[best]) ? i : best;
    }
    boolean same = pairs.get(best).sender().equals(previous);
    return new Findings()
        .put("depth.k.z", (scores[best] - row.value("comp.null.mean")) / row.value("comp.null.sd"))
        .put("depth.k.previous", same ? 1.0 : 0.0);
  }

  private static HeadId best(MetricsRow row, String measure, List<HeadId> heads) {
    return heads.stream()
        .max(Comparator.comparingDouble(head -> InductionSet.score(row, measure, head)))
        .orElseThrow();
  }

  /** The last row that has a metric; without one the last row. */
  private MetricsRow lastWith(String metric) {
    List<MetricsRow> rows = run.metrics().rows();
    return rows.stream()
        .filter(row -> row.values().containsKey(metric))
        .reduce((first, second) -> second)
        .orElse(rows.getLast());
  }
}
