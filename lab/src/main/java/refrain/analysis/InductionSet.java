package refrain.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.store.MetricsRow;
import refrain.store.MetricsTable;
import refrain.train.Formation;
import refrain.train.Metrics;

/**
 * The heads of a run that match prefixes at its last probe, and the others. May be empty.
 *
 * @param heads best first
 * @param others least prefix matching first
 */
record InductionSet(List<HeadId> heads, List<HeadId> others) {
  /** In words. */
  static final String RULE =
      "heads whose prefix-matching score at the last probe is at least .2 and three times uniform"
          + " attention's";

  InductionSet {
    heads = List.copyOf(heads);
    others = List.copyOf(others);
  }

  /** Of a run's last probe. */
  static InductionSet of(MetricsTable metrics, ModelSpec spec) {
    List<MetricsRow> probed =
        metrics.rows().stream()
            .filter(row -> row.values().containsKey(Metrics.PREFIX_MATCHING))
            .toList();
    return probed.isEmpty()
        ? new InductionSet(List.of(), HeadId.all(spec))
        : of(probed.getLast(), spec);
  }

  /** Of one probe; a head without a score is one of the others. */
  static InductionSet of(MetricsRow row, ModelSpec spec) {
    double bar = bar(row.value(Metrics.PREFIX_MATCHING_CHANCE));
    List<HeadId> heads = new ArrayList<>();
    List<HeadId> others = new ArrayList<>();
    for (HeadId head : HeadId.all(spec)) {
      (score(row, "pm", head) >= bar ? heads : others).add(head);
    }
    Comparator<HeadId> byScore = Comparator.comparingDouble(head -> score(row, "pm", head));
    heads.sort(byScore.reversed());
    others.sort(byScore);
    return new InductionSet(heads, others);
  }

  /** The score that a head of the set has at least, given that of uniform attention (NaN: none). */
  static double bar(double chance) {
    double threshold = Formation.DEFAULT.threshold();
    return Double.isNaN(chance) ? threshold : Math.max(threshold, Formation.TIMES_CHANCE * chance);
  }

  /** A head's score of a measure in a row of metrics; NaN where it was not measured. */
  static double score(MetricsRow row, String measure, HeadId head) {
    return row.value(measure + "." + head);
  }

  boolean isEmpty() {
    return heads.isEmpty();
  }
}
