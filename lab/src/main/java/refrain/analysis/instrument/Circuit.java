package refrain.analysis.instrument;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import refrain.base.RefrainException;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.store.MetricsRow;
import refrain.store.MetricsTable;

/**
 * The heads of a circuit: those that match and, in earlier layers, those that they may read the
 * previous token from.
 *
 * @param matching best first
 * @param previous heads of layers before the last matching one whose previous-token score is at
 *     least {@link #PREVIOUS}, or the best of them, best first; empty where nothing matches in
 *     layer 1 or later
 */
public record Circuit(List<HeadId> matching, List<HeadId> previous) {
  /** Attention to the previous token from which a head counts as a previous-token head. */
  public static final double PREVIOUS = 0.2;

  /** What thorough probes measure and others do not. */
  public static final String COMPOSITION = "comp.k.best.z";

  public Circuit {
    matching = List.copyOf(matching);
    previous = List.copyOf(previous);
  }

  /** The rows of the thorough probes, which circuits are read from. */
  public static List<MetricsRow> thorough(MetricsTable metrics) {
    List<MetricsRow> rows = metrics.having(COMPOSITION);
    if (rows.isEmpty()) {
      throw RefrainException.badInput(
          ("mechanism: no row of the metrics has %s; expected a run of two layers or more, with"
                  + " thorough probes")
              .formatted(COMPOSITION));
    }
    return rows;
  }

  /**
   * The circuit of the heads that match.
   *
   * @param row of the probe that measured previous-token scores
   */
  public static Circuit of(Heads heads, ModelSpec spec, MetricsRow row) {
    List<HeadId> matching = heads.matching();
    Comparator<HeadId> order = Comparator.comparingDouble(h -> Heads.score(row, "prev", h));
    List<HeadId> earlier = before(matching, spec).sorted(order.reversed()).toList();
    return new Circuit(
        matching,
        earlier.stream()
            .filter(h -> h.equals(earlier.getFirst()) || Heads.score(row, "prev", h) >= PREVIOUS)
            .toList());
  }

  /** The heads of layers before the last one that has any of some heads. */
  private static Stream<HeadId> before(List<HeadId> some, ModelSpec spec) {
    int last = some.stream().mapToInt(HeadId::layer).max().orElse(0);
    return HeadId.all(spec).stream().filter(h -> h.layer() < last);
  }

  /** The matching heads of the layer of the best one. */
  public List<HeadId> bestLayer() {
    return matching.stream().filter(h -> h.layer() == matching.getFirst().layer()).toList();
  }

  /** The heads of any layer that do not match, layer by layer. */
  public List<HeadId> others(ModelSpec spec) {
    return HeadId.all(spec).stream().filter(h -> !matching.contains(h)).toList();
  }

  /** The heads before the last layer that matches that are no previous-token heads. */
  public List<HeadId> notPrevious(ModelSpec spec) {
    return before(matching, spec).filter(h -> !previous.contains(h)).toList();
  }
}
