package refrain.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.store.MetricsRow;
import refrain.train.Formation;
import refrain.train.Metrics;

/**
 * The heads of a circuit: those that match and, in earlier layers, those that they may read the
 * previous token from.
 *
 * @param matching heads whose score is at least the bar of {@link Formation}, best first
 * @param previous heads of layers before the last matching one whose previous-token score is at
 *     least {@link #PREVIOUS}, or the best of them, best first; empty where nothing matches in
 *     layer 1 or later
 */
record CircuitHeads(List<HeadId> matching, List<HeadId> previous) {
  /** Attention to the previous token from which a head counts as a previous-token head. */
  static final double PREVIOUS = 0.2;

  CircuitHeads {
    matching = List.copyOf(matching);
    previous = List.copyOf(previous);
  }

  /**
   * Finds them.
   *
   * @param score of matching
   * @param firstLayer of heads that may match
   * @param row a thorough row of metrics
   */
  static CircuitHeads of(
      ModelSpec spec, ToDoubleFunction<HeadId> score, int firstLayer, MetricsRow row) {
    double chance = row.value(Metrics.PREFIX_MATCHING_CHANCE);
    double bar = Formation.DEFAULT.threshold();
    double most = Double.isNaN(chance) ? bar : Math.max(bar, Formation.TIMES_CHANCE * chance);
    List<HeadId> matching = new ArrayList<>(HeadId.all(spec));
    matching.removeIf(h -> h.layer() < firstLayer || !(score.applyAsDouble(h) >= most));
    matching.sort(Comparator.comparingDouble(score).reversed());
    int last = matching.stream().mapToInt(HeadId::layer).max().orElse(0);
    List<HeadId> earlier = new ArrayList<>(HeadId.all(spec));
    earlier.removeIf(h -> h.layer() >= last);
    earlier.sort(Comparator.<HeadId>comparingDouble(h -> of(row, "prev", h)).reversed());
    List<HeadId> previous = new ArrayList<>();
    for (HeadId head : earlier) {
      if (previous.isEmpty() || of(row, "prev", head) >= PREVIOUS) {
        previous.add(head);
      }
    }
    return new CircuitHeads(matching, previous);
  }

  /** A head's number in a row of metrics. */
  static double of(MetricsRow row, String key, HeadId head) {
    return row.value(key + "." + head);
  }

  /** The matching heads of the layer of the best one. */
  List<HeadId> bestLayer() {
    return matching.stream().filter(h -> h.layer() == matching.getFirst().layer()).toList();
  }

  /** The heads of any layer that do not match. */
  List<HeadId> others(ModelSpec spec) {
    return HeadId.all(spec).stream().filter(h -> !matching.contains(h)).toList();
  }

  /** The heads before the last layer that matches that are no previous-token heads. */
  List<HeadId> notPrevious(ModelSpec spec) {
    int last = matching.stream().mapToInt(HeadId::layer).max().orElse(0);
    return HeadId.all(spec).stream()
        .filter(h -> h.layer() < last && !previous.contains(h))
        .toList();
  }
}
