package refrain.analysis.instrument;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
    List<HeadId> earlier = before(last(matching), spec);
    earlier.sort(Comparator.<HeadId>comparingDouble(h -> Heads.score(row, "prev", h)).reversed());
    List<HeadId> previous = new ArrayList<>();
    for (HeadId head : earlier) {
      if (previous.isEmpty() || Heads.score(row, "prev", head) >= PREVIOUS) {
        previous.add(head);
      }
    }
    return new Circuit(matching, previous);
  }

  private static int last(List<HeadId> matching) {
    return matching.stream().mapToInt(HeadId::layer).max().orElse(0);
  }

  private static List<HeadId> before(int layer, ModelSpec spec) {
    List<HeadId> heads = new ArrayList<>(HeadId.all(spec));
    heads.removeIf(h -> h.layer() >= layer);
    return heads;
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
    List<HeadId> heads = before(last(matching), spec);
    heads.removeAll(previous);
    return heads;
  }
}
